// Every room's signed head, fetched now: whoever keeps one can prove later that nothing before it was changed.
import { when } from '/assets/desk.js';

const body = document.getElementById('heads').tBodies[0];
for (const room of ['ca', 'kmc', 'ra', 'ocsp', 'tsa', 'publishing']) {
  const answer = await fetch(`/api/${room}/ledger/head`).catch(() => null);
  if (!answer?.ok) continue;
  const text = await answer.text();
  const head = JSON.parse(text);
  const line = document.createElement('tr');
  const root = String(head.root ?? head.rootHash ?? '');
  for (const value of [room, head.size ?? head.treeSize ?? '', root.replace(/(.{4})/g, '$1 ').trim(), head.time ? when(head.time) : '']) line.append(Object.assign(document.createElement('td'), { textContent: value }));
  line.children[2].className = 'mono small';
  const keep = Object.assign(document.createElement('a'), { textContent: document.querySelector('#heads th:last-child').textContent, href: URL.createObjectURL(new Blob([text])), download: `${room}-head.json` });
  line.append(document.createElement('td'));
  line.lastChild.append(keep);
  body.append(line);
}
