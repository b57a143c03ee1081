// The key centre's cases: recovery, justice, destruction; each with the acts that come next. What is shown once (a code, a carrier's key) stays until it is put away.
import { act, button, calm, data, format, inSession, line, node, paged, say, sortable, tell, time, when } from '/assets/desk.js';
import { showShares } from '/assets/shares.js';

const $ = id => document.getElementById(id);
const body = $('cases').tBodies[0];
const noun = { recovery: 'recoveries', justice: 'justice', destruction: 'destructions' };
let open = null;

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

// Who did what so far, and who may go on.
function hands(row) {
  const place = document.createElement('dl');
  for (const hand of row.hands) place.append(node('dt', `${data.acts[hand.act] ?? hand.what} · ${when(hand.at)}`), node('dd', hand.person));
  return place;
}

// A hundred at a time, the newest first, of one state or all; then on before the last of them.
let asked = 0; // the last word counts, not the last answer
async function load(kind, before = null) {
  const mine = ++asked;
  open = kind;
  const state = $('case-state').value;
  for (const tab of document.querySelectorAll('[data-cases]')) tab.setAttribute('aria-pressed', String(tab.dataset.cases === kind));
  try {
    const answer = await act({ room: 'kmc', path: '/api/kmc/cases/read', act: 'kmc.cases.read', object: `cases/${kind}`, payload: { kind, ...(state && { state }), ...(before && { before }) }, quiet: true });
    const { cases } = await answer.json();
    if (mine !== asked) return;
    calm();
    $('no-cases').hidden = cases.length > 0 || Boolean(before);
    $('older').hidden = cases.length < 100;
    $('older').onclick = () => load(kind, cases.at(-1).opened);
    const rows = cases.map(row => {
      const content = JSON.parse(row.content);
      const about = content.holder ?? content.reason ?? content.officers?.map(officer => officer.name).join(' ') ?? row.id;
      const details = document.createElement('details');
      details.append(node('summary', about), told(content), hands(row));
      const acts = node('span', null, { className: 'acts' });
      for (const right of row.next) {
        const name = right.act;
        const verb = name.split('.').at(-1);
        const what = say['jsCaseAct_' + verb];
        // What this person may not do is said with who can.
        if (!right.allowed) { acts.append(node('span', format('jsCaseOthers', what, right.who.map(role => data.roles[role.id] ?? role.zh).join(' · ')), { className: 'small' })); continue; }
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
    if (mine !== asked) return;
    body.replaceChildren();
    tell(error);
  }
}
sortable($('cases'));
paged($('cases'));
for (const tab of document.querySelectorAll('[data-cases]')) tab.addEventListener('click', () => load(tab.dataset.cases));
$('case-state').addEventListener('change', () => load(open ?? 'recovery'));
// What others enter and approve meanwhile shows by itself, unless somebody is reading or writing here.
setInterval(() => { if (open && !document.hidden && $('older').hidden && !document.querySelector('#cases details[open], dialog[open]') && !$('remark').value) load(open).catch(tell); }, 20000);

// Signed in to the key centre, its desks tell more: what hinders a change of the storage key before it is tried, who gets a share, who changed it; which pairs may be proposed, and whose they were.
async function desks() {
  if (!JSON.parse(sessionStorage.getItem('hufu-sessions') ?? '[]').includes('kmc')) return;
  const key = await inSession('/api/kmc/storage-key/desk');
  if (key) {
    const hindrance = $('key-hindrance');
    hindrance.hidden = !key.hindrance;
    hindrance.textContent = key.hindrance ? format('jsKeyHindrance', say['jsHindrance_' + key.hindrance] ?? key.evidence) : '';
    $('key-holders').textContent = format('jsKeyHolders', key.holders.join(' · '), key.holders.length, key.holdersWanted);
    $('key-changes').tBodies[0].replaceChildren(...key.changes.map(step => line(`${step.from} → ${step.to}`, step.by ?? '', time(step.begun), step.ended ? time(step.ended) : `${step.resealed} / ${step.total}`)));
    $('key-changes').hidden = key.changes.length === 0;
    if (key.changes.some(step => !step.ended)) setTimeout(() => { if (!document.hidden) desks().catch(tell); }, 5000); // until every pair is under the new key
  }
  const due = await inSession('/api/kmc/destructions/desk');
  if (due) {
    $('due').tBodies[0].replaceChildren(...due.pairs.map(pair => line(String(pair.pair), node('code', pair.userCertNumber), time(pair.ended), time(pair.retired))));
    $('due').hidden = due.pairs.length === 0;
  }
}
for (const id of ['key-changes', 'due']) { sortable($(id)); paged($(id)); }
desks().catch(tell);
document.addEventListener('changed', () => desks().catch(tell));

// A storage key was changed: the new shares of its backup, each for its holder alone, shown this once. A destruction was proposed: it stands among the cases.
document.addEventListener('changed', event => {
  const { shares, to, id } = event.detail ?? {};
  if (shares) {
    $('sk-generation').value = to;
    showShares($('shares'), shares);
  } else if (id && event.target.dataset.act === 'kmc.destruction.propose') load('destruction');
});
