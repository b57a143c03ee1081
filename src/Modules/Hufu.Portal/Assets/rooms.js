// Registration of a room's certificates: what its files say is read and shown by this site before anything is signed; a second person sees the same.
import { calm, fileBase64, format, node, rendered, say, tell } from '/assets/desk.js';

// What the files say, as HTML of this site.
export const told = async (kind, files) => rendered('/desk/rooms/reading', { kind, files: await Promise.all(files.map(fileBase64)) });

// What the CA has made for a room goes back to it: the certificates, as the room installs them, with the command. The setup code stays at the room's machine.
export function handed(box, room, made) {
  const installation = { setupCode: 'SETUP-CODE', signingCertificate: made.signingCertificate, encryptionCertificate: made.encryptionCertificate, auditCertificate: made.auditCertificate, chain: made.chain, peers: [made.ca] };
  const name = `${room}-installation.json`;
  const file = node('a', name, { className: 'button quiet', download: name, href: URL.createObjectURL(new Blob([JSON.stringify(installation, null, 1)], { type: 'application/json' })) });
  const place = node('p');
  place.append(file);
  const command = node('pre');
  command.append(node('code', `sed "s/SETUP-CODE/$(cat data/${room}/setup-code)/" ${name} |\n  curl -sS -X POST ${location.origin}/api/${room}/identity -H 'Content-Type: application/json' --data-binary @-`));
  box.replaceChildren(node('strong', say['jsRoom_' + room] ?? room), node('p', say.jsInstall), place, command, node('p', say.jsInstallPeers, { className: 'small' }));
  box.hidden = false;
  box.scrollIntoView({ block: 'nearest' });
}

for (const place of document.querySelectorAll('.papers')) {
  const form = place.closest('form');
  const [files, text] = [place.querySelector('input[type=file]'), place.querySelector('textarea')];
  const [said, sign] = [place.querySelector('.said'), form.querySelector('button[type=submit]')];
  const forget = () => { said.replaceChildren(node('p', say.jsReadFirst, { className: 'small' })); sign.disabled = true; };
  let asked = 0;
  async function read() {
    const mine = ++asked; // the last word counts, not the last answer
    forget();
    const given = [...files.files, ...(text.value.trim() ? [new Blob([text.value])] : [])];
    try {
      if (given.length === 0) throw Object.assign(new Error('none'), { problem: { title: say.jsFilesFirst, detail: say.jsFilesFirst } });
      const parts = [...await told(place.dataset.kind, given)];
      if (mine !== asked) return;
      calm();
      said.replaceChildren(...parts);
      const whole = said.querySelector('[data-whole]');
      sign.disabled = whole?.dataset.whole !== 'true';
      const name = form.elements['peer.name'];
      if (name && !name.value && whole?.dataset.name) name.value = whole.dataset.name;
    } catch (error) {
      if (mine === asked) tell(error);
    }
  }
  forget();
  place.querySelector('.read').addEventListener('click', read);
  files.addEventListener('change', read);
  text.addEventListener('input', () => { asked++; forget(); });
  for (const kind of ['dragenter', 'dragover']) place.addEventListener(kind, event => { event.preventDefault(); place.classList.add('over'); });
  for (const kind of ['dragleave', 'drop']) place.addEventListener(kind, event => { event.preventDefault(); place.classList.remove('over'); });
  place.addEventListener('drop', event => { if (event.dataTransfer.files.length > 0) { files.files = event.dataTransfer.files; read(); } });
}

// Where it is registered is the room that the act is for.
const where = document.getElementById('rp-room');
where?.addEventListener('change', () => { where.form.dataset.room = where.value; });
document.addEventListener('changed', event => {
  const made = event.detail;
  if (made?.auditCertificate && made.ca) handed(document.getElementById('handed'), event.target.elements.room.value, made);
});
