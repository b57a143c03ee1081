// Who works in a room: roles, what excludes what before it is tried, what has lapsed, what waits for a second person. Read in a session; each change is a signed act.
import { ask } from '/assets/agent.js';
import { act, button, calm, confirmed, data, format, line, me, node, paged, say, sortable, tell, time, when } from '/assets/desk.js';
import { handed, told } from '/assets/rooms.js';

const $ = id => document.getElementById(id);
const chinese = document.documentElement.lang.startsWith('zh');
const title = role => data.roles[role]?.title ?? role;
const join = list => list.join(chinese ? '、' : ', ');
let room = sessionStorage.getItem('hufu-staff-room') ?? 'ra';
let people = [];

async function read(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw Object.assign(new Error('refused'), { problem: await answer.json().catch(() => ({})) });
  return answer.json();
}

function step(person, verb, name, payload, what, effect) {
  return button(what, async () => {
    const reason = $('reason').value.trim();
    if (!reason) throw Object.assign(new Error('reason'), { problem: { title: say.jsReasonFirst, detail: say.jsReasonFirst } });
    const done = await act({ room, path: `/api/${room}/staff/${person.personId}/${verb}`, act: name, object: `person/${person.personId}`, payload: payload(reason), what, on: person.name, effect });
    if (!done) return;
    $('reason').value = '';
    await load(room);
  }, verb === 'end' ? 'danger' : 'quiet');
}

function row(person) {
  const held = person.roles.map(role => role.id);
  const excluded = [...new Set(held.flatMap(role => data.roles[role]?.not ?? []))].filter(role => data.roles[role]?.by[room] && !held.includes(role));
  const state = node('span', person.suspendedSince ? format('jsSuspended', when(person.suspendedSince)) : person.lapsed.length > 0 ? join(person.lapsed) : person.locked ? say.jsLocked : say.jsInOffice, { className: person.suspendedSince || person.locked ? 'bad' : person.lapsed.length > 0 ? 'warn' : 'good' });
  const fitness = node('details');
  fitness.append(node('summary', String(person.fitness.length)), ...person.fitness.map(one => node('p', `${say['jsFitness_' + one.kind] ?? one.kind} · ${when(one.on)} → ${when(one.until)}`)));
  const acts = node('span', null, { className: 'acts' });
  acts.append(person.suspendedSince
    ? step(person, 'resume', 'staff.resume', reason => ({ reason }), say.jsStaffResume)
    : step(person, 'suspend', 'staff.suspend', reason => ({ reason }), say.jsStaffSuspend, say.jsStaffSuspendEffect));
  if (person.locked) acts.append(step(person, 'unlock', 'staff.account.unlock', reason => ({ reason }), say.jsUnlock));
  acts.append(step(person, 'reset', 'staff.account.reset', reason => ({ reason }), say.jsReset, say.jsResetEffect));
  for (const role of held) acts.append(step(person, 'end', 'staff.end', reason => ({ role, reason }), format('jsStaffEnd', title(role)), say.jsStaffEndEffect));
  return line(node('strong', person.name), join(person.roles.map(role => chinese ? role.zh : role.en)), join(excluded.map(title)), fitness, state, acts);
}

const doors = { 'staff.appoint': () => '/staff', 'staff.change': object => `/staff/${object.split('/')[1]}/change`, 'staff.resume': object => `/staff/${object.split('/')[1]}/resume`, 'peer.register': () => '/peers', 'ca.service.register': object => object.split('/').length > 2 ? '/services/signers' : '/services' };

const papers = { 'peer.register': 'certificates', 'ca.service.register': 'requests' };

