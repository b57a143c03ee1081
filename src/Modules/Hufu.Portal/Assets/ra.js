// The registration desk: a queue that shows what is due first, the file beside its papers, and a decision that is signed.
import { act, calm, data, format, fresh, kebab, left, me, node, say, tell, when } from '/assets/desk.js';

const $ = id => document.getElementById(id);
// A vetter begins with what waits for vetting.
let queue = sessionStorage.getItem('hufu-queue') ?? (me?.role === document.getElementById('queue').dataset.vetter ? 'entered' : 'submitted');
let open = null;
let after = null;
let turned = 0;
let zoomed = 1;

const verb = { submitted: 'jsEnter', entered: 'jsVet', excepted: 'jsReview' };
const chinese = document.documentElement.lang.startsWith('zh');

// The server pages and filters: 50 rows due first, then on after the last of them.
let asked = 0;
async function load(name, from = null) {
  const mine = ++asked;
  queue = name;
  after = from;
  sessionStorage.setItem('hufu-queue', name);
  $('queue').ariaBusy = 'true';
  for (const tab of document.querySelectorAll('[data-queue]')) tab.setAttribute('aria-pressed', String(tab.dataset.queue === name));
  try {
    const answer = await act({ room: 'ra', path: '/api/ra/queue', act: 'ra.queue.read', object: `queue/${name}`, payload: { state: name, limit: 50, ...(from && { after: from }), ...($('filter').profile.value && { profile: $('filter').profile.value }), overdue: $('filter').overdue.checked, order: $('filter').order.value }, quiet: true });
    const page = await answer.json();
    if (mine !== asked) return; // another queue, order or page was asked for meanwhile
    calm();
    document.querySelector(`[data-queue=${name}] .count`).textContent = page.total > 1000 ? '1000+' : page.total;
    $('first').hidden = !from;
    $('next').hidden = !page.next;
    $('next').onclick = () => load(name, page.next);
    const rows = page.rows.map(row => {
      const line = fresh('row');
      line.dataset.id = row.id;
      line.querySelector('.title').textContent = row.title;
      line.querySelector('.kind').textContent = data[row.profile]?.title ?? row.profile;
      const share = 100 * (Date.now() - new Date(row.since)) / (new Date(row.due) - new Date(row.since));
      const meter = line.querySelector('meter');
      meter.value = Math.min(100, share);
      meter.setAttribute('aria-label', left(row.due));
      line.querySelector('.due').textContent = left(row.due);
      const button = line.querySelector('button');
      button.textContent = say[verb[name]];
      if (row.overdue) line.classList.add('late');
      button.addEventListener('click', () => read(row));
      line.addEventListener('keydown', event => { if (event.key === 'Enter' && event.target === line) read(row); });
      return line;
    });
    // Who works by keyboard stays on the row.
    const row = document.activeElement?.closest('#queue tbody tr')?.dataset.id;
    $('queue').tBodies[0].replaceChildren(...rows);
    rows.find(line => line.dataset.id === row)?.focus();
    $('empty').hidden = rows.length > 0;
  } catch (error) {
    if (mine !== asked) return;
    $('queue').tBodies[0].replaceChildren();
    tell(error);
  } finally {
    if (mine === asked) $('queue').ariaBusy = 'false';
  }
}

async function read(row) {
  try {
    const answer = await act({ room: 'ra', path: `/api/ra/applications/${row.id}/reading`, act: 'ra.application.read', object: `application/${row.id}`, state: row.stateToSign, payload: { purpose: say.jsPurpose }, quiet: true });
    const file = await answer.json();
    calm();
    open = { row, file };
    const form = data[file.profile] ?? { fields: {}, papers: {}, title: file.profile };
    $('file').hidden = false;
    $('file-title').textContent = `${row.title} · ${form.title}`;
    $('fields').replaceChildren(...Object.entries(file.fields).flatMap(([name, value]) => [node('dt', form.fields[name] ?? name), node('dd', value)]));
    $('history').replaceChildren(...(file.history ?? []).map(step => node('li', `${when(step.at)} ${say['jsStep_' + step.what] ?? step.what}${step.note ? ' · ' + step.note : ''}`)));
    $('papers').replaceChildren(...file.evidence.map(paper => {
      const button = node('button', form.papers[paper.kind] ?? paper.kind);
      button.type = 'button';
      button.className = 'quiet';
      button.addEventListener('click', () => show(paper));
      return button;
    }));
    $('checks').replaceChildren(...file.checks.map(check => {
      const item = fresh('check');
      item.dataset.id = check.id;
      item.querySelector('p').textContent = chinese ? `${check.zh}（${check.clause}）` : `${check.en} (${check.clause})`;
      means(item, check);
      // A source that no check names stands with the first.
      const asking = (file.sourcesToAsk ?? []).filter(one => one.source === check.source || (check === file.checks[0] && !file.checks.some(each => each.source === one.source)));
      sources(item, asking, file.sources ?? []);
      return item;
    }));
    const vetting = queue === 'entered';
    $('checks').parentElement.querySelector('h3').hidden = !vetting;
    $('checks').hidden = !vetting;
    $('enter').hidden = queue !== 'submitted';
    $('approve').hidden = !vetting;
    $('confirm').hidden = queue !== 'excepted';
    $('refuse').hidden = queue === 'submitted';
    $('remark').value = '';
    if (file.evidence.length > 0) await show(file.evidence[0]);
    $('file').scrollIntoView({ block: 'start' });
  } catch (error) {
    tell(error);
  }
}

