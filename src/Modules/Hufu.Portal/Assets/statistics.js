// The figures of registration: read with a signed act, drawn by the server of this site; by month where days would be too many.
import { act, calm, rendered, tell } from '/assets/desk.js';

const period = document.getElementById('period');
const day = moment => new Date(moment.getTime() + 8 * 3600000).toISOString().slice(0, 10);
async function load() {
  try {
    const days = Number(period.days.value);
    const payload = { from: day(new Date(Date.now() - (days - 1) * 86400000)), until: day(new Date()), step: days > 90 ? 'month' : 'day', ...(period.profile.value && { profile: period.profile.value }) };
    const answer = await act({ room: 'ra', path: '/api/ra/statistics', act: 'ra.statistics.read', object: 'statistics/registration', payload, quiet: true });
    document.getElementById('figures').replaceChildren(...await rendered('/desk/statistics', await answer.json()));
    calm();
  } catch (error) {
    document.getElementById('figures').replaceChildren();
    tell(error);
  }
}
period.addEventListener('change', load);
load();
