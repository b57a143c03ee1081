// Talks to the signing agent on this machine (./hufu agent): loopback only, it asks for the PIN itself.
export const agent = 'http://127.0.0.1:17880';

export class Refused extends Error {
  constructor(problem) { super(problem.detail ?? problem.title ?? 'refused'); this.problem = problem; }
}

export async function ask(path, body) {
  let answer;
  try {
    answer = await fetch(agent + path, body === undefined ? {} : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  } catch {
    throw new Refused({ code: 'agent-absent' });
  }
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(json);
  return json;
}

const chinese = document.documentElement.lang.startsWith('zh');

// What a refusal says to the person: in the page's language, with the next step.
export function words(error) {
  const problem = error.problem ?? {};
  if (problem.code === 'agent-absent') return document.body.dataset.agentAbsent ?? problem.code;
  const text = chinese ? problem.title : problem.detail;
  const next = chinese ? problem.next?.zh : problem.next?.en;
  return [text ?? error.message, next].filter(Boolean).join(' ');
}

// The first token and container that can do what is asked; a page with several lets the person choose.
export async function tokens() { return (await ask('/v1/tokens')); }

async function makeRequest(place) {
  const status = place.querySelector('[role=status]');
  const target = document.getElementById(place.dataset.target);
  const name = (document.getElementById(place.dataset.name) ?? document.querySelector('[name="field.organisationName"],[name="field.personName"],[name="field.hostName"]'))?.value.trim().slice(0, 64) || 'holder';
  status.textContent = document.body.dataset.agentWorking;
  try {
    // Not a token of the authority's staff: those carry a role (OU).
    let [token] = (await tokens()).filter(each => each.state !== 'locked' && !each.containers.some(container => /(^|, )OU=/.test(container.signing?.subject ?? '')));
    token ??= await ask('/v1/tokens', { label: name });
    const container = 'hufu-' + Date.now().toString(36);
    const made = await ask('/v1/requests', { token: token.id, container, commonName: name, new: true });
    target.value = made.pem;
    sessionStorage.setItem(place.dataset.keep ?? 'hufu-container', JSON.stringify({ token: token.id, container }));
    status.textContent = document.body.dataset.agentDone;
  } catch (error) {
    status.textContent = words(error);
  }
}

// Fetches the pair and puts it straight into the token; the files never touch the disk. Without an agent the form goes its ordinary way.
async function fetchPair(event) {
  const form = event.target;
  const kept = JSON.parse(sessionStorage.getItem('hufu-container') ?? 'null');
  if (!kept) return;
  event.preventDefault();
  const status = form.querySelector('[role=status]');
  try {
    await ask('/v1/status');
    status.textContent = document.body.dataset.agentWorking;
    const id = form.dataset.application;
    const answer = await fetch(`/api/ra/applications/${id}/fetch`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code: form.code.value.trim() }) });
    const pair = await answer.json();
    if (!answer.ok) throw new Refused(pair);
    // Earlier encryption keys first, so that the newest pair is the one in use.
    for (const earlier of pair.history ?? []) await ask('/v1/pairs', { ...kept, signingCertificate: pair.signingCertificate, envelopedKey: earlier.envelopedKey });
    await ask('/v1/pairs', { ...kept, signingCertificate: pair.signingCertificate, encryptionCertificate: pair.encryptionCertificate, envelopedKey: pair.envelopedKey });
    const text = `HUFU-ACCEPT 1\napplication: ${id}\nserial: ${form.dataset.serial}\n`;
    const receipt = await ask('/v1/statements', { ...kept, statements: [{ text }] });
    await fetch(`/api/ra/applications/${id}/acceptance`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ receiptToken: pair.receiptToken, signature: receipt.signed[0].signature }) });
    sessionStorage.removeItem('hufu-container');
    status.textContent = document.body.dataset.agentFetched;
    location.reload();
  } catch (error) {
    status.textContent = words(error);
  }
}

for (const place of document.querySelectorAll('[data-agent=request]')) {
  place.hidden = false;
  place.querySelector('button').addEventListener('click', () => makeRequest(place));
}
for (const form of document.querySelectorAll('form[data-agent=fetch]')) form.addEventListener('submit', fetchPair);
for (const input of document.querySelectorAll('input[type=file][data-preview]')) {
  input.addEventListener('change', () => {
    const image = document.querySelector('.preview');
    const file = input.files[0];
    image.hidden = !file || !file.type.startsWith('image/');
    if (!image.hidden) image.src = URL.createObjectURL(file);
  });
}
