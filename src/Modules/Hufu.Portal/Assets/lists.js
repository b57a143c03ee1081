// A list that a signed act reads, a page at a time in the room's own order: forwards after the last row that was shown, back to the first page.
import { act, calm, node, say, tell } from '/assets/desk.js';

export function listed({ form, table, read, row }) {
  const turn = (word, go) => { const made = node('button', word, { type: 'button', className: 'quiet', hidden: true }); made.addEventListener('click', go); return made; };
  let following = null;
  const [first, next] = [turn(say.jsFirst, () => load(null)), turn(say.jsNext, () => load(following))];
  const pages = node('p', null, { className: 'pages' });
  const none = node('p', say.jsNoneFound, { hidden: true });
  none.setAttribute('role', 'status');
  pages.append(first, ' ', next);
  (table.closest('.scroll') ?? table).after(none, pages);
  table.hidden = true;
  async function load(after) {
    table.ariaBusy = 'true';
    try {
      const asked = read(after);
      const answer = await act({ room: 'ra', quiet: true, ...asked });
      if (!answer) return;
      const page = await answer.json();
      calm();
      table.tBodies[0].replaceChildren(...page.rows.map(row));
      table.hidden = page.rows.length === 0;
      none.hidden = page.rows.length > 0;
      first.hidden = !after;
      following = page.next;
      next.hidden = !following;
    } catch (error) {
      table.tBodies[0].replaceChildren();
      tell(error);
    } finally {
      table.ariaBusy = 'false';
    }
  }
  form.addEventListener('submit', event => { event.preventDefault(); load(null); });
  return () => { if (!table.hidden) load(null); };
}

// Puts a number into every field of the page that asks for it, and goes to the first.
export function choose(name, value) {
  const fields = [...document.querySelectorAll(`form[data-act] [name="${name}"]`)];
  for (const field of fields) field.value = value;
  fields[0]?.closest('form').scrollIntoView({ block: 'start' });
  fields[0]?.focus();
}
