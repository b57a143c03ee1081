// Who can be placed: the people of registration, where this tab has signed in there; otherwise the number is typed. What was changed is shown anew.
import { data, inSession, node } from '/assets/desk.js';

const list = document.getElementById('people');
if (JSON.parse(sessionStorage.getItem('hufu-sessions') ?? '[]').includes('ra')) {
  const people = await inSession('/api/ra/staff').catch(() => null);
  list.append(...(people ?? []).map(person => node('option', person.name, { value: person.personId })));
}
document.addEventListener('changed', async () => {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const id of ['offices', 'oo-parent', 'os-office', 'oc-office']) {
    const [here, there] = [document.getElementById(id), fresh.getElementById(id)];
    if (here && there) here.replaceChildren(...there.childNodes);
  }
  for (const option of document.getElementById('os-office').options) data.names[option.value] = option.textContent;
});
