// Searches applications by one thing that has an index; pages on the server; every search is in the log with its purpose.
import { act, calm, data, line, node, say, sortable, tell, time } from '/assets/desk.js';

const $ = id => document.getElementById(id);
const form = $('search');
const rows = $('found').tBodies[0];
const code = text => node('code', text);
// Where one goes on from here with an application: an address of this site in the language of the page.
const there = (path, row) => path + '?' + new URLSearchParams({ id: row.id, ...(row.signingSerial && { serial: row.signingSerial }), ...(new URLSearchParams(location.search).get('lang') === 'en' && { lang: 'en' }) });
function onward(row) {
  const place = node('span', null, { className: 'acts' });
  place.append(node('a', data.notices, { className: 'button quiet', href: there('/desk/notices', row) }), node('a', data.fees, { className: 'button quiet', href: there('/desk/fees', row) }));
  if (row.state === 'issued') place.append(node('a', data.counter, { className: 'button quiet', href: there('/desk/counter', row) + '#hand' }));
  if (['issued', 'accepted', 'revoked'].includes(row.state)) place.append(node('a', data.delivery, { className: 'button quiet', href: there('/desk/delivery', row) }));
  return place;
}

function query(after) {
  const what = form.what.value.trim();
  const by = form.by.value;
  const profile = form.profile.value;
  const asked = { limit: 50, purpose: form.purpose.value.trim() };
  if (by === 'holder') {
    // What identifies a holder is a matter of the type: the parts stand in its order, with spaces between them.
    const names = data.identified[profile];
    if (!names) throw Object.assign(new Error('profile'), { problem: { title: say.jsSearchProfile, detail: say.jsSearchProfile } });
    const parts = what.split(/\s+/);
    asked.holder = Object.fromEntries(names.map((name, at) => [name, parts[at] ?? '']));
  } else {
    asked[by] = by === 'serial' ? what.replaceAll(' ', '').toLowerCase() : what;
  }
  if (profile) asked.profile = profile;
  if (form.state.value) asked.state = form.state.value;
  if (after) asked.after = after;
  return asked;
}

async function search(after) {
  try {
    const payload = query(after);
    const answer = await act({ room: 'ra', path: '/api/ra/search', act: 'ra.application.search', object: 'search/applications', payload, quiet: true });
    const page = await answer.json();
    calm();
    const made = page.rows.map(row => line(code(row.id), row.title, data.profiles[row.profile] ?? row.profile, data.states[row.state] ?? row.state, data.channels[row.channel] ?? row.channel, time(row.createdAt), row.signingSerial ? code(row.signingSerial) : '', onward(row)));
    if (after) rows.append(...made); else rows.replaceChildren(...made);
    $('none').hidden = rows.rows.length > 0;
    $('next').hidden = !page.next;
    $('next').onclick = () => search(page.next);
  } catch (error) {
    tell(error);
  }
}

sortable($('found'));
form.addEventListener('submit', event => { event.preventDefault(); search(null); });
