// The new shares of a device's backup, each for its holder alone, shown this once: nothing of them is kept in the page once they are put away.
import { button, node, say } from '/assets/desk.js';

const file = (name, base64) => node('a', name, { href: URL.createObjectURL(new Blob([Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))])), download: name });

export function showShares(box, shares) {
  const list = node('ul', null, { className: 'files' });
  for (const share of shares) {
    const item = node('li');
    item.append(file(`share-${share.number}.der`, share.envelopedShare), node('span', ` ${share.holder}`));
    list.append(item);
  }
  box.replaceChildren(node('p', say.jsSharesOnce), list, button(say.jsPutAway, () => { box.replaceChildren(); box.hidden = true; }));
  box.hidden = false;
  box.scrollIntoView({ block: 'nearest' });
}
