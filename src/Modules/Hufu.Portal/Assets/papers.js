// Papers are destroyed by three people over one list, which the room keeps. Each opens it, sees it, and signs its digest as the state; the page computes that digest again from the numbers that it shows.
import { act, button, calm, data, format, line, node, paged, say, sm3, sortable, tell, time } from '/assets/desk.js';
import { listed } from '/assets/lists.js';

const $ = id => document.getElementById(id);
const [approveEffect, destroyEffect] = $('effects').content.children;
const form = $('ask');
let open = null;

const again = listed({
  form,
  table: $('proposals'),
  read: after => ({ path: '/api/ra/destructions/reading', act: 'ra.papers.read', object: `destructions/${form.state.value}`, payload: { state: form.state.value, limit: 25, purpose: form.purpose.value.trim(), newest: form.order.value === 'newest', ...(after && { after }) } }),
  row: row => line(time(row.proposedAt), node('code', row.id), String(row.applications), row.reason, row.doneAt ? time(row.doneAt) : '', button(say.jsOpen, () => show(row.id))),
});

async function show(id) {
  open = null;
  $('step').hidden = true;
  const answer = await act({ room: 'ra', path: `/api/ra/destructions/${id}/reading`, act: 'ra.papers.read', object: `papers/${id}`, payload: { purpose: form.purpose.value.trim() || say.jsPurpose }, quiet: true });
  const { row, items, hands } = await answer.json();
  const digest = await sm3(new Blob([items.map(item => item.application + '\n').join('')]));
  if (row.stateToSign.split('/').at(-1) !== digest) throw Object.assign(new Error('list'), { problem: { title: say.jsPapersBad, detail: say.jsPapersBad } });
  calm();
  open = row;
  $('about').textContent = format('jsPapersOf', row.id, items.length);
  $('hands').textContent = format('jsPapersHands', hands.join(' · '));
  $('list').tBodies[0].replaceChildren(...items.map(item => line(node('code', item.application), data.profiles[item.profile] ?? item.profile, item.endedAt ? time(item.endedAt) : '', String(item.papers), node('span', row.state === 'destroyed' ? '' : item.due ? say.jsPapersDue : say.jsPapersNotDue, { className: item.due ? 'good' : 'bad' }))));
  for (const step of $('step').querySelectorAll('button[type=submit]')) step.hidden = step.value !== (row.state === 'proposed' ? 'approval' : row.state === 'approved' ? 'destruction' : '');
  $('ps-remark').parentElement.hidden = row.state === 'destroyed';
  $('step').hidden = false;
  $('step').scrollIntoView({ block: 'nearest' });
}

// What was proposed just now is the next thing to look at.
document.addEventListener('changed', event => {
  const proposal = event.detail;
  if (!proposal?.applications) return;
  form.state.value = 'proposed';
  again();
});

$('step').addEventListener('submit', async event => {
  event.preventDefault();
  $('done').textContent = '';
  try {
    const last = event.submitter.value === 'destruction';
    const answer = await act({
      room: 'ra', path: `/api/ra/destructions/${open.id}/${event.submitter.value}`, act: last ? 'ra.papers.destroy' : 'ra.papers.approve', object: `papers/${open.id}`, state: open.stateToSign,
      payload: { remark: $('ps-remark').value.trim() }, what: event.submitter.textContent, on: format('jsPapersOf', open.id, open.applications), effect: (last ? destroyEffect : approveEffect).textContent,
    });
    if (!answer) return;
    const reply = await answer.json();
    calm();
    $('ps-remark').value = '';
    $('step').hidden = true;
    $('done').textContent = format('jsPapersDone', reply.id, say['jsValue_' + reply.state] ?? reply.state);
    again();
  } catch (error) {
    tell(error);
  }
});
sortable($('list'));
paged($('list'));
