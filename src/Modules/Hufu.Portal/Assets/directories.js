// A directory beside what it is to have: asked with the operator's token, which is typed each time and kept nowhere.
import { calm, format, line, node, say, tell } from '/assets/desk.js';

const form = document.getElementById('compare');
const told = document.getElementById('compared');

async function ask(path, method) {
  const answer = await fetch(`/api/publishing/directories/${encodeURIComponent(form.target.value)}/${path}`, { method, headers: { Authorization: `Bearer ${form.token.value.trim()}` } });
  if (!answer.ok) throw Object.assign(new Error('refused'), { problem: await answer.json().catch(() => ({})) });
  calm();
  return answer.json();
}

form?.addEventListener('submit', async event => {
  event.preventDefault();
  try {
    const report = await ask('comparison', 'GET');
    told.textContent = format('jsCompared', report.compared, report.differences.length, report.waiting, report.refused);
    told.className = report.differences.length > 0 ? 'bad' : 'good';
    const table = document.getElementById('differences');
    table.hidden = report.differences.length === 0;
    table.tBodies[0].replaceChildren(...report.differences.slice(0, 500).map(one => line(say['jsDifference_' + one.what] ?? one.what, node('code', one.entry), one.attribute)));
  } catch (error) {
    tell(error);
  }
});

document.getElementById('resync')?.addEventListener('click', async () => {
  try {
    if (!form.reportValidity()) return;
    const { queued } = await ask('resynchronisation', 'POST');
    told.textContent = format('jsQueued', queued);
    told.className = 'good';
  } catch (error) {
    tell(error);
  }
});
