// Parts of a page that change by themselves: every element with data-live is fetched again with the page and replaced when it differs.
const places = [...document.querySelectorAll('[data-live]')];
const every = Math.max(2, ...places.map(place => Number(place.dataset.every ?? 5))) * 1000;
async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const place of document.querySelectorAll('[data-live]')) {
    const fresh = page.querySelector(`[data-live="${place.dataset.live}"]`);
    if (fresh && fresh.innerHTML !== place.innerHTML && !place.contains(document.activeElement)) place.innerHTML = fresh.innerHTML;
  }
}
if (places.length > 0) setInterval(refresh, every);
