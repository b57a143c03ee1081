// A half-filled form is kept by the registration authority behind a secret that stands in the link after the #, which no browser sends. Opened here, it fills the form again; once it has become an application it is forgotten.
const chinese = document.documentElement.lang.startsWith('zh');
const kept = JSON.parse(sessionStorage.getItem('hufu-draft') ?? 'null');
const keep = draft => sessionStorage.setItem('hufu-draft', JSON.stringify(draft));

async function ask(path, secret, body, method = 'POST') {
  const answer = await fetch('/api/ra/drafts' + path, { method, headers: { ...(body && { 'Content-Type': 'application/json' }), ...(secret && { Authorization: `Bearer ${secret}` }) }, body: body && JSON.stringify(body) });
  if (!answer.ok) throw Object.assign(new Error('refused'), { problem: await answer.json().catch(() => ({})) });
  return answer.status === 204 ? null : answer.json().catch(() => null);
}

// The link: fetched with its secret, then on to the form.
const opening = document.getElementById('draft-open');
if (opening) {
  const id = location.pathname.split('/').at(-1);
  const secret = location.hash.slice(1);
  try {
    if (!secret) throw new Error('no secret');
    const draft = await ask('/' + id, secret, undefined, 'GET');
    keep({ id, secret, profile: draft.profile, fields: draft.fields });
    location.replace(`/apply/${draft.profile}${opening.dataset.lang}`);
  } catch {
    opening.textContent = opening.dataset.gone;
    opening.className = 'bad';
  }
}

const place = document.getElementById('draft');
if (place) {
  const form = place.closest('form');
  const status = place.querySelector('[role=status]');
  const shown = document.getElementById('draft-link');
  const fields = () => [...form.querySelectorAll('[name^="field."]')];
  let draft = kept?.profile === place.dataset.profile ? kept : null;
  place.hidden = false;
  if (draft) keep({ ...draft, sent: false });
  form.addEventListener('submit', () => { if (draft) keep({ ...draft, sent: true }); });
  // What was typed since stays.
  if (draft && fields().every(field => field.value === '')) {
    for (const field of fields()) field.value = draft.fields[field.name.slice('field.'.length)] ?? '';
    status.textContent = place.dataset.filled;
  }
  place.querySelector('button').addEventListener('click', async () => {
    const saving = { profile: place.dataset.profile, fields: Object.fromEntries(fields().filter(field => field.value.trim()).map(field => [field.name.slice('field.'.length), field.value.trim()])) };
    try {
      if (draft) await ask('/' + draft.id, draft.secret, saving, 'PUT');
      else {
        const saved = await ask('', null, saving);
        draft = { id: saved.id, secret: saved.secret, link: saved.link };
        shown.querySelector('a').textContent = saved.link;
        shown.querySelector('a').href = saved.link;
        shown.hidden = false;
      }
      draft = { ...draft, ...saving };
      keep(draft);
      status.textContent = place.dataset.saved;
    } catch (error) {
      const { title, detail, next } = error.problem ?? {};
      status.textContent = [chinese ? title : detail, chinese ? next?.zh : next?.en].filter(Boolean).join(' ') || error.message;
    }
  });
}

// It has become an application: the draft is forgotten.
if (kept?.sent && /^\/applications\/./.test(location.pathname) && new URLSearchParams(location.search).get('new') === '1') {
  sessionStorage.removeItem('hufu-draft');
  await ask('/' + kept.id, kept.secret, undefined, 'DELETE').catch(() => null); // it ends by itself otherwise
}
