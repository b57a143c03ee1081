// Who can be placed: the people of registration, where this tab has signed in there; otherwise the number is typed. What was changed is shown anew.
import { button, data, inSession, line, node, say, time } from '/assets/desk.js';
import { choose, listed } from '/assets/lists.js';

const list = document.getElementById('people');
if (JSON.parse(sessionStorage.getItem('hufu-sessions') ?? '[]').includes('ra')) {
  const people = await inSession('/api/ra/staff').catch(() => null);
  list.append(...(people ?? []).map(person => node('option', person.name, { value: person.personId })));
}
document.addEventListener('changed', async () => {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const id of ['offices', 'oo-parent', 'os-office', 'oc-office', 'of-office']) {
    const [here, there] = [document.getElementById(id), fresh.getElementById(id)];
    if (here && there) here.replaceChildren(...there.childNodes);
  }
  for (const option of document.getElementById('os-office').options) data.names[option.value] = option.textContent;
});

// Who works where, as the room has it; a person's number goes into the form that places them.
const form = document.getElementById('ask');
const again = listed({
  form,
  table: document.getElementById('placed'),
  read: after => ({ path: '/api/ra/offices/people', act: 'ra.offices.read', object: 'offices/people', payload: { limit: 25, ...(form.office.value && { office: form.office.value }), ...(after && { after }) } }),
  row: one => line(node('strong', one.name), node('code', one.person), one.roles.map(role => data.roles[role] ?? role).join(' · '), data.names[one.office] ?? one.office, one.since ? time(one.since) : '', button(say.jsChooseRow, () => choose('person', one.person))),
});
document.addEventListener('changed', again);
