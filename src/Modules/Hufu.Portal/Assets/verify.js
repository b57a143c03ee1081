// A file dropped anywhere on the page is put into the form and verified.
const form = document.getElementById('verify');
document.addEventListener('dragover', event => { event.preventDefault(); form.classList.add('over'); });
document.addEventListener('dragleave', event => { if (!event.relatedTarget) form.classList.remove('over'); });
document.addEventListener('drop', event => {
  event.preventDefault();
  form.classList.remove('over');
  if (event.dataTransfer.files.length === 0) return;
  if (event.target.id === 'content') { form.content.files = event.dataTransfer.files; return; }
  form.file.files = event.dataTransfer.files;
  form.requestSubmit();
});
