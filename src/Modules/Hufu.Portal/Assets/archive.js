// The archive: sealed packages with their periods, holds, retrieval with the proof that a package is whole, destruction by three people one after the other.
import { act, button, calm, format, line, node, period, save, say, sortable, tell, time, when } from '/assets/desk.js';

const $ = id => document.getElementById(id);
const chinese = document.documentElement.lang.startsWith('zh');
const room = () => $('room').value;

function reason() {
  const text = $('reason').value.trim();
  if (!text) throw Object.assign(new Error('reason'), { problem: { title: say.jsReasonFirst, detail: say.jsReasonFirst } });
  return text;
}

function told(text) {
  $('receipt').textContent = text;
  $('receipt').hidden = false;
}

async function step(path, name, object, payload, what, effect, state) {
  const done = await act({ room: room(), path: `/api/${room()}/archive/${path}`, act: name, object, state, payload, what, on: object, effect });
  if (!done) return;
  $('reason').value = '';
  await read(null);
  told(format('jsDone', what, object));
}

function acts(one) {
  const place = node('span', null, { className: 'acts' });
  const object = `package/${one.id}`;
  const path = `packages/${one.id}`;
  const add = (what, verb, name, state, effect, className) => place.append(button(what, () => step(`${path}/${verb}`, name, object, { reason: reason() }, what, effect, state), className));
  if (one.state !== 'destroyed') {
    place.append(button(say.jsManifest, async () => {
      const answer = await act({ room: room(), path: `/api/${room()}/archive/${path}/reading`, act: 'archive.package.read', object, payload: { file: 'manifest.json', purpose: reason() }, quiet: true });
      if (answer.headers.get('Hufu-Archive-Verdict') === 'whole') told(format('jsWhole', one.id));
      await save(answer, `${one.id}-manifest.json`);
    }));
    if (one.held) add(say.jsHoldLift, 'release', 'archive.hold.lift'); else add(say.jsHold, 'hold', 'archive.hold.set', undefined, say.jsHoldEffect);
  }
  if (one.state === 'sealed' && !one.held && new Date(one.keptUntil) < new Date()) add(say.jsDestroyPropose, 'proposal', 'archive.destruction.propose', one.state, say.jsDestroyEffect, 'danger');
  if (one.state === 'proposed') { add(say.jsCaseAct_approve, 'approval', 'archive.destruction.approve', one.state, say.jsDestroyEffect, 'danger'); add(say.jsCaseAct_refuse, 'refusal', 'archive.destruction.refuse', one.state); }
  if (one.state === 'approved') add(say.jsCaseAct_perform, 'destruction', 'archive.destruction.perform', one.state, say.jsDestroyEffect, 'danger');
  return place;
}

async function read(below) {
  try {
    const answer = await act({ room: room(), path: `/api/${room()}/archive/reading`, act: 'archive.list.read', object: 'archive/all', payload: { limit: 100, ...(below && { below }) }, quiet: true });
    const list = await answer.json();
    calm();
    $('classes').tBodies[0].replaceChildren(...list.classes.map(one => line(chinese ? one.zh : one.en, one.clause, period(one.kept), node('span', one.due ? format('jsDueSince', when(one.due)) : say.jsNotDue, { className: one.due ? 'warn' : 'good' }),
      button(say.jsSeal, () => step('packages', 'archive.package.make', `archive/${one.id}`, { class: one.id, reason: reason() }, say.jsSeal, say.jsSealEffect)))));
    const rows = list.packages.map(one => line(node('code', one.id), time(one.madeAt), format('jsPackage', one.covers, one.files, Math.ceil(one.bytes / 1024)), time(one.keptUntil),
      node('span', [say['jsPackage_' + one.state], one.held && format('jsHeld', one.held), one.stampedAt ? format('jsStamped', when(one.stampedAt)) : say.jsNotStamped].filter(Boolean).join(' · '), { className: one.held ? 'warn' : '' }), acts(one)));
    if (below) $('packages').tBodies[0].append(...rows); else $('packages').tBodies[0].replaceChildren(...(rows.length > 0 ? rows : [line(say.jsNothing, '', '', '', '', '')]));
    $('next').hidden = !list.next;
    $('next').onclick = () => read(list.next);
  } catch (error) {
    tell(error);
  }
}
for (const id of ['classes', 'packages']) sortable($(id));
$('read').addEventListener('click', () => read(null));
$('stamp').addEventListener('click', async () => {
  try {
    const done = await act({ room: room(), path: `/api/${room()}/archive/stamps`, act: 'archive.package.stamp', object: 'archive/all', payload: { purpose: say.jsStampPurpose }, what: say.jsStamp, on: room() });
    if (done) await read(null);
  } catch (error) {
    tell(error);
  }
});
