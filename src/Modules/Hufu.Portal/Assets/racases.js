// Cases of the registration authority (revocation, suspension, its lifting, recovery): due first, decided by another person than who entered them.
import { act, button, calm, data, left, line, node, paged, say, sortable, tell, time } from '/assets/desk.js';

const $ = id => document.getElementById(id);
const rows = $('cases').tBodies[0];
let shown = 'entered';

function acts(row) {
  const place = node('span', null, { className: 'acts' });
  const about = `${data.kinds[row.kind]} · ${row.serial}`;
  const remark = fallback => $('remark').value.trim() || fallback;
  const step = (path, name, payload, what, effect) => async () => {
    const done = await act({ room: 'ra', path: `/api/ra/cases/${row.id}/${path}`, act: name, object: `case/${row.id}`, state: row.state, payload: payload(), what, on: about, effect });
    if (!done) return;
    calm();
    $('remark').value = '';
    await load(shown);
  };
  if (row.state === 'entered') {
    place.append(
      button(say.jsCaseAct_approve, step('decision', 'ra.case.approve', () => ({ approve: true, remark: remark(say.jsCaseAct_approve) }), say.jsCaseAct_approve, say.jsRaCaseEffect), ''),
      button(say.jsCaseAct_refuse, step('decision', 'ra.case.refuse', () => ({ approve: false, remark: remark(say.jsCaseAct_refuse) }), say.jsCaseAct_refuse), 'danger'));
  }
  if (row.state === 'approved' && row.kind === 'recovery') {
    place.append(button(say.jsRaCaseClose, step('closing', 'ra.case.close', () => ({ keyCentreCase: remark('-') }), say.jsRaCaseClose)));
  }
  return place;
}

async function load(state) {
  shown = state;
  for (const tab of document.querySelectorAll('button[data-state]')) tab.setAttribute('aria-pressed', String(tab.dataset.state === state));
  try {
    const answer = await act({ room: 'ra', path: '/api/ra/cases/reading', act: 'ra.cases.read', object: `cases/${state}`, payload: { state, limit: 100 }, quiet: true });
    const cases = await answer.json();
    if (shown !== state) return;
    calm();
    $('none').hidden = cases.length > 0;
    rows.replaceChildren(...cases.map(row => {
      const ended = state === 'done' || state === 'refused';
      const due = time(ended ? row.askedAt : row.due);
      if (!ended) due.textContent = left(row.due);
      due.className = row.overdue ? 'bad' : '';
      const why = node('details');
      why.append(node('summary', row.reason), node('p', [row.ground && data.grounds[row.ground], row.proof, row.outcome].filter(Boolean).join(' · ')));
      return line(due, data.kinds[row.kind], node('code', row.serial), data.askers[row.asker] ?? row.asker, why, acts(row));
    }));
  } catch (error) {
    rows.replaceChildren();
    tell(error);
  }
}

sortable($('cases'));
paged($('cases'));
for (const tab of document.querySelectorAll('button[data-state]')) tab.addEventListener('click', () => load(tab.dataset.state));
// What only a recovery needs is asked for a recovery only.
const kind = $('c-kind');
const asks = () => { $('c-recovery').hidden = kind.value !== 'recovery'; };
kind.addEventListener('change', asks);
asks();
load(shown);
