// Manual registers: what people record by hand, each entry a signed act; a correction is a new entry that names the old one.
import { act, button, calm, format, line, moment, node, save, say, sm3, sortable, tell, time, when } from '/assets/desk.js';

const $ = id => document.getElementById(id);
const chinese = document.documentElement.lang.startsWith('zh');
const title = one => chinese ? one.zh : one.en;
const rows = $('entries').tBodies[0];
let types = [];
const type = () => types.find(one => one.id === $('type').value);

async function load() {
  try {
    const answer = await fetch(`/api/${$('room').value}/registers`);
    if (!answer.ok) throw Object.assign(new Error('refused'), { problem: await answer.json().catch(() => ({})) });
    types = await answer.json();
    $('type').replaceChildren(...types.map(one => node('option', title(one), { value: one.id })));
    calm();
  } catch (error) {
    types = [];
    $('type').replaceChildren();
    tell(error);
  }
  ask();
}

function input(field) {
  const id = `f-${field.id}`;
  const place = node('div', null, { className: 'field' });
  const label = node('label', title(field) + (field.needed ? '' : say.jsOptional) + (field.private ? say.jsPrivateField : ''));
  label.htmlFor = id;
  let made;
  if (field.kind === 'choice') {
    made = node('select');
    made.append(...field.choices.map(choice => node('option', say['jsChoice_' + choice] ?? choice, { value: choice })));
  } else {
    made = node('input', null, { type: { time: 'datetime-local', day: 'date', number: 'number', digest: 'file' }[field.kind] ?? 'text', maxLength: 500 });
  }
  Object.assign(made, { id, name: field.id, required: field.needed });
  made.dataset.kind = field.kind;
  place.append(label, made);
  return place;
}

function ask() {
  const chosen = type();
  rows.replaceChildren();
  $('asked').replaceChildren(...(chosen?.fields ?? []).map(input));
  $('about').textContent = chosen ? format('jsRegisterAbout', chosen.clause, chosen.recordedBy.map(title).join(chinese ? '、' : ', '), chosen.readBy.map(title).join(chinese ? '、' : ', ')) : '';
}

async function value(field) {
  if (field.dataset.kind === 'digest') return field.files.length > 0 ? sm3(field.files[0]) : '';
  if (field.dataset.kind === 'time') return field.value ? moment(field.value) : '';
  return field.value.trim();
}

$('entry').addEventListener('submit', async event => {
  event.preventDefault();
  const room = $('room').value;
  const chosen = type();
  try {
    const fields = {};
    for (const field of $('asked').querySelectorAll('[name]')) {
      const text = await value(field);
      if (text !== '') fields[field.name] = text;
    }
    const files = [...$('scans').files];
    const scans = await Promise.all(files.map(sm3));
    const payload = { fields, scans };
    if ($('paper').value.trim()) payload.paperAt = $('paper').value.trim();
    if ($('corrects').value.trim()) payload.corrects = $('corrects').value.trim();
    const answer = await act({ room, path: `/api/${room}/registers/${chosen.id}`, act: 'register.entry.record', object: `register/${chosen.id}`, payload, what: say.jsRegisterRecord, on: title(chosen), effect: say.jsRegisterEffect });
    if (!answer) return;
    const entry = await answer.json();
    for (const [at, file] of files.entries()) {
      const sent = await fetch(`/api/${room}/registers/scans/${scans[at]}`, { method: 'PUT', headers: { 'Content-Type': 'application/octet-stream' }, body: file });
      if (!sent.ok) throw Object.assign(new Error('refused'), { problem: await sent.json().catch(() => ({})) });
    }
    calm();
    event.target.reset();
    $('receipt').textContent = format('jsDone', say.jsRegisterRecord, entry.id);
    $('receipt').hidden = false;
  } catch (error) {
    tell(error);
  }
});

function row(entry) {
  const room = $('room').value;
  const chosen = type();
  const list = node('dl');
  for (const [name, text] of Object.entries(entry.fields)) {
    const field = chosen.fields.find(each => each.id === name) ?? { zh: name, en: name };
    list.append(node('dt', title(field)), node('dd', field.kind === 'time' ? when(text) : field.kind === 'choice' ? say['jsChoice_' + text] ?? text : text));
  }
  if (entry.paperAt) list.append(node('dt', say.jsPaperAt), node('dd', entry.paperAt));
  const scans = node('span', null, { className: 'acts' });
  for (const scan of entry.scans) scans.append(scan.here ? button(scan.digest.slice(0, 8), async () => {
    const answer = await act({ room, path: `/api/${room}/registers/scans/${scan.digest}/reading`, act: 'register.scan.read', object: `scan/${scan.digest}`, payload: { purpose: say.jsAuditPurpose }, quiet: true });
    await save(answer, `scan-${scan.digest.slice(0, 8)}`);
  }) : node('span', say.jsScanAwaited, { className: 'warn' }));
  const number = node('span', entry.id, { className: entry.correctedBy ? 'small' : '' });
  if (entry.corrects) number.append(node('p', format('jsCorrects', entry.corrects), { className: 'small' }));
  if (entry.correctedBy) number.append(node('p', format('jsCorrectedBy', entry.correctedBy), { className: 'warn' }));
  return line(number, time(entry.at), entry.by, list, scans);
}

function none() {
  const row = line(say.jsRegisterNone);
  row.firstChild.colSpan = 5;
  return row;
}

async function read(below) {
  const room = $('room').value;
  try {
    const answer = await act({ room, path: `/api/${room}/registers/${type().id}/reading`, act: 'register.entries.read', object: `register/${type().id}`, payload: { limit: 50, ...(below && { below }) }, quiet: true });
    const page = await answer.json();
    calm();
    const made = page.entries.map(row);
    if (below) rows.append(...made); else rows.replaceChildren(...(made.length > 0 ? made : [none()]));
    $('next').hidden = !page.next;
    $('next').onclick = () => read(page.next);
  } catch (error) {
    tell(error);
  }
}

sortable($('entries'));
$('room').addEventListener('change', load);
$('type').addEventListener('change', ask);
$('read').addEventListener('click', () => read(null));
load();
