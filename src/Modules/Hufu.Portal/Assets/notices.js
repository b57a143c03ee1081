// What an applicant was told, and the letters to print: read for one application with a signed act, since every look is on record.
import { act, button, calm, line, node, save, say, sortable, tell, time } from '/assets/desk.js';

const $ = id => document.getElementById(id);
const form = $('ask');
const table = $('notices');

form.addEventListener('submit', async event => {
  event.preventDefault();
  const id = form.application.value.trim();
  const looking = { room: 'ra', act: 'ra.notices.read', object: `application/${id}`, payload: { purpose: form.purpose.value.trim() }, quiet: true };
  try {
    const answer = await act({ ...looking, path: `/api/ra/applications/${encodeURIComponent(id)}/notices/reading` });
    const notices = await answer.json();
    calm();
    table.tBodies[0].replaceChildren(...notices.map(notice => line(
      time(notice.made), notice.subject, say['jsNotice_' + notice.channel] ?? notice.channel,
      node('span', say['jsNotice_' + notice.state] ?? notice.state, { className: notice.state === 'failed' ? 'bad' : notice.state === 'waiting' ? 'warn' : 'good' }),
      notice.letter ? button(say.jsLetter, async () => save(await act({ ...looking, path: `/api/ra/applications/${encodeURIComponent(id)}/notices/${notice.id}/letter` }), `${id}-${notice.id.slice(0, 8)}.pdf`)) : '')));
    table.hidden = notices.length === 0;
    $('hint').hidden = notices.length > 0;
    $('hint').textContent = $('hint').dataset.none;
  } catch (error) {
    table.hidden = true;
    tell(error);
  }
});
sortable(table);
