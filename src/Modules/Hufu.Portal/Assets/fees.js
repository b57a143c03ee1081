// Fees by where they stand; a row's number goes into the forms below. What was recorded shows in the list at once.
import { button, data, format, line, node, say, time } from '/assets/desk.js';
import { choose, listed } from '/assets/lists.js';

const form = document.getElementById('ask');
const again = listed({
  form,
  table: document.getElementById('fees'),
  read: after => ({ path: '/api/ra/fees/reading', act: 'ra.fees.read', object: `fees/${form.state.value}`, payload: { state: form.state.value, limit: 25, purpose: form.purpose.value.trim(), newest: form.order.value === 'newest', ...(after && { after }) } }),
  row: fee => line(
    node('code', fee.application), fee.title, data.profiles[fee.profile] ?? fee.profile, fee.amount === 0 ? say.jsFree : format('jsYuan', fee.amount / 100), say['jsValue_' + fee.state] ?? fee.state, time(fee.since),
    [fee.paidAt && data.means[fee.means], fee.reference, fee.simulated && say.jsSimulated].filter(Boolean).join(' · '), button(say.jsChooseRow, () => choose('application', fee.application))),
});
document.addEventListener('changed', again);