function waiting(proposal) {
  const who = node('span', join(proposal.who.map(role => chinese ? role.zh : role.en)));
  const acts = node('span', null, { className: 'acts' });
  if (proposal.mine) acts.append(button(say.jsSecond, async () => {
    const payload = JSON.stringify(proposal.request.payload);
    const object = `proposal/${proposal.id}`;
    if (!await confirmed({ room, act: 'act.second', object, state: '-', what: say.jsSecond, on: `${data.acts[proposal.act] ?? proposal.what} · ${proposal.object}`, effect: say.jsSecondEffect, body: payload })) return;
    const { signed } = await ask('/v1/acts', { token: me.token, container: me.container, acts: [{ room, act: 'act.second', object, state: '-', payload }] });
    const answer = await fetch(`/api/${room}${doors[proposal.act](proposal.object)}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: `{"act":${JSON.stringify(proposal.request.act)},"payload":${payload},"second":${JSON.stringify(signed[0])}}` });
    if (!answer.ok) throw Object.assign(new Error('refused'), { problem: await answer.json().catch(() => ({})) });
    const made = answer.status === 204 ? null : await answer.json();
    await load(room);
    if (made?.auditCertificate && made.ca) handed($('handed'), proposal.request.payload.room, made);
  }, ''));
  const about = node('span');
  about.append(node('code', proposal.object));
  // What the certificates or requests say is read for the second person as it was for the first.
  if (papers[proposal.act]) {
    const shown = node('details');
    const place = node('div', null, { className: 'pad' });
    shown.append(node('summary', say.jsWhatItSays), place);
    shown.addEventListener('toggle', async () => {
      if (!shown.open || place.children.length > 0) return;
      try { place.replaceChildren(...await told(papers[proposal.act], [new Blob([JSON.stringify(proposal.request.payload)])])); } catch (error) { tell(error); }
    });
    about.append(shown);
  }
  return line(time(proposal.at), data.acts[proposal.act] ?? proposal.what, about, proposal.by, who, acts);
}

// What the room would refuse is said before it is tried (6.6.1.2-d).
function conflict() {
  const role = $('a-role').value;
  const name = $('a-name').value.trim();
  const by = data.roles[role]?.by[room];
  $('a-who').textContent = by === 'initialisation' ? say.jsByInitialisation : by ? format('jsAppointedBy', title(by)) : '';
  const person = people.find(one => one.name === name);
  const against = (person?.roles ?? []).map(held => held.id).filter(held => data.roles[role]?.not.includes(held));
  $('a-conflict').hidden = against.length === 0;
  $('a-conflict').textContent = against.length > 0 ? format('jsConflict', name, join(against.map(title)), title(role)) : '';
}

// The same for a change: what the person holds besides the role that ends excludes some others.
function change() {
  const person = people.find(one => one.personId === $('c-person').value);
  const held = (person?.roles ?? []).map(role => role.id);
  const fill = (select, roles) => {
    const before = select.value;
    select.replaceChildren(...roles.map(role => node('option', title(role), { value: role })));
    if (roles.includes(before)) select.value = before;
  };
  fill($('c-from'), held);
  fill($('c-to'), Object.entries(data.roles).filter(([id, rule]) => rule.by[room] && rule.by[room] !== 'initialisation' && !held.includes(id)).map(([id]) => id));
  const [from, to] = [$('c-from').value, $('c-to').value];
  const by = data.roles[to]?.by[room];
  $('c-who').textContent = by ? format('jsAppointedBy', title(by)) : '';
  const against = held.filter(role => role !== from && data.roles[to]?.not.includes(role));
  $('c-conflict').hidden = against.length === 0;
  $('c-conflict').textContent = against.length > 0 ? format('jsConflict', person.name, join(against.map(title)), title(to)) : '';
}

async function load(name) {
  room = name;
  sessionStorage.setItem('hufu-staff-room', room);
  for (const tab of document.querySelectorAll('[data-room].quiet')) tab.setAttribute('aria-pressed', String(tab.dataset.room === room));
  for (const form of document.querySelectorAll('form[data-room]')) {
    form.dataset.room = room;
    form.elements.room.value = room;
  }
  $('a-role').replaceChildren(...Object.entries(data.roles).filter(([, rule]) => rule.by[room] && rule.by[room] !== 'initialisation').map(([id, rule]) => node('option', rule.title, { value: id })));
  $('no-session').hidden = true;
  try {
    people = await read(`/api/${room}/staff`);
    const proposals = await read(`/api/${room}/proposals`);
    calm();
    $('staff').tBodies[0].replaceChildren(...people.map(row));
    for (const id of ['t-person', 'c-person']) {
      const before = $(id).value;
      $(id).replaceChildren(...people.map(person => node('option', person.name, { value: person.personId })));
      if (people.some(person => person.personId === before)) $(id).value = before;
    }
    $('proposals').tBodies[0].replaceChildren(...proposals.map(waiting));
    $('no-proposals').hidden = proposals.length > 0;
  } catch (error) {
    people = [];
    for (const id of ['t-person', 'c-person']) $(id).replaceChildren();
    for (const id of ['staff', 'proposals']) $(id).tBodies[0].replaceChildren();
    if (error.problem?.code === 'session-missing') $('no-session').hidden = false; else tell(error);
  }
  conflict();
  change();
}

for (const id of ['staff', 'proposals']) { sortable($(id)); paged($(id)); }
for (const tab of document.querySelectorAll('button[data-room]')) tab.addEventListener('click', () => load(tab.dataset.room));
for (const id of ['a-role', 'a-name']) $(id).addEventListener('input', conflict);
for (const id of ['c-person', 'c-from', 'c-to']) $(id).addEventListener('input', change);
if (JSON.parse(sessionStorage.getItem('hufu-sessions') ?? '[]').includes(room)) load(room); else $('no-session').hidden = false;
document.addEventListener('changed', () => load(room));
