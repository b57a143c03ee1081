// Signs in with user name, password and the token's signature over the room's challenge; then shows what this person may do, and who may do the rest.
import { ask } from '/assets/agent.js';
import { act, calm, data, format, me, nobody, paged, say, sortable, tell, when } from '/assets/desk.js';

const $ = id => document.getElementById(id);
const form = $('session');
const chinese = document.documentElement.lang.startsWith('zh');

async function room(path, method, body) {
  const answer = await fetch(`/api/${form.room.value}/${path}`, { method, headers: body === undefined ? {} : { 'Content-Type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
  if (!answer.ok) throw Object.assign(new Error('refused'), { problem: await answer.json().catch(() => ({})) });
  return answer.status === 204 ? null : answer.json().catch(() => null);
}

// Who may stands in a column of its own, in the page's language.
const reason = right => right.reason && !right.reason.startsWith('Who') ? right.reason : '';

function show(session) {
  // Which rooms this tab has signed in to, so that pages know whether to ask them; the session itself is the server's.
  const rooms = JSON.parse(sessionStorage.getItem('hufu-sessions') ?? '[]').filter(name => name !== form.room.value);
  sessionStorage.setItem('hufu-sessions', JSON.stringify(session ? [...rooms, form.room.value] : rooms));
  $('signed-in').hidden = !session;
  form.hidden = Boolean(session);
  $('s-out').hidden = true;
  if (!session) return;
  $('s-name').textContent = `${session.name} · ${session.roles.map(role => chinese ? role.zh : role.en).join('、')}`;
  $('s-ends').textContent = format('jsSessionEnds', when(session.idleEnds), when(session.passwordChangeDue));
  $('rights').tBodies[0].replaceChildren(...[...session.acts].sort((a, b) => b.allowed - a.allowed).map(right => {
    const line = document.createElement('tr');
    for (const text of [data[right.act] ?? right.what, right.allowed ? say.jsMay : say.jsMayNot, reason(right), right.who.map(role => chinese ? role.zh : role.en).join(chinese ? '、' : ', ')]) line.append(Object.assign(document.createElement('td'), { textContent: text }));
    line.children[1].className = right.allowed ? 'good' : 'warn';
    return line;
  }));
}

form.addEventListener('submit', async event => {
  event.preventDefault();
  try {
    if (!me) throw nobody();
    const { challenge } = await room('session/challenge', 'POST');
    const { signed } = await ask('/v1/statements', { token: me.token, container: me.container, statements: [{ text: challenge }] });
    show(await room('session', 'POST', { userName: form.user.value.trim(), password: form.password.value, challenge, signature: signed[0].signature, certificate: me.digest, newPassword: null }));
    calm();
  } catch (error) {
    tell(error);
  }
});

$('open-account').addEventListener('click', async () => {
  try {
    const blind = [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
    const name = form.room.value;
    const answer = await act({ room: name, path: `/api/${name}/account`, act: 'staff.account.open', object: `account/${form.user.value.trim()}`, payload: { userName: form.user.value.trim(), password: form.password.value, blind }, what: say.jsOpenAccount, on: form.user.value.trim(), quiet: true });
    if (answer) { calm(); $('receipt-text')?.remove(); form.append(Object.assign(document.createElement('p'), { id: 'receipt-text', className: 'good', textContent: say.jsAccountOpen })); }
  } catch (error) {
    tell(error);
  }
});

if (!me) tell(nobody());
sortable($('rights'));
paged($('rights'));
$('sign-out').addEventListener('click', async () => { try { await room('session', 'DELETE'); show(null); calm(); $('s-out').hidden = false; form.user.focus(); } catch (error) { tell(error); } });
