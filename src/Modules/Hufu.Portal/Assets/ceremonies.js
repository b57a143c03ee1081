// Which of the CA's keys no backup holds, read in a session; a split anew shows the new shares once.
import { inSession, line, node, say, tell, time } from '/assets/desk.js';
import { showShares } from '/assets/shares.js';

const $ = id => document.getElementById(id);

async function keys() {
  const told = JSON.parse(sessionStorage.getItem('hufu-sessions') ?? '[]').includes('ca') ? await inSession('/api/ca/key-backups') : null;
  $('split-session').hidden = Boolean(told);
  $('key-backups').hidden = !told;
  $('split-state').hidden = !told;
  if (!told) return;
  const lacking = told.keys.filter(key => !key.heldBy);
  $('split-state').textContent = lacking.length === 0 ? say.jsKeysHeld : say.jsKeysLacking;
  $('split-state').className = lacking.length === 0 ? 'good' : 'bad';
  $('key-backups').tBodies[0].replaceChildren(...told.keys.map(key => {
    const state = node('span', key.heldBy ? say.jsKeyHeld : say.jsKeyUnheld, { className: key.heldBy ? 'good' : 'bad' });
    return line(node('strong', say['jsCa_' + key.ca] ?? key.ca), node('code', key.key), time(key.since), state, key.heldBy ? node('code', key.heldBy) : '', key.due ? time(key.due) : '');
  }));
}
keys().catch(tell);
document.addEventListener('changed', event => {
  if (event.detail?.shares) showShares($('shares'), event.detail.shares);
  keys().catch(tell);
});