async function show(paper) {
  try {
    const answer = await act({ room: 'ra', path: `/api/ra/applications/${open.row.id}/evidence/${paper.kind}/reading`, act: 'ra.application.read', object: `application/${open.row.id}`, state: open.row.stateToSign, payload: { purpose: say.jsPurpose }, quiet: true });
    const blob = await answer.blob();
    const image = blob.type.startsWith('image/');
    $('paper').hidden = !image;
    $('paper-file').hidden = image;
    const address = URL.createObjectURL(blob);
    if (image) $('paper').src = address; else $('paper-file').href = address;
    turned = 0;
    zoomed = 1;
    look();
  } catch (error) {
    tell(error);
  }
}

function look() {
  $('paper').className = `turn${turned} zoom${zoomed}`;
}

for (const button of document.querySelectorAll('[data-view]')) {
  button.addEventListener('click', () => {
    if (button.dataset.view === 'turn') turned = (turned + 90) % 360;
    else zoomed = Math.min(4, Math.max(1, zoomed + (button.dataset.view === 'in' ? 1 : -1)));
    look();
  });
}

// How a check was done; a call back tells its number, where that was found and who answered, and can be proven by a code sent there.
function means(item, check) {
  const choice = item.querySelector('.means');
  choice.append(...check.means.map(way => node('option', say['jsMeans_' + kebab(way)] ?? way, { value: kebab(way) })));
  const call = item.querySelector('.call');
  choice.addEventListener('change', () => { call.hidden = choice.value !== 'call-back'; });
  const [send, answer] = call.querySelectorAll('button');
  const told = call.querySelector('[role=status]');
  const code = call.querySelector('.code');
  const guarded = (made, work) => made.addEventListener('click', async () => { try { await work(); } catch (error) { tell(error); } });
  guarded(send, async () => {
    const payload = { check: check.id, number: call.querySelector('.number').value.trim(), origin: call.querySelector('.origin').value.trim() };
    const sent = await act({ room: 'ra', path: `/api/ra/applications/${open.row.id}/call-backs`, act: 'ra.call-back.send', object: `application/${open.row.id}`, state: open.row.stateToSign, payload, what: say.jsCallSend, on: `${open.row.title} · ${payload.number}`, effect: say.jsCallEffect });
    if (!sent) return;
    const row = await sent.json();
    calm();
    item.dataset.call = row.id;
    delete item.dataset.answered;
    code.parentElement.hidden = false;
    code.focus();
    told.textContent = format('jsCallSent', when(row.until));
    told.className = 'warn';
  });
  guarded(answer, async () => {
    const reply = await fetch(`/api/ra/call-backs/${item.dataset.call}/answer`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code: code.value.trim() }) });
    if (!reply.ok) throw Object.assign(new Error('refused'), { problem: await reply.json().catch(() => ({})) });
    calm();
    item.dataset.answered = item.dataset.call;
    code.parentElement.hidden = true;
    told.textContent = say.jsCallAnswered;
    told.className = 'good';
  });
}

