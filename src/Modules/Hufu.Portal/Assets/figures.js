// The authority's figures: read with a signed act, drawn by the server of this site.
import { act, calm, rendered, tell } from '/assets/desk.js';

const period = document.getElementById('period');
async function load() {
  try {
    const until = new Date(Date.now() + 60000);
    const from = new Date(until - period.days.value * 86400000);
    const answer = await act({ room: 'ca', path: '/api/ca/overview', act: 'ca.overview.read', object: 'ca/overview', payload: { from: from.toISOString(), until: until.toISOString() }, quiet: true });
    document.getElementById('figures').replaceChildren(...await rendered('/desk/figures', await answer.json()));
    calm();
  } catch (error) {
    tell(error);
  }
}
period.addEventListener('change', load);
load();
