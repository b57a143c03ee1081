// Whose tokens the agent has: choose who works here.
import { ask, words } from '/assets/agent.js';
import { become, fresh, tell, calm, me, roleOf } from '/assets/desk.js';

const list = document.getElementById('people');
const part = (subject, name) => subject.match(new RegExp(`(?:^|, )${name}=([^,]*)`))?.[1] ?? '';

async function show() {
  let tokens;
  try { tokens = await ask('/v1/tokens'); calm(); } catch (error) { tell(error); setTimeout(show, 3000); return; }
  list.replaceChildren();
  for (const token of tokens) for (const container of token.containers) {
    const subject = container.signing?.subject;
    if (!subject || !part(subject, 'OU')) continue;
    const item = fresh('person');
    const person = { token: token.id, container: container.name, name: part(subject, 'CN'), role: part(subject, 'OU'), serial: container.signing.serial, digest: container.signing.digest };
    item.querySelector('strong').textContent = person.name;
    item.querySelector('.role').textContent = roleOf(person);
    item.querySelector('.small').textContent = token.id;
    const button = item.querySelector('button');
    button.setAttribute('aria-pressed', String(me?.serial === person.serial));
    button.addEventListener('click', () => { become(person); location.reload(); });
    list.append(item);
  }
  document.getElementById('agent-how').hidden = list.children.length > 0; // it runs, and there is somebody to choose
}
show();
