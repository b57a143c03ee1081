// Backups made and restores tried, read in a session of the authority.
import { calm, format, inSession, line, node, paged, say, sortable, tell, time, when } from '/assets/desk.js';

const $ = id => document.getElementById(id);
const quarter = 92 * 86400000;
const size = bytes => bytes > 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : bytes > 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1000)} KB`;
const counts = records => Object.entries(records).map(([room, count]) => `${say['jsRoom_' + room] ?? room} ${count}`).join(' · ');
const none = width => { const row = line(say.jsNothing); row.firstChild.colSpan = width; return row; };

async function load() {
  const book = await inSession('/api/ca/backups');
  $('no-session').hidden = book !== null;
  if (!book) return;
  calm();
  const backups = book.backups.map(one => line(time(one.at), node('code', one.id), one.base ? format('jsIncremental', one.base) : say.jsFull, size(one.bytes), node('span', one.offsite ? say.jsYes : say.jsNo, { className: one.offsite ? 'good' : 'warn' }), counts(one.records)));
  $('backups').tBodies[0].replaceChildren(...(backups.length > 0 ? backups : [none(6)]));
  const drills = book.drills.map(one => line(time(one.at), node('span', `${one.backup} · ${when(one.madeAt)}`), node('span', one.whole ? say.jsDrillWhole : say.jsDrillFailed, { className: one.whole ? 'good' : 'bad' }), format('jsSeconds', one.seconds.toFixed(1)), node('span', Object.entries(one.rooms).map(([room, text]) => `${say['jsRoom_' + room] ?? room}: ${text}`).join('\n'), { className: 'lines small' })));
  $('drills').tBodies[0].replaceChildren(...(drills.length > 0 ? drills : [none(5)]));
  const last = book.drills.find(one => one.whole);
  const late = !last || Date.now() - new Date(last.at) > quarter;
  $('drill-state').textContent = last ? format(late ? 'jsDrillLate' : 'jsDrillGood', when(last.at)) : say.jsDrillNever;
  $('drill-state').className = late ? 'bad' : 'good';
}
for (const id of ['backups', 'drills']) { sortable($(id)); paged($(id)); }
// Asked only where this tab has signed in; the session itself is the server's.
if (JSON.parse(sessionStorage.getItem('hufu-sessions') ?? '[]').includes('ca')) load().catch(tell); else $('no-session').hidden = false;
