// A profile's new text beside the one in force, while it is typed; what the other person will see and sign is made by the room from the same two texts.
import { calm, node, rendered, say, tell } from '/assets/desk.js';

const text = document.getElementById('text');
const shown = document.getElementById('shown');
const before = document.getElementById('before').content.textContent;
let waiting = 0;

async function compare() {
  try {
    if (text.value === before) return shown.replaceChildren(node('p', say.jsNoChange, { className: 'small' }));
    shown.replaceChildren(...await rendered('/desk/difference', { before, after: text.value }));
    calm();
  } catch (error) {
    tell(error);
  }
}
text.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(compare, 300); });
