// The counter: an application taken from somebody who came, its papers and its submission; a pair handed over and written into the holder's medium.
import { ask, tokens } from '/assets/agent.js';
import { button, calm, data, fresh, line, node, say, sm3, tell, time } from '/assets/desk.js';
import { choose, listed } from '/assets/lists.js';

const $ = id => document.getElementById(id);

// What the applicant could send themselves goes with their access code.
async function send(method, path, code, body) {
  const answer = await fetch(path, { method, headers: { ...(code && { Authorization: `Bearer ${code}` }), ...(body && { 'Content-Type': 'application/octet-stream' }) }, body });
  if (!answer.ok) throw Object.assign(new Error('refused'), { problem: await answer.json().catch(() => ({})) });
  return answer;
}

// A request from a file: PEM as it stands, DER as PEM.
$('t-file')?.addEventListener('change', async () => {
  const [file] = $('t-file').files;
  if (!file) return;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  const wrap = base64 => `-----BEGIN CERTIFICATE REQUEST-----\n${base64.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE REQUEST-----\n`;
  $('t-request').value = text.startsWith('-----') ? text : wrap(btoa(String.fromCharCode(...bytes.subarray(0, 65536))));
});

let taken = null;

function take(made) {
  taken = made;
  // Which medium the key was made in, for the day when the pair is handed over at this machine.
  const kept = sessionStorage.getItem('hufu-counter');
  if (kept) localStorage.setItem('hufu-counter-' + made.id, kept);
  sessionStorage.removeItem('hufu-counter');
  $('taken-id').textContent = made.id;
  $('taken-code').textContent = made.accessToken;
  $('taken-done').textContent = '';
  $('taken-papers').replaceChildren(...made.evidenceMissing.map(kind => {
    const place = fresh('paper');
    const [label, file] = [place.querySelector('label'), place.querySelector('input')];
    file.id = 'paper-' + kind;
    file.dataset.kind = kind;
    label.htmlFor = file.id;
    label.textContent = data.papers[kind] ?? kind;
    return place;
  }));
  $('taken-submit').disabled = false;
  $('taken').hidden = false;
  $('taken').scrollIntoView({ block: 'nearest' });
}

$('taken-submit').addEventListener('click', async () => {
  try {
    const path = `/api/ra/applications/${taken.id}`;
    for (const file of $('taken-papers').querySelectorAll('input')) {
      const status = file.parentElement.querySelector('[role=status]');
      if (file.files.length === 0 || status.textContent) continue; // not chosen, or handed in already
      await send('PUT', `${path}/evidence/${file.dataset.kind}`, taken.accessToken, file.files[0]);
      status.textContent = say.jsPaperIn;
      status.className = 'good';
    }
    await send('POST', `${path}/submission`, taken.accessToken);
    calm();
    $('taken-submit').disabled = true;
    $('taken-done').textContent = say.jsTaken;
  } catch (error) {
    tell(error);
  }
});

// The hand-over names the digest of the signed receipt's scan; the scan itself follows once it is signed.
$('h-scan').addEventListener('change', async () => {
  const [file] = $('h-scan').files;
  try {
    $('h-receipt').value = file ? await sm3(file) : '';
  } catch (error) {
    tell(error);
  }
});

let pair = null;
const link = (name, base64) => node('a', name, { className: 'button quiet', download: name, href: URL.createObjectURL(new Blob([Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))])) });

