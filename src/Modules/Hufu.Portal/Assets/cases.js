// The key centre's cases: recovery, justice, destruction; each with the acts that come next. What is shown once (a code, a carrier's key) stays until it is put away.
import { act, button, calm, format, line, node, paged, say, sortable, tell, time, when } from '/assets/desk.js';

const $ = id => document.getElementById(id);
const body = $('cases').tBodies[0];
const noun = { recovery: 'recoveries', justice: 'justice', destruction: 'destructions' };
let open = null;

// The acts that can come next, by kind and state; the last word of an act is its address.
const next = {
  'recovery/requested': ['kmc.recovery.enter'], 'recovery/entered': ['kmc.recovery.approve', 'kmc.recovery.refuse'], 'recovery/approved': ['kmc.recovery.release'],
  'justice/entered': ['kmc.justice.approve', 'kmc.justice.refuse'], 'justice/approved': ['kmc.justice.witness'], 'justice/witnessed': ['kmc.justice.export'],
  'destruction/entered': ['kmc.destruction.approve', 'kmc.destruction.refuse'], 'destruction/approved': ['kmc.destruction.witness'], 'destruction/witnessed': ['kmc.destruction.perform'],
};

const file = (name, base64) => node('a', name, { href: URL.createObjectURL(new Blob([Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))])), download: name });

// Shown this once: nothing of it is kept anywhere.
function once(answer) {
  const parts = [];
  if (answer.code) parts.push(node('p', say.jsCodeOnce), node('p', null, { className: 'secret' }), node('p', format('jsCodeUntil', when(answer.until)), { className: 'small' }));
  if (answer.file) parts.push(node('p', say.jsExportOnce), file(`justice-${answer.id}.p7m`, answer.file), node('p', `SM3 ${answer.sm3}`, { className: 'mono small' }));
  if (answer.carrierKey) parts.push(node('p', say.jsCarrierKey), node('p', null, { className: 'secret' }));
  for (const place of parts.filter(part => part.className === 'secret')) place.append(node('code', answer.code ?? answer.carrierKey));
  if (parts.length === 0) return;
  const box = $('once');
  box.replaceChildren(...parts, button(say.jsPutAway, () => { box.replaceChildren(); box.hidden = true; }));
  box.hidden = false;
  box.scrollIntoView({ block: 'nearest' });
}

function told(content) {
  const list = document.createElement('dl');
  for (const [name, value] of Object.entries(content)) {
    const text = Array.isArray(value) ? value.map(one => typeof one === 'object' ? Object.entries(one).filter(([, part]) => String(part).length < 80).map(([, part]) => part).join(' · ') : one).join('\n') : String(value);
    if (text.length < 2000 && name !== 'signingRequest') list.append(node('dt', say['jsCaseField_' + name] ?? name), node('dd', text, { className: 'lines' }));
  }
  return list;
}

// A hundred at a time, the newest first; then on before the last of them.
async function load(kind, before = null) {
  open = kind;
  for (const tab of document.querySelectorAll('[data-cases]')) tab.setAttribute('aria-pressed', String(tab.dataset.cases === kind));
  try {
    const answer = await act({ room: 'kmc', path: '/api/kmc/cases/read', act: 'kmc.cases.read', object: `cases/${kind}`, payload: { kind, ...(before && { before }) }, quiet: true });
    const { cases } = await answer.json();
    if (open !== kind) return;
    calm();
    $('no-cases').hidden = cases.length > 0 || Boolean(before);
    $('older').hidden = cases.length < 100;
    $('older').onclick = () => load(kind, cases.at(-1).opened);
    const rows = cases.map(row => {
      const content = JSON.parse(row.content);
      const about = content.holder ?? content.reason ?? content.officers?.map(officer => officer.name).join(' ') ?? row.id;
      const details = document.createElement('details');
      details.append(node('summary', about), told(content));
      const acts = node('span', null, { className: 'acts' });
      for (const name of next[`${kind}/${row.state}`] ?? []) {
        const verb = name.split('.').at(-1);
        const what = say['jsCaseAct_' + verb];
        acts.append(button(what, async () => {
          const done = await act({
            room: 'kmc', path: `/api/kmc/${noun[kind]}/${row.id}/${verb}`, act: name, object: `${kind}/${row.id}`, state: row.stateToSign,
            payload: { remark: $('remark').value.trim() || what }, what, on: about, effect: say['jsCaseEffect_' + verb],
          });
          if (!done) return;
          calm();
          $('remark').value = '';
          once(await done.json());
          await load(kind);
        }, verb === 'refuse' || verb === 'perform' ? 'danger' : ''));
      }
      return line(time(row.opened), say['jsCase_' + row.state] ?? row.state, details, acts);
    });
    if (before) body.append(...rows); else body.replaceChildren(...rows);
  } catch (error) {
    body.replaceChildren();
    tell(error);
  }
}
sortable($('cases'));
paged($('cases'));
for (const tab of document.querySelectorAll('[data-cases]')) tab.addEventListener('click', () => load(tab.dataset.cases));

// A storage key was changed: the new shares of its backup, each for its holder alone, shown this once. A destruction was proposed: it stands among the cases.
document.addEventListener('changed', event => {
  const { shares, to, id } = event.detail ?? {};
  if (shares) {
    $('sk-generation').value = to;
    const box = $('shares');
    const list = node('ul', null, { className: 'files' });
    for (const share of shares) {
      const item = node('li');
      item.append(file(`share-${share.number}.der`, share.envelopedShare), node('span', ` ${share.holder}`));
      list.append(item);
    }
    box.replaceChildren(node('p', say.jsSharesOnce), list, button(say.jsPutAway, () => { box.replaceChildren(); box.hidden = true; }));
    box.hidden = false;
    box.scrollIntoView({ block: 'nearest' });
  } else if (id && event.target.dataset.act === 'kmc.destruction.propose') load('destruction');
});
