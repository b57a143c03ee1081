// The holder's token on the page: my certificates, renewal and re-key with one signature, a recovered key into the token, revocation with the key.
import { ask, tokens, words, Refused } from '/assets/agent.js';

const pem = (label, base64) => `-----BEGIN ${label}-----\n${base64.replace(/(.{64})/g, '$1\n').trim()}\n-----END ${label}-----\n`;
const staff = container => /(^|, )OU=/.test(container.signing?.subject ?? '');
const working = () => document.body.dataset.agentWorking;

// The token and container that hold a signing certificate.
async function holding(serial) {
  for (const token of await tokens()) for (const container of token.containers) if (container.signing?.serial === serial) return { token: token.id, container: container.name, certificate: container.signing };
  throw new Refused({ title: document.body.dataset.agentNotHere, detail: document.body.dataset.agentNotHere });
}

async function send(path, body) {
  const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(json);
  return json;
}

function offer(id, work) {
  const place = document.getElementById(id);
  if (!place) return;
  place.hidden = false;
  const status = place.querySelector('[role=status]');
  place.querySelector('button').addEventListener('click', async () => {
    status.textContent = working();
    try { await work(status); } catch (error) { status.textContent = words(error); }
  });
}

// Twenty certificates at most, of the newest containers: their names carry the moment when they were made.
offer('from-token', async status => {
  const shown = (await tokens()).flatMap(token => token.containers).filter(container => !staff(container)).sort((a, b) => (a.name < b.name ? 1 : -1)).flatMap(container => [container.signing, ...container.encryption].filter(Boolean)).slice(0, 20);
  if (shown.length === 0) { status.textContent = document.body.dataset.agentNotHere; return; }
  document.getElementById('certificates').value = shown.map(certificate => pem('CERTIFICATE', certificate.der)).join('');
  document.getElementById('mine').submit();
});

const renew = document.getElementById('renew');
offer('by-token', async () => {
  if (!renew.reportValidity()) throw new Refused({ title: document.body.dataset.agentFill, detail: document.body.dataset.agentFill });
  const serial = renew.serial.value.replaceAll(' ', '').toLowerCase();
  const old = await holding(serial);
  const fresh = renew.dataset.key === 'new';
  const container = fresh ? 'hufu-' + Date.now().toString(36) : old.container;
  const made = await ask('/v1/requests', { token: old.token, container, commonName: old.certificate.commonName ?? 'holder', new: fresh });
  renew.request.value = made.pem;
  if (fresh) {
    const text = await fetch(`/renew/text?serial=${serial}`, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: made.pem });
    if (!text.ok) throw new Refused(await text.json().catch(() => ({})));
    const { signed } = await ask('/v1/statements', { token: old.token, container: old.container, statements: [{ text: await text.text() }] });
    renew.signature.value = signed[0].signature;
  }
  sessionStorage.setItem('hufu-container', JSON.stringify({ token: old.token, container }));
  renew.submit();
});

const recovery = document.getElementById('recovery');
recovery?.addEventListener('submit', async event => {
  const kept = JSON.parse(sessionStorage.getItem('hufu-recovery') ?? 'null');
  if (!kept) return; // without the agent the files come instead
  event.preventDefault();
  const status = recovery.querySelector('[role=status]');
  try {
    await ask('/v1/status');
    status.textContent = working();
    const { keys } = await send(`${recovery.dataset.door}/download`, { code: recovery.code.value.trim() });
    for (const key of keys) {
      const file = await fetch(`/repository/certificates/${key.userCertNo}.cer`);
      if (!file.ok) { keep(key); continue; }
      const der = btoa(String.fromCharCode(...new Uint8Array(await file.arrayBuffer())));
      await ask('/v1/pairs', { ...kept, encryptionCertificate: der, envelopedKey: key.envelopedKey });
    }
    sessionStorage.removeItem('hufu-recovery');
    status.textContent = document.body.dataset.agentFetched;
  } catch (error) {
    status.textContent = words(error);
  }
});

// A certificate that is not published: its key is given as a file, for the code works once.
function keep(key) {
  const bytes = Uint8Array.from(atob(key.envelopedKey), letter => letter.charCodeAt(0));
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([bytes])), download: `encryption-key-${key.userCertNo}.der`, textContent: key.userCertNo });
  recovery.append(link);
}

const revoke = document.getElementById('revoke');
offer('revoke-token', async status => {
  const serial = revoke.serial.value.replaceAll(' ', '').toLowerCase();
  if (!revoke.sure.checked) { revoke.sure.reportValidity(); status.textContent = ''; return; }
  const own = await holding(serial);
  const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const { kind, number } = revoke.reason.selectedOptions[0].dataset;
  const { signed } = await ask('/v1/statements', { token: own.token, container: own.container, statements: [{ text: `HUFU-REVOKE 1\nserial: ${serial}\nreason: ${number}\nat: ${at}\n` }] });
  await send('/api/ra/revocations/signed', { serial, reason: kind, at, signature: signed[0].signature });
  location.assign(revoke.dataset.done + serial);
});