// The sources that this application has something for: each asked with a signed act, which fields it is told is said before, its answer kept as evidence; whatever it says, the vetter decides.
function sources(item, asking, answers) {
  if (queue === 'submitted') return;
  for (const { source, reach, fields } of asking) {
    const place = fresh('source');
    const name = say['jsSource_' + source] ?? source;
    const [told, said] = place.querySelectorAll('p');
    const show = answer => {
      item.dataset.sources = [...new Set([...(item.dataset.sources ?? '').split(' '), answer.id])].filter(Boolean).join(' ');
      said.textContent = `${format('jsSourceSaid', name, say['jsSaid_' + answer.outcome] ?? answer.outcome, when(answer.askedAt))}${answer.simulated ? ' ' + say.jsSimulated : ''} ${answer.what}`;
      said.className = answer.outcome === 'match' ? 'good' : answer.outcome === 'unavailable' ? 'warn' : 'bad';
    };
    const form = data[open.file.profile]?.fields ?? {};
    told.append(format('jsSourceTold', fields.map(field => form[field] ?? field).join(' · ')), reach === 'by-hand' ? ' ' + say.jsSourceByHand : '');
    const asked = place.querySelector('button');
    asked.textContent = format('jsSourceAsk', name);
    asked.addEventListener('click', async () => {
      try {
        const answer = await act({ room: 'ra', path: `/api/ra/applications/${open.row.id}/sources/${source}`, act: 'ra.source.ask', object: `application/${open.row.id}`, state: open.row.stateToSign, payload: { purpose: say.jsPurpose }, what: asked.textContent, on: `${open.row.title} · ${open.row.id}`, effect: say.jsSourceEffect });
        if (!answer) return;
        calm();
        show(await answer.json());
        const choice = item.querySelector('.means');
        if (!choice.value && [...choice.options].some(option => option.value === 'database')) choice.value = 'database';
      } catch (error) {
        tell(error);
      }
    });
    const last = answers.filter(answer => answer.source === source).at(-1);
    if (last) show(last);
    item.append(place);
  }
}

function finding(item) {
  const value = name => item.querySelector(name).value.trim();
  const way = value('.means');
  const evidence = [way === 'call-back' && item.dataset.answered, ...(item.dataset.sources ?? '').split(' ')].filter(Boolean);
  return {
    check: item.dataset.id, passed: item.querySelector('.ok').checked, excepted: item.querySelector('.except').checked,
    how: value('.how') || (way ? say['jsMeans_' + way] : ''), ...(way && { means: way }),
    ...(way === 'call-back' && { callBack: { number: value('.number'), origin: value('.origin'), spokeWith: value('.spoke') } }),
    ...(evidence.length > 0 && { evidence }),
  };
}

async function decide(name, path, payload, what, effect) {
  try {
    const answer = await act({ room: 'ra', path: `/api/ra/applications/${open.row.id}/${path}`, act: name, object: `application/${open.row.id}`, state: open.row.stateToSign, payload, what, on: `${open.row.title} · ${open.row.id}`, effect });
    if (!answer) return;
    $('file').hidden = true;
    $('receipt').hidden = false;
    $('receipt').textContent = format('jsDone', what, open.row.title);
    await load(queue, after);
  } catch (error) {
    tell(error);
  }
}

const findings = () => [...$('checks').children].map(finding);

$('enter').addEventListener('click', () => decide('ra.application.enter', 'entry', { remark: $('remark').value.trim() }, say.jsEnterWhat, say.jsEnterEffect));
$('approve').addEventListener('click', () => decide('ra.application.approve', 'decision', { approve: true, findings: findings(), reason: null }, say.jsApproveWhat, say.jsApproveEffect));
$('confirm').addEventListener('click', () => decide('ra.exception.confirm', 'exception', { confirm: true, reason: $('remark').value.trim() }, say.jsConfirmWhat, say.jsApproveEffect));
$('refuse').addEventListener('click', () => {
  if (queue === 'excepted') return decide('ra.exception.refuse', 'exception', { confirm: false, reason: $('remark').value.trim() }, say.jsRefuseWhat, format('jsRefuseEffect', $('remark').value.trim()));
  $('notice').textContent = format('jsRefusalNotice', $('remark').value.trim());
  return decide('ra.application.refuse', 'decision', { approve: false, findings: findings(), reason: $('remark').value.trim() }, say.jsRefuseWhat, format('jsRefuseEffect', $('remark').value.trim()));
});
$('remark').addEventListener('input', () => { $('notice').textContent = queue === 'entered' && $('remark').value.trim() ? format('jsRefusalNotice', $('remark').value.trim()) : ''; });
for (const tab of document.querySelectorAll('[data-queue]')) tab.addEventListener('click', () => load(tab.dataset.queue));
document.addEventListener('keydown', event => {
  if (event.target.matches('input, textarea, select, dialog *')) return;
  const rows = [...$('queue').tBodies[0].rows];
  const at = rows.indexOf(document.activeElement);
  if (event.key === 'j') rows[Math.min(rows.length - 1, at + 1)]?.focus();
  if (event.key === 'k') rows[Math.max(0, at - 1)]?.focus();
});

$('first').addEventListener('click', () => load(queue));
// What is past its deadline is read in the order of deadlines only.
$('filter').addEventListener('change', () => { if ($('filter').overdue.checked) $('filter').order.value = 'due'; $('filter').order.disabled = $('filter').overdue.checked; load(queue); });
load(queue);
setInterval(() => { if (!document.hidden && $('file').hidden) load(queue, after); }, 20000);