// Where the pair can go: the container that the key was made in at this machine first, then those without a certificate; no token of the authority's own people.
async function handed(answer) {
  pair = { ...answer, id: $('h-application').value.trim(), serial: $('h-serial').value.trim() };
  const [[scan], digest] = [$('h-scan').files, $('h-receipt').value];
  $('h-receipt').value = '';
  const files = [['signing.cer', pair.signingCertificate], ['encryption.cer', pair.encryptionCertificate], ['enveloped-key.der', pair.envelopedKey], ['chain.p7b', pair.chain], ['csr-response.der', pair.csrResponse]];
  $('m-files').replaceChildren(...files.filter(([, base64]) => base64).map(([name, base64]) => link(`${pair.id}-${name}`, base64)));
  $('medium').hidden = false;
  $('m-done').textContent = '';
  $('m-write').disabled = true;
  if (scan) send('PUT', `/api/ra/applications/${encodeURIComponent(pair.id)}/receipts/${digest}`, null, scan).catch(tell); // the pair is shown whether or not it arrives
  const kept = localStorage.getItem('hufu-counter-' + pair.id);
  const places = (await tokens()).filter(token => token.state !== 'locked' && !token.containers.some(container => /(^|, )OU=/.test(container.signing?.subject ?? '')))
    .flatMap(token => token.containers.map(container => ({ said: `${token.label} · ${container.signing?.commonName ?? container.name}`, empty: !container.signing, value: JSON.stringify({ token: token.id, container: container.name }) })));
  const rank = place => place.value === kept ? 0 : place.empty ? 1 : 2;
  places.sort((a, b) => rank(a) - rank(b));
  $('m-place').replaceChildren(...places.map(place => node('option', place.said, { value: place.value })));
  $('m-write').disabled = places.length === 0;
  $('medium').scrollIntoView({ block: 'nearest' });
}

$('m-write').addEventListener('click', async () => {
  const status = $('m-done');
  try {
    const place = JSON.parse($('m-place').value);
    status.className = '';
    status.textContent = document.body.dataset.agentWorking;
    // Earlier encryption keys first, so that the newest pair is the one in use.
    for (const earlier of pair.history ?? []) await ask('/v1/pairs', { ...place, signingCertificate: pair.signingCertificate, envelopedKey: earlier.envelopedKey });
    await ask('/v1/pairs', { ...place, signingCertificate: pair.signingCertificate, encryptionCertificate: pair.encryptionCertificate, envelopedKey: pair.envelopedKey });
    // The holder's receipt by the new key: the pair has arrived whole.
    const receipt = await ask('/v1/statements', { ...place, statements: [{ text: `HUFU-ACCEPT 1\napplication: ${pair.id}\nserial: ${pair.serial}\n` }] });
    const answer = await fetch(`/api/ra/applications/${encodeURIComponent(pair.id)}/acceptance`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ receiptToken: pair.receiptToken, signature: receipt.signed[0].signature }) });
    if (!answer.ok) throw Object.assign(new Error('refused'), { problem: await answer.json().catch(() => ({})) });
    localStorage.removeItem('hufu-counter-' + pair.id);
    calm();
    status.className = 'good';
    status.textContent = say.jsWritten;
    $('m-write').disabled = true;
  } catch (error) {
    status.textContent = '';
    tell(error);
  }
});

// Handed over here, or read how far it is: an address of this site in the language of the page.
function onward(row) {
  const place = node('span', null, { className: 'acts' });
  const english = new URLSearchParams(location.search).get('lang') === 'en' && { lang: 'en' };
  place.append(button(say.jsChooseRow, () => { $('h-serial').value = row.signingSerial; choose('application', row.application); }), node('a', data.delivery, { className: 'button quiet', href: '/desk/delivery?' + new URLSearchParams({ id: row.application, ...english }) }));
  return place;
}

const form = $('ask');
const again = listed({
  form,
  table: $('waiting'),
  read: after => ({ path: '/api/ra/deliveries/reading', act: 'ra.deliveries.read', object: 'deliveries/issued', payload: { limit: 25, purpose: form.purpose.value.trim(), newest: form.order.value === 'newest', ...(after && { after }) } }),
  row: row => line(node('code', row.application), row.title, data.profiles[row.profile] ?? row.profile, data.channels[row.channel] ?? row.channel, time(row.since), node('code', row.signingSerial), time(row.codeUntil), onward(row)),
});

document.addEventListener('changed', event => {
  const answer = event.detail;
  if (answer?.accessToken) take(answer);
  else if (answer?.receiptToken) { handed(answer).catch(tell); again(); }
});
