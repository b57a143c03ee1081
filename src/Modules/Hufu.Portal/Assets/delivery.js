// How one pair came to its holder: read with a signed act, and the holder is told of the look. A receipt's scan that has not come yet is handed in here.
import { act, calm, data, node, say, sm3, tell, time } from '/assets/desk.js';

const $ = id => document.getElementById(id);
const form = $('ask');
let shown = null;

function draw(record) {
  shown = record;
  const { kind, way, pack } = record.travel ?? {};
  const moment = at => at ? time(at) : null;
  const parts = {
    signingSerial: record.signingSerial && node('code', record.signingSerial), acceptedAt: moment(record.acceptedAt), handedOverAt: moment(record.handedOverAt), handedOverBy: record.handedOverBy && node('code', record.handedOverBy),
    receivedBy: record.receivedBy, medium: record.medium && node('code', record.medium), kind: kind && data.kinds[kind], way: way && data.ways[way], pack: pack && node('code', pack), receipt: record.receipt && node('code', record.receipt),
    filed: record.receipt && node('span', record.receiptFiled ? say.jsScanFiled : say.jsScanAwaited, { className: record.receiptFiled ? 'good' : 'warn' }), confirmedAt: moment(record.confirmedAt), codesMade: String(record.codesMade),
  };
  $('dl-title').textContent = record.application;
  $('dl-state').textContent = data.states[record.state] ?? record.state;
  $('dl-record').replaceChildren(...Object.entries(parts).filter(([, part]) => part).flatMap(([name, part]) => {
    const place = node('dd');
    place.append(part);
    return [node('dt', data.words[name]), place];
  }));
  $('dl-scan').hidden = !record.receipt || record.receiptFiled;
  $('dl-filed').textContent = '';
  $('delivery').hidden = false;
  $('hint').hidden = true;
}

async function read() {
  const id = form.application.value.trim();
  const answer = await act({ room: 'ra', path: `/api/ra/applications/${encodeURIComponent(id)}/delivery/reading`, act: 'ra.deliveries.read', object: `application/${id}`, payload: { purpose: form.purpose.value.trim() }, quiet: true });
  draw(await answer.json());
  calm();
}

form.addEventListener('submit', event => {
  event.preventDefault();
  $('delivery').hidden = true;
  read().catch(tell);
});

// Only the file whose digest the hand-over named is taken.
$('dl-file').addEventListener('change', async () => {
  const [file] = $('dl-file').files;
  if (!file) return;
  try {
    const digest = await sm3(file);
    if (digest !== shown.receipt) throw Object.assign(new Error('digest'), { problem: { title: say.jsScanOther, detail: say.jsScanOther } });
    const sent = await fetch(`/api/ra/applications/${encodeURIComponent(shown.application)}/receipts/${digest}`, { method: 'PUT', headers: { 'Content-Type': 'application/octet-stream' }, body: file });
    if (!sent.ok) throw Object.assign(new Error('refused'), { problem: await sent.json().catch(() => ({})) });
    calm();
    draw({ ...shown, receiptFiled: true });
  } catch (error) {
    tell(error);
  }
});
