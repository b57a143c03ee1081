// Cases of the registration authority (revocation, suspension, its lifting, recovery): paged, filtered and ordered by the room; decided by another person than who entered them.
import { act, button, calm, data, left, line, node, say, tell, time } from '/assets/desk.js';

const $ = id => document.getElementById(id);
const rows = $('cases').tBodies[0];
const filter = $('filter');
let shown = 'entered';
let place = null;

function acts(row) {
  const cell = node('span', null, { className: 'acts' });
  const about = `${data.kinds[row.kind]} · ${row.serial}`;
  const remark = fallback => $('remark').value.trim() || fallback;
  const step = (path, name, payload, what, effect) => async () => {
    const done = await act({ room: 'ra', path: `/api/ra/cases/${row.id}/${path}`, act: name, object: `case/${row.id}`, state: row.state, payload: payload(), what, on: about, effect });
    if (!done) return;
    calm();
    $('remark').value = '';
    await load(shown, place);
  };
  if (row.state === 'entered') {
    cell.append(
      button(say.jsCaseAct_approve, step('decision', 'ra.case.approve', () => ({ approve: true, remark: remark(say.jsCaseAct_approve) }), say.jsCaseAct_approve, say.jsRaCaseEffect), ''),
      button(say.jsCaseAct_refuse, step('decision', 'ra.case.refuse', () => ({ approve: false, remark: remark(say.jsCaseAct_refuse) }), say.jsCaseAct_refuse), 'danger'));
  }
  if (row.state === 'approved' && row.kind === 'recovery') {
    cell.append(button(say.jsRaCaseClose, step('closing', 'ra.case.close', () => ({ keyCentreCase: remark('-') }), say.jsRaCaseClose)));
  }
  return cell;
}

// Reason and proof are read with one case alone, when it is opened: the holder is told of that look. What is open stays open, and is not looked at twice, when the list is read again.
function why(row) {
  const open = rows.querySelector(`details[open][data-case="${CSS.escape(row.id)}"]`);
  if (open) return open;
  const place = node('details');
  place.dataset.case = row.id;
  const told = node('p', null, { className: 'lines' });
  place.append(node('summary', (row.ground && data.grounds[row.ground]) ?? say.jsCaseWhy), told);
  place.addEventListener('toggle', async () => {
    if (!place.open || told.textContent) return;
    try {
      const answer = await act({ room: 'ra', path: `/api/ra/cases/${row.id}/reading`, act: 'ra.cases.read', object: `case/${row.id}`, payload: { purpose: say.jsPurpose }, quiet: true });
      const whole = await answer.json();
      told.textContent = [whole.reason, whole.proof, whole.outcome].filter(Boolean).join('\n');
    } catch (error) {
      place.open = false;
      tell(error);
    }
  });
  return place;
}

let asked = 0; // the last word counts, not the last answer
async function load(state, after = null) {
  const mine = ++asked;
  shown = state;
  place = after;
  $('cases').ariaBusy = 'true';
  for (const tab of document.querySelectorAll('button[data-state]')) tab.setAttribute('aria-pressed', String(tab.dataset.state === state));
  const ended = state === 'done' || state === 'refused';
  // What is past its deadline is read of open cases only, in the order of deadlines.
  filter.overdue.disabled = ended;
  filter.order.disabled = !ended && filter.overdue.checked;
  const [order, newest] = filter.overdue.checked && !ended ? ['due', false] : filter.order.value.split('/').map((part, at) => at === 0 ? part : part === 'newest');
  const payload = { state, limit: 25, purpose: say.jsPurpose, order, newest, ...(after && { after }), ...(filter.kind.value && { kind: filter.kind.value }), ...(!ended && filter.overdue.checked && { overdue: true }), ...(filter.serial.value.trim() && { serial: filter.serial.value.trim().toLowerCase() }) };
  try {
    const answer = await act({ room: 'ra', path: '/api/ra/cases/page', act: 'ra.cases.read', object: `cases/${state}`, payload, quiet: true });
    const page = await answer.json();
    if (mine !== asked) return;
    calm();
    $('none').hidden = page.rows.length > 0;
    $('first').hidden = !after;
    $('next').hidden = !page.next;
    $('next').onclick = () => load(state, page.next);
    rows.replaceChildren(...page.rows.map(row => {
      const due = time(ended ? row.doneAt ?? row.askedAt : row.due);
      if (!ended) due.textContent = left(row.due);
      due.className = row.overdue ? 'bad' : '';
      return line(due, data.kinds[row.kind], node('code', row.serial), data.askers[row.asker] ?? row.asker, why(row), acts(row));
    }));
  } catch (error) {
    if (mine !== asked) return;
    rows.replaceChildren();
    tell(error);
  } finally {
    if (mine === asked) $('cases').ariaBusy = 'false';
  }
}

$('first').addEventListener('click', () => load(shown));
filter.addEventListener('change', () => load(shown));
filter.addEventListener('submit', event => { event.preventDefault(); load(shown); });
for (const tab of document.querySelectorAll('button[data-state]')) tab.addEventListener('click', () => load(tab.dataset.state));
document.addEventListener('changed', () => load('entered'));
// What only a recovery needs is asked for a recovery only.
const kind = $('c-kind');
const asks = () => { $('c-recovery').hidden = kind.value !== 'recovery'; };
kind.addEventListener('change', asks);
asks();
load(shown);
// What others enter and decide meanwhile shows by itself, unless somebody is reading or writing here.
setInterval(() => { if (!document.hidden && !document.querySelector('#cases details[open], dialog[open]') && !$('remark').value) load(shown, place); }, 20000);
