// Papers are destroyed by three people over one list. Whoever proposes gets it as a file; the next two open it, see it, and sign its digest as the state: another list is refused by the room.
import { act, calm, format, line, node, paged, say, sm3, tell } from '/assets/desk.js';

const $ = id => document.getElementById(id);
const [approveEffect, destroyEffect] = $('effects').content.children;
let open = null;

document.addEventListener('changed', event => {
  const proposal = event.detail;
  if (!proposal?.applications) return;
  const link = $('give').querySelector('a');
  link.textContent = format('jsPapersList', proposal.applications.length, proposal.papers);
  link.href = URL.createObjectURL(new Blob([[proposal.id, ...proposal.applications, ''].join('\n')], { type: 'text/plain' }));
  link.download = `${proposal.id}.txt`;
  $('give').hidden = false;
});

$('ps-list').addEventListener('change', async () => {
  open = null;
  $('list').hidden = true;
  $('about').textContent = '';
  const [file] = $('ps-list').files;
  if (!file) return;
  try {
    const [id, ...applications] = (await file.text()).split(/\r?\n/).filter(Boolean);
    if (!/^D[0-9a-f]{32}$/.test(id ?? '') || applications.length === 0 || applications.length > 1000 || applications.some(one => !/^[0-9A-Za-z-]{1,64}$/.test(one))) throw Object.assign(new Error('list'), { problem: { title: say.jsPapersBad, detail: say.jsPapersBad } });
    const digest = await sm3(new Blob([applications.map(one => one + '\n').join('')]));
    open = { id, digest, applications };
    calm();
    $('about').textContent = format('jsPapersOf', id, applications.length);
    $('list').tBodies[0].replaceChildren(...applications.map(one => line(node('code', one))));
    $('list').hidden = false;
  } catch (error) {
    tell(error);
  }
});

$('step').addEventListener('submit', async event => {
  event.preventDefault();
  $('done').textContent = '';
  try {
    if (!open) throw Object.assign(new Error('list'), { problem: { title: say.jsPapersFirst, detail: say.jsPapersFirst } });
    const last = event.submitter.value === 'destruction';
    const answer = await act({
      room: 'ra', path: `/api/ra/destructions/${open.id}/${event.submitter.value}`, act: last ? 'ra.papers.destroy' : 'ra.papers.approve', object: `papers/${open.id}`, state: `${last ? 'approved' : 'proposed'}/${open.digest}`,
      payload: { remark: $('ps-remark').value.trim() }, what: event.submitter.textContent, on: format('jsPapersOf', open.id, open.applications.length), effect: (last ? destroyEffect : approveEffect).textContent,
    });
    if (!answer) return;
    const reply = await answer.json();
    calm();
    $('ps-remark').value = '';
    $('done').textContent = format('jsPapersDone', reply.id, say['jsValue_' + reply.state] ?? reply.state);
  } catch (error) {
    tell(error);
  }
});
paged($('list'));
