// Acts as forms: builds the payload, shows what will be signed, signs, shows the room's answer.
// A field's name is its place in the payload ("officers.0.name"); data-type says how it is read; what is empty and not required is left out.
import { act, calm, data, fileBase64, format, moment, node, say, sm3, tell, when } from '/assets/desk.js';

async function read(field) {
  const { type } = field.dataset;
  if (type === 'base64') return field.files.length > 0 ? fileBase64(field.files[0]) : '';
  if (type === 'base64s') return Promise.all([...field.files].map(fileBase64));
  if (type === 'sm3') return field.files.length > 0 ? sm3(field.files[0]) : '';
  if (type === 'now') return new Date().toISOString();
  if (type === 'bool') return field.checked;
  if (type === 'raw') return field.value;
  if (type === 'many') return [...field.selectedOptions].map(option => option.value);
  const value = field.value.trim();
  if (value === '') return '';
  if (type === 'int') return Number(value);
  if (type === 'fen') return Math.round(Number(value) * 100); // typed in yuan, sent in fen
  if (type === 'moment') return moment(value);
  if (type === 'pem') return value.replace(/-----[^-]*-----|\s/g, ''); // the DER of a PEM block, in Base64
  if (type === 'ints') return value.split(/[\s,，、]+/).filter(Boolean).map(Number);
  if (type === 'list') return value.split(/[\s,，、]+/).filter(Boolean);
  return value;
}

// A moment as people say it, money in yuan, a list with its parts side by side, an object as a list of its own.
function said(value, name) {
  if (name === 'amount' && typeof value === 'number') return format('jsYuan', value / 100);
  if (typeof value === 'boolean') return value ? say.jsTrue : say.jsFalse;
  if (say['jsValue_' + value]) return say['jsValue_' + value];
  if (data.names && Object.hasOwn(data.names, value)) return data.names[value]; // an id that the page knows a name for
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return when(value);
  if (Array.isArray(value)) return value.map(one => said(one)).join(' · ');
  if (value === null || typeof value !== 'object') return String(value ?? '');
  const list = node('dl');
  for (const [part, text] of Object.entries(value)) list.append(node('dt', data.names?.[part] ?? say['jsAnswer_' + part] ?? part), node('dd', String(text)));
  return list;
}

const empty = value => value === '' || (Array.isArray(value) && value.length === 0);

async function payload(form) {
  const made = {};
  for (const field of form.querySelectorAll('[name]')) {
    if (field.closest('[hidden]') && field.type !== 'hidden') continue;
    const value = await read(field);
    if (empty(value) && !field.required && field.dataset.type !== 'many') continue;
    const path = field.name.split('.');
    let place = made;
    path.slice(0, -1).forEach((step, at) => { place = place[step] ??= /^\d+$/.test(path[at + 1]) ? [] : {}; });
    place[path.at(-1)] = value;
  }
  return made;
}

for (const form of document.querySelectorAll('form[data-act]')) {
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const done = form.querySelector('.done');
    try {
      const body = await payload(form);
      const extra = name => form.elements[name]?.value.trim() ?? '';
      const fill = text => text.replace(/\{([\w.]+)\}/g, (_, name) => body[name] ?? extra(name));
      for (const field of form.querySelectorAll('[data-address]')) delete body[field.name]; // names a place in the address, not in the payload
      const object = fill(form.dataset.object);
      // A choice is told by its words, not by its value.
      const told = name => form.elements[name]?.selectedOptions?.[0]?.textContent;
      const on = form.dataset.on ? form.dataset.on.replace(/\{([\w.]+)\}/g, (_, name) => told(name) ?? body[name] ?? extra(name)) : object;
      const answer = await act({ room: form.dataset.room, path: fill(form.dataset.path), act: form.dataset.act, object, state: fill(form.dataset.state || '-'), payload: body, what: form.dataset.what, on, effect: form.dataset.effect });
      if (!answer) return;
      calm();
      const reply = answer.status === 204 ? {} : await answer.json();
      const list = document.createElement('dl');
      const hidden = (form.dataset.hide ?? '').split(' '); // what the page shows in its own way
      for (const [name, value] of Object.entries(reply)) {
        if (hidden.includes(name)) continue;
        if (typeof value === 'string' && value.length > 200) continue;
        const place = node('dd');
        place.append(said(value, name));
        list.append(node('dt', say['jsAnswer_' + name] ?? name), place);
      }
      const parts = [Object.assign(document.createElement('p'), { className: 'good', textContent: format('jsDone', form.dataset.what, on) }), list];
      if (form.dataset.then) parts.push(Object.assign(document.createElement('a'), { className: 'button quiet', href: form.dataset.then.replace('{id}', reply.id), textContent: say.jsOpen }));
      done.replaceChildren(...parts);
      form.dispatchEvent(new CustomEvent('changed', { bubbles: true, detail: reply }));
    } catch (error) {
      // Kept as a proposal: nothing is wrong, another person's word is awaited.
      if (error.problem?.code === 'second-needed') {
        calm();
        done.replaceChildren(node('p', document.documentElement.lang.startsWith('zh') ? error.problem.title : error.problem.detail, { className: 'warn' }), node('p', say.jsSecondAwaited));
        form.dispatchEvent(new CustomEvent('changed', { bubbles: true }));
      } else if (error.problem) tell(error); else tell(Object.assign(error, { problem: { title: say.jsChooseFirst, detail: say.jsChooseFirst } }));
    }
  });
}
