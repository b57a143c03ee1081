// The key centre's cases: recovery, justice, destruction; each with the one act that comes next.
import { act, calm, say, tell, when } from '/assets/desk.js';

const body = document.getElementById('cases').tBodies[0];
const noun = { recovery: 'recoveries', justice: 'justice', destruction: 'destructions' };

// The acts that can come next, by kind and state; the last word of an act is its address.
const next = {
  'recovery/entered': ['kmc.recovery.approve', 'kmc.recovery.refuse'],
  'justice/entered': ['kmc.justice.approve', 'kmc.justice.refuse'], 'justice/approved': ['kmc.justice.witness'],
  'destruction/entered': ['kmc.destruction.approve', 'kmc.destruction.refuse'], 'destruction/approved': ['kmc.destruction.witness'], 'destruction/witnessed': ['kmc.destruction.perform'],
};

async function load(kind) {
  for (const tab of document.querySelectorAll('[data-cases]')) tab.setAttribute('aria-pressed', String(tab.dataset.cases === kind));
  try {
    const answer = await act({ room: 'kmc', path: '/api/kmc/cases/read', act: 'kmc.cases.read', object: `cases/${kind}`, payload: { kind }, quiet: true });
    const { cases } = await answer.json();
    calm();
    document.getElementById('no-cases').hidden = cases.length > 0;
    body.replaceChildren(...cases.map(row => {
      const line = document.createElement('tr');
      const content = JSON.parse(row.content);
      for (const text of [when(row.opened), say['jsCase_' + row.state] ?? row.state, content.holder ?? content.reason ?? row.id, '']) line.append(Object.assign(document.createElement('td'), { textContent: text }));
      for (const name of next[`${kind}/${row.state}`] ?? []) {
        const verb = name.split('.').at(-1);
        const what = say['jsCaseAct_' + verb];
        const button = Object.assign(document.createElement('button'), { type: 'button', textContent: what, className: verb === 'refuse' || verb === 'perform' ? 'danger' : '' });
        button.addEventListener('click', async () => {
          try {
            const done = await act({ room: 'kmc', path: `/api/kmc/${noun[kind]}/${row.id}/${verb}`, act: name, object: `${kind}/${row.id}`, state: row.stateToSign, payload: { remark: what }, what, on: content.holder ?? row.id });
            if (done) await load(kind);
          } catch (error) { tell(error); }
        });
        line.lastChild.append(button, ' ');
      }
      return line;
    }));
  } catch (error) {
    tell(error.problem ? error : Object.assign(error, { problem: { title: say.jsChooseFirst, detail: say.jsChooseFirst } }));
  }
}
for (const tab of document.querySelectorAll('[data-cases]')) tab.addEventListener('click', () => load(tab.dataset.cases));
