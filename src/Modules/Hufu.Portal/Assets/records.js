// The auditor's own place: records in any combination, each with what its verification says just now; marks, proofs, anomalies, the months that wait for review.
import { act, button, calm, data, format, line, moment, node, save, say, sortable, tell, time, when } from '/assets/desk.js';

const $ = id => document.getElementById(id);
const query = $('query');
const rows = $('records').tBodies[0];
const purpose = () => ({ purpose: say.jsAuditPurpose });
// Rooms without people of their own are looked after by the CA's auditors.
const home = ledger => ['ocsp', 'tsa', 'publishing'].includes(ledger) ? 'ca' : ledger;
let shown = null;
let chosen = new Map();

// Tree, chain, act and signer: one mark that can be opened down to leaf and head. A broken one says what is wrong, and which parts still hold.
function verified(record) {
  const { tree, chain, act: signed, signer, words } = record.verification;
  const parts = { tree, chain, act: signed, signer };
  // A changed record takes the tree of its segment with it; the record after it tells which one it was. Where only the tree fails, the record is in doubt for a neighbour's sake.
  const broken = chain === 'broken' || signed === 'broken' || signer === 'broken';
  const doubt = !broken && Object.values(parts).includes('broken');
  const place = node('div', null, { className: 'proof' });
  const list = node('dl');
  for (const [name, value] of Object.entries(parts)) list.append(node('dt', say['jsCheck_' + name]), node('dd', say['jsCheck' + value], { className: value === 'broken' ? 'bad' : value === 'holds' ? 'good' : 'small' }));
  place.append(list, ...words.map(text => node('p', text, { className: 'bad' })), node('p', format('jsLeaf', record.leaf), { className: 'mono small' }), node('pre', record.line, { className: 'small' }));
  const acts = node('p', null, { className: 'acts' });
  const object = `record/${shown}/${record.sequence}`;
  const path = `/api/${home(shown)}/audit/records/${shown}/${record.sequence}`;
  acts.append(button(say.jsProof, async () => {
    const answer = await act({ room: home(shown), path: `${path}/proof`, act: 'audit.proof.take', object, payload: purpose(), quiet: true });
    await save(answer, `hufu-proof-${shown}-${record.sequence}.json`);
  }));
  if (record.sealed) acts.append(button(say.jsPrivate, async made => {
    const answer = await act({ room: home(shown), path: `${path}/private`, act: 'audit.private.read', object, payload: purpose(), what: say.jsPrivate, on: object, effect: say.jsPrivateEffect });
    if (answer) made.replaceWith(node('pre', JSON.stringify((await answer.json()).fields, null, 1)));
  }));
  place.append(acts);
  const state = node('button', broken ? say.jsBroken : doubt ? say.jsDoubt : say.jsHolds, { type: 'button', className: `quiet verified ${broken ? 'bad' : doubt ? 'warn' : 'good'}` });
  return { place, state, look: broken ? 'broken' : doubt ? 'doubt' : '' };
}

function row(record) {
  const tick = node('input', null, { type: 'checkbox' });
  tick.setAttribute('aria-label', format('jsChoose', record.sequence));
  tick.addEventListener('change', () => { if (tick.checked) chosen.set(record.sequence, record.leaf); else chosen.delete(record.sequence); });
  const { place, state, look } = verified(record);
  const marks = node('span', null, { className: 'small' });
  for (const mark of record.marks) marks.append(node('p', `${say['jsMark_' + mark.kind] ?? mark.kind} · ${mark.by} · ${when(mark.at)}${mark.words ? ' · ' + mark.words : ''}`, { className: mark.kind === 'reviewed' ? 'good' : 'warn' }));
  const made = line(tick, String(record.sequence), time(record.time), say['jsActor_' + record.actor] ?? record.actor, data[record.act] ?? record.what, node('code', record.object), node('span', say['jsOutcome_' + record.outcome], { className: record.outcome === 'done' ? 'good' : record.outcome === 'refused' ? 'warn' : 'bad' }), state, marks);
  made.dataset.sequence = record.sequence;
  made.className = `record ${look}`;
  // Opened down to leaf, parts and the line itself, in a row of its own.
  const below = line('', place);
  below.hidden = true;
  below.className = 'below';
  below.lastChild.colSpan = 8;
  state.setAttribute('aria-expanded', 'false');
  state.addEventListener('click', () => { below.hidden = !below.hidden; state.setAttribute('aria-expanded', String(!below.hidden)); });
  return [made, below];
}

async function search(below) {
  const ledger = query.ledger.value;
  const payload = { ledger, limit: 50 };
  for (const name of ['actor', 'act', 'object', 'outcome', 'marked']) if (query[name].value.trim()) payload[name] = query[name].value.trim();
  if (query.from.value) payload.from = moment(query.from.value);
  if (query.until.value) payload.until = moment(query.until.value);
  if (below) payload.below = below;
  try {
    const answer = await act({ room: home(ledger), path: `/api/${home(ledger)}/audit/records`, act: 'audit.records.read', object: `ledger/${ledger}`, payload, quiet: true });
    const page = await answer.json();
    calm();
    shown = ledger;
    if (!below) { chosen = new Map(); rows.replaceChildren(); }
    rows.append(...page.records.flatMap(row));
    $('head-state').textContent = page.headHolds ? say.jsHeadHolds : say.jsHeadBroken;
    $('head-state').className = page.headHolds ? 'good' : 'bad';
    $('none').hidden = rows.rows.length > 0;
    $('next').hidden = !page.next;
    $('next').onclick = () => search(page.next);
  } catch (error) {
    tell(error);
  }
}

