// What every staff page shares: who works here, acts that are shown before they are signed, refusals in words.
import { ask, words } from '/assets/agent.js';

const text = id => JSON.parse(document.getElementById(id)?.content.textContent || '{}');
export const say = text('words');
export const data = text('data');
export const format = (key, ...values) => (say[key] ?? key).replace(/\{(\d)\}/g, (_, n) => values[n]).replace(/(?<![0-9.,:/-])1 (year|month|day|record|application|letter)s\b/g, '1 $1');

export const me = JSON.parse(sessionStorage.getItem('hufu-me') ?? 'null');
const who = document.getElementById('who');
const titles = JSON.parse(who?.dataset.roles ?? '{}');
export const roleOf = person => titles[person.role] ?? person.role;
if (me && who) who.textContent = `${me.name} · ${roleOf(me)}`;

export function become(person) {
  sessionStorage.setItem('hufu-me', JSON.stringify(person));
}

// On a narrow screen the navigation is one line: where one is stands in its middle.
document.querySelector('.side [aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'center' });

const trouble = document.getElementById('trouble');
const chinese = document.documentElement.lang.startsWith('zh');

// What was wrong, what to do next, the code and the number to quote: as the server's own pages say it.
export function tell(error) {
  if (!trouble) return;
  const problem = error.problem ?? {};
  const parts = [node('strong', problem.code && problem.next ? (chinese ? problem.title : problem.detail) ?? words(error) : words(error))];
  if (chinese && problem.evidence) parts.push(node('p', problem.evidence, { lang: 'en' }));
  const next = chinese ? problem.next?.zh : problem.next?.en;
  if (next) parts.push(node('p', next));
  if (problem.title === say.jsChooseFirst) {
    const go = node('p');
    go.append(node('a', say.jsChooseGo, { className: 'button quiet', href: '/desk' + (chinese ? '' : '?lang=en') }));
    parts.push(go);
  }
  if (problem.code && problem.id) {
    const quote = node('p', `${say.jsCode} `, { className: 'small' });
    quote.append(node('code', problem.code), ` · ${say.jsQuote} `, node('code', problem.id));
    parts.push(quote);
  }
  trouble.replaceChildren(...parts);
  trouble.hidden = false;
  trouble.scrollIntoView({ block: 'nearest' });
}
export const nobody = () => Object.assign(new Error(say.jsChooseFirst), { problem: { title: say.jsChooseFirst, detail: say.jsChooseFirst } });
export function calm() { if (trouble) trouble.hidden = true; }

// Signs through the agent and sends to the room. `quiet` acts only read: they are signed without the dialog, and are in the ledger like any other.
export async function act({ room, path, act, object, state = '-', payload, what, on, effect, quiet = false, method = 'POST' }) {
  if (!me) throw nobody();
  const body = JSON.stringify(payload);
  if (!quiet && !await confirmed({ room, act, object, state, what, on, effect, body })) return null;
  const { signed } = await ask('/v1/acts', { token: me.token, container: me.container, acts: [{ room, act, object, state, payload: body }] });
  const answer = await fetch(path, { method, headers: { 'Content-Type': 'application/json' }, body: `{"act":${JSON.stringify(signed[0])},"payload":${body}}` });
  if (!answer.ok) throw Object.assign(new Error('refused'), { problem: await answer.json().catch(() => ({})) });
  return answer;
}

export function confirmed({ room, act, object, state, what, on, effect, body }) {
  const dialog = document.getElementById('sign');
  const put = (id, value) => { document.getElementById(id).textContent = value; };
  put('sign-what', what);
  put('sign-on', on);
  put('sign-as', `${me.name} · ${roleOf(me)}`);
  put('sign-effect', effect ?? '');
  put('sign-text', `room: ${room}\nact: ${act}\nobject: ${object}\nstate: ${state}\npayload: ${body}`);
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise(done => dialog.addEventListener('close', () => done(dialog.returnValue === 'sign'), { once: true }));
}

export function when(moment) {
  const year = date => new Intl.DateTimeFormat('en', { timeZone: 'Asia/Shanghai', year: 'numeric' }).format(date);
  const other = year(new Date(moment)) !== year(new Date()) && { year: 'numeric' }; // said where it is not this year
  return new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: 'Asia/Shanghai', ...other, month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(moment));
}

// A moment in a cell: said shortly, its year and second on hover, and what a column sorts by.
export const time = moment => node('time', when(moment), { dateTime: new Date(moment).toISOString(), title: new Date(moment).toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' UTC') });

// What is typed as a time is Beijing time, as every time on these pages is.
export const moment = value => new Date(value + (value.length === 16 ? ':00' : '') + '+08:00').toISOString().replace(/\.\d+Z$/, 'Z');

// ISO 8601 periods of policy as people say them: P5Y3M, 5 years 3 months.
export function period(text) {
  const [, years, months, days, hours, minutes] = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text) ?? [];
  return [[years, 'jsYears'], [months, 'jsMonths'], [days, 'jsDays'], [hours, 'jsHours'], [minutes, 'jsMinutes']].filter(([count]) => count).map(([count, key]) => format(key, count)).join(' ') || text;
}

// Hands a file of this page to the person.
export async function save(answer, name) {
  node('a', '', { href: URL.createObjectURL(await answer.blob()), download: name }).click();
}

// Read in a session: null where the person has none in that room, and the page says so.
export async function inSession(path) {
  const answer = await fetch(path);
  if (answer.ok) return answer.json();
  const problem = await answer.json().catch(() => ({}));
  if (problem.code === 'session-missing') return null;
  throw Object.assign(new Error('refused'), { problem });
}

