// A batch: one file of many lines, one authorisation; progress, then a line-by-line report that can be kept.
import { act, calm, data, format, say, sm3, tell } from '/assets/desk.js';

const $ = id => document.getElementById(id);

async function send(path, token, file) {
  const answer = await fetch(path, { method: 'PUT', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/octet-stream' }, body: file });
  if (!answer.ok) throw Object.assign(new Error('refused'), { problem: await answer.json().catch(() => ({})) });
}

async function read(path, token) {
  const answer = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) throw Object.assign(new Error('refused'), { problem: await answer.json().catch(() => ({})) });
  return answer.json();
}

$('batch').addEventListener('submit', async event => {
  event.preventDefault();
  const form = event.target;
  try {
    const file = form.file.files[0];
    const fileDigest = await sm3(file);
    const payload = { profile: form.profile.value, organisation: form.organisation.value.trim(), fileDigest, agreementVersion: data.agreement, agreementAccepted: form.accepted.checked, publish: form.publish.checked };
    const answer = await act({ room: 'ra', path: '/api/ra/batches', act: 'ra.batch.open', object: `batch/${fileDigest}`, payload, what: say.jsBatchWhat, on: `${payload.organisation} · ${file.name}`, effect: say.jsBatchEffect });
    if (!answer) return;
    const batch = await answer.json();
    calm();
    for (const kind of batch.evidenceMissing) await send(`/api/ra/batches/${batch.id}/evidence/${kind}`, batch.accessToken, form.paper.files[0]);
    await send(`/api/ra/batches/${batch.id}/file`, batch.accessToken, file);
    $('progress').hidden = false;
    await follow(batch);
  } catch (error) {
    tell(error);
  }
});

async function follow(batch) {
  for (;;) {
    const now = await read(`/api/ra/batches/${batch.id}`, batch.accessToken);
    $('bar').max = Math.max(1, now.lines);
    $('bar').value = now.taken + now.refused;
    $('counts').textContent = format('jsBatchCounts', now.taken, now.refused, now.lines);
    if (now.state === 'done') break;
    await new Promise(done => setTimeout(done, 500));
  }
  const rows = [];
  for (let after = 0; ;) {
    const answer = await read(`/api/ra/batches/${batch.id}/lines?after=${after}`, batch.accessToken);
    const page = Array.isArray(answer) ? answer : answer.lines;
    if (page.length === 0) break;
    rows.push(...page);
    after = page.at(-1).line;
  }
  $('lines').tBodies[0].replaceChildren(...rows.slice(0, 500).map(row => {
    const line = document.createElement('tr');
    for (const text of [row.line, row.application ?? '', row.code ? row.what ?? row.code : row.submitted ? say.jsBatchTaken : say.jsBatchDraft]) line.append(Object.assign(document.createElement('td'), { textContent: text }));
    line.lastChild.className = row.code ? 'bad' : 'good';
    return line;
  }));
  const quote = value => `"${String(value ?? '').replaceAll('"', '""')}"`;
  const report = $('report');
  report.href = URL.createObjectURL(new Blob(['\ufeff' + rows.map(row => [row.line, row.application, row.submitted, row.code, row.field, row.what].map(quote).join(',')).join('\r\n')], { type: 'text/csv' }));
  report.hidden = false;
}