sortable($('records'));
query.addEventListener('submit', event => { event.preventDefault(); search(null); });

$('marking').addEventListener('submit', async event => {
  event.preventDefault();
  try {
    if (chosen.size === 0) throw Object.assign(new Error('none'), { problem: { title: say.jsChooseRecords, detail: say.jsChooseRecords } });
    const { kind, words } = event.target;
    const payload = { ledger: shown, kind: kind.value, words: words.value.trim(), records: [...chosen].map(([sequence, leaf]) => ({ sequence, leaf })) };
    const done = await act({ room: home(shown), path: `/api/${home(shown)}/audit/marks`, act: 'audit.record.mark', object: `ledger/${shown}`, payload, what: say['jsMark_' + kind.value], on: format('jsSoManyRecords', chosen.size), effect: say.jsMarkEffect });
    if (!done) return;
    words.value = '';
    await search(null);
  } catch (error) {
    tell(error);
  }
});

// What a rule found is told by the room with acts' ids and in Chinese: the acts by their names, the counts in the page's language.
const said = words => {
  const named = words.replace(/[a-z]+(?:\.[a-z-]+)+/g, name => data[name] ?? name);
  return document.documentElement.lang.startsWith('zh') ? named : named.replace(/\uff0c(\d+) \u6761\uff1a/, (_, count) => `, ${format('jsSoManyRecords', count)}: `).replaceAll('\u3001', ', ');
};

$('anomalies').addEventListener('click', async () => {
  const ledger = query.ledger.value;
  try {
    const until = query.until.value ? new Date(moment(query.until.value)) : new Date(Date.now() + 60000);
    const from = query.from.value ? new Date(moment(query.from.value)) : new Date(until - 31 * 86400000);
    const answer = await act({ room: home(ledger), path: `/api/${home(ledger)}/audit/anomalies`, act: 'audit.anomalies.read', object: `ledger/${ledger}`, payload: { ledger, from: from.toISOString(), until: until.toISOString() }, quiet: true });
    const report = await answer.json();
    calm();
    const chinese = document.documentElement.lang.startsWith('zh');
    const found = report.found.map(one => {
      const rule = report.rules.find(each => each.id === one.rule);
      return line(node('span', `${chinese ? rule.zh : rule.en} (${one.clause})`), time(one.at), say['jsActor_' + one.actor] ?? one.actor, `${one.count}: ${one.records.join(', ')}`, said(one.words));
    });
    const quiet = report.rules.filter(rule => rule.hits === 0).map(rule => line(node('span', `${chinese ? rule.zh : rule.en} (${rule.clause})`, { className: 'small' }), node('span', say.jsNothing, { className: 'good' }), '', '', ''));
    $('anomaly-list').querySelector('tbody').replaceChildren(...found, ...quiet);
    $('anomaly-list').hidden = false;
  } catch (error) {
    tell(error);
  }
});

function month(room, duty) {
  const item = node('p', null, { className: 'acts' });
  item.append(node('strong', `${say['jsRoom_' + duty.ledger] ?? duty.ledger} ${duty.month}`), node('span', format('jsMonthDue', when(duty.due)), { className: duty.overdue ? 'bad' : 'warn' }), button(say.jsMonthReview, async () => {
    const payload = { conclusion: $('conclusion').value.trim(), breaches: $('breaches').value.trim() };
    const done = await act({ room, path: `/api/${room}/audit/months/${duty.ledger}/${duty.month}`, act: 'audit.month.review', object: `month/${duty.ledger}/${duty.month}`, payload, what: say.jsMonthReview, on: `${duty.ledger} ${duty.month}`, effect: say.jsMonthEffect });
    if (done) await duties();
  }, ''));
  return item;
}

function reviewed(room, done) {
  const item = node('p', null, { className: 'acts' });
  item.append(node('strong', `${say['jsRoom_' + done.ledger] ?? done.ledger} ${done.month}`), node('span', format('jsMonthDone', done.by, when(done.at), done.records, done.anomalies), { className: 'good' }));
  for (const [what, name, ending] of [[say.jsSummary, 'summary', 'pdf'], [say.jsSignature, 'signature', 'p7s']]) item.append(button(what, async () => {
    const answer = await act({ room, path: `/api/${room}/audit/months/${done.ledger}/${done.month}/${name}`, act: 'audit.month.read', object: `month/${done.ledger}/${done.month}`, payload: purpose(), quiet: true });
    await save(answer, `hufu-${done.ledger}-${done.month}.${ending}`);
  }));
  return item;
}

async function duties() {
  const room = $('duty-room').value;
  $('no-session').hidden = true;
  const answer = await fetch(`/api/${room}/audit/duties`);
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    if (problem.code !== 'session-missing') throw Object.assign(new Error('refused'), { problem });
    $('no-session').hidden = false;
    $('duty-list').replaceChildren();
    return;
  }
  const told = await answer.json();
  calm();
  const parts = [...told.months.map(duty => month(room, duty)), ...told.reviewed.map(done => reviewed(room, done))];
  for (const open of told.answers) parts.push(node('p', `${say['jsMark_' + open.mark.kind]} · ${open.ledger} ${open.sequence} · ${open.mark.by} · ${open.mark.words}`, { className: 'warn' }));
  for (const left of told.revocations) parts.push(node('p', format('jsRevocationDuty', left.person, left.serial, when(left.voidSince)), { className: 'bad' }));
  $('duty-list').replaceChildren(...parts, ...(parts.length === 0 ? [node('p', say.jsNothing)] : []));
}
$('duties').addEventListener('click', () => duties().catch(tell));