export function left(moment) {
  const minutes = Math.round((new Date(moment) - Date.now()) / 60000);
  const size = Math.abs(minutes);
  const amount = size < 60 ? format('jsMinutes', size) : size < 2880 ? format('jsHours', Math.floor(size / 60)) : format('jsDays', Math.floor(size / 1440));
  return format(minutes < 0 ? 'jsLate' : 'jsLeft', amount);
}

// A file as Base64, and its SM3, which the browser cannot compute.
export async function fileBase64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}

export async function sm3(file) {
  const answer = await fetch('/desk/digest', { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: file });
  if (!answer.ok) throw Object.assign(new Error('refused'), { problem: await answer.json().catch(() => ({})) });
  return answer.text();
}

// What a page of the portal renders from data that only this person may read: charts and tables as HTML of this site.
export async function rendered(path, value) {
  const answer = await fetch(path + location.search, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });
  if (!answer.ok) throw Object.assign(new Error('refused'), { problem: await answer.json().catch(() => ({})) });
  return new DOMParser().parseFromString(await answer.text(), 'text/html').body.childNodes;
}

export function node(name, textContent, more = {}) {
  return Object.assign(document.createElement(name), textContent === undefined || textContent === null ? {} : { textContent }, more);
}

// A row of a table: each cell a text or a node.
export function line(...cells) {
  const row = document.createElement('tr');
  for (const cell of cells) {
    const place = document.createElement('td');
    place.append(cell ?? '');
    row.append(place);
  }
  return row;
}

export function button(text, work, className = 'quiet') {
  const made = node('button', text, { type: 'button', className });
  made.addEventListener('click', async () => { try { await work(made); } catch (error) { tell(error); } });
  return made;
}

const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
const keyOf = cell => cell?.querySelector('time')?.dateTime ?? cell?.textContent.trim() ?? '';

// Columns by which the rows that have been read can be sorted: a button in each heading that has words. A row of class "below" stays with the one above it; rows that come later are sorted in.
export function sortable(table) {
  const body = table.tBodies[0];
  let by = null;
  const watch = new MutationObserver(() => apply());
  const apply = () => {
    if (!by) return;
    const groups = [];
    for (const row of body.rows) if (row.classList.contains('below') && groups.length > 0) groups.at(-1).push(row); else groups.push([row]);
    groups.sort(([a], [b]) => (by.down ? -1 : 1) * collator.compare(keyOf(a.cells[by.at]), keyOf(b.cells[by.at])));
    body.append(...groups.flat());
    watch.takeRecords();
    table.dispatchEvent(new Event('sorted'));
  };
  [...table.tHead.rows[0].cells].forEach((head, at, all) => {
    if (head.querySelector('.unseen') || !head.textContent.trim()) return;
    const made = node('button', head.textContent, { type: 'button', className: 'sort', title: format('jsSort', head.textContent) });
    made.addEventListener('click', () => {
      by = { at, down: by?.at === at && !by.down };
      for (const other of all) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', by.down ? 'descending' : 'ascending');
      apply();
    });
    head.replaceChildren(made);
  });
  watch.observe(body, { childList: true });
}

// A list that comes whole is shown a page at a time.
export function paged(table, size = 25) {
  const body = table.tBodies[0];
  const told = node('span');
  let at = 0;
  const turn = (word, step) => { const made = node('button', word, { type: 'button', className: 'quiet' }); made.addEventListener('click', () => { at += step; show(); }); return made; };
  const [before, next] = [turn(say.jsBefore, -1), turn(say.jsNext, 1)];
  const place = node('p', null, { className: 'pages', hidden: true });
  place.setAttribute('role', 'navigation');
  place.setAttribute('aria-label', say.jsPages);
  place.append(before, ' ', told, ' ', next);
  const show = () => {
    const of = Math.max(1, Math.ceil(body.rows.length / size));
    at = Math.min(Math.max(0, at), of - 1);
    [...body.rows].forEach((row, index) => { row.hidden = Math.floor(index / size) !== at; });
    told.textContent = format('jsPageOf', at + 1, of);
    before.disabled = at === 0;
    next.disabled = at === of - 1;
    place.hidden = of === 1;
  };
  (table.closest('.scroll') ?? table).after(place);
  new MutationObserver(show).observe(body, { childList: true });
  table.addEventListener('sorted', () => { at = 0; show(); });
  show();
}

// On a narrow screen a row is a card (desk.css): each cell carries its column's heading, also in rows that come later. A chart's table and one with two columns stay as they are.
function label(table) {
  const heads = [...table.tHead?.rows[0]?.cells ?? []].map(head => head.querySelector('.unseen') ? '' : head.textContent.trim());
  if (heads.length < 3) return;
  table.classList.add('cards');
  for (const cell of table.querySelectorAll('tbody > tr > :not([data-label])')) {
    const head = heads[cell.cellIndex];
    if (head && cell.colSpan === 1) cell.dataset.label = head + (chinese ? '\uff1a' : ': ');
  }
}
const page = document.getElementById('main');
const labelAll = () => { for (const table of page.querySelectorAll('.scroll > table')) label(table); };
if (page && !page.dataset.cards) { // this module is evaluated once by its page and once by those that import it
  page.dataset.cards = 'true';
  labelAll();
  new MutationObserver(labelAll).observe(page, { childList: true, subtree: true });
}

export const kebab = name => name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();

export const fresh = id => document.getElementById(id).content.firstElementChild.cloneNode(true);
