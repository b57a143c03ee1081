// Acts as forms: builds the payload, shows what will be signed, signs, shows the room's answer.
import { act, calm, format, say, tell } from '/assets/desk.js';

function payload(form) {
  const made = {};
  for (const field of form.querySelectorAll('[name]')) {
    let value = field.value.trim();
    if (value === '' && !field.required) continue;
    if (field.dataset.type === 'int') value = Number(value);
    if (field.dataset.type === 'now') value = new Date().toISOString();
    const path = field.name.split('.');
    let place = made;
    for (const step of path.slice(0, -1)) place = place[step] ??= {};
    place[path.at(-1)] = value;
  }
  return made;
}

for (const form of document.querySelectorAll('form[data-act]')) {
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const body = payload(form);
    const object = form.dataset.object.replace(/\{(\w+)\}/g, (_, name) => body[name]);
    const done = form.querySelector('.done');
    try {
      const answer = await act({ room: form.dataset.room, path: form.dataset.path, act: form.dataset.act, object, payload: body, what: form.dataset.what, on: object, effect: form.dataset.effect });
      if (!answer) return;
      calm();
      const list = document.createElement('dl');
      for (const [name, value] of Object.entries(await answer.json())) {
        if (typeof value === 'string' && value.length > 200) continue;
        list.append(Object.assign(document.createElement('dt'), { textContent: name }), Object.assign(document.createElement('dd'), { textContent: typeof value === 'object' ? JSON.stringify(value) : value }));
      }
      done.replaceChildren(Object.assign(document.createElement('p'), { className: 'good', textContent: format('jsDone', form.dataset.what, object) }), list);
    } catch (error) {
      if (error.problem) tell(error); else tell(Object.assign(error, { problem: { title: say.jsChooseFirst, detail: say.jsChooseFirst } }));
    }
  });
}
