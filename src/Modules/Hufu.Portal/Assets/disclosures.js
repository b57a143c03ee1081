// Lawful demands that wait or were answered, and one of them whole: what it asks for, and on which papers.
import { act, button, calm, data, line, node, say, time } from '/assets/desk.js';
import { choose, listed } from '/assets/lists.js';

const $ = id => document.getElementById(id);
const form = $('ask');

async function open(row) {
  const answer = await act({ room: 'ra', path: `/api/ra/disclosures/${row.id}/reading`, act: 'ra.disclosures.read', object: `disclosure/${row.id}`, payload: { purpose: form.purpose.value.trim() }, quiet: true });
  const file = await answer.json();
  calm();
  const fields = file.fields.map(name => data.names[name] ?? name);
  $('demand').replaceChildren(...[[data.words.number, row.id], [data.words.application, row.application], [data.words.to, file.to], [data.words.papers, file.papers], [data.words.fields, fields.join(' · ')]].flatMap(([name, text]) => [node('dt', name), node('dd', text)]));
  $('demand').hidden = false;
  if (row.state === 'entered') choose('disclosure', row.id);
  $('demand').scrollIntoView({ block: 'nearest' });
}

const again = listed({
  form,
  table: $('demands'),
  read: after => ({ path: '/api/ra/disclosures/reading', act: 'ra.disclosures.read', object: `disclosures/${form.state.value}`, payload: { state: form.state.value, limit: 25, purpose: form.purpose.value.trim(), newest: form.order.value === 'newest', ...(after && { after }) } }),
  row: row => line(time(row.enteredAt), node('code', row.application), data.grounds[row.ground] ?? row.ground, row.enteredBy ?? '', row.releasedAt ? time(row.releasedAt) : '', button(say.jsOpen, () => open(row))),
});
document.addEventListener('changed', again);
