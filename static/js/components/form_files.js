// @ts-check
/** Files of a form: photos become small before they leave the phone. Sending is the form's own. */

const MOST_BYTES = 10 * 1024 * 1024; // of one file, as the server takes it
const PICTURE = /^image\//;

/** @param {string} text @param {number} n */
const filled = (text, n) => text.replace('{n}', String(n));

/**
 * The photo made small, or the file as it is where it cannot be or would not shrink.
 * @param {File} file
 */
async function small(file) {
  if (!PICTURE.test(file.type)) return file;
  const { shrunk } = await import('./report_form_photos.js');
  const made = await shrunk(file, false);
  if (!made || made === file || made.size >= file.size) return file;
  return new File([made], file.name.replace(/\.[A-Za-z0-9]{1,5}$/, '') + '.jpg', { type: made.type });
}

/** @param {HTMLElement} root */
export function start(root) {
  const input = /** @type {HTMLInputElement | null} */ (root.querySelector('[data-ref="file"]'));
  if (!input) return;
  const line = /** @type {HTMLElement} */ (root.querySelector('[data-ref="said"]'));
  const words = /** @type {Record<string, string>} */ (root.dataset);
  let working = false;

  async function take() {
    const chosen = Array.from(/** @type {FileList} */ (input.files));
    if (chosen.length > Number(words.room)) {
      input.value = '';
      line.textContent = words.many;
      return;
    }
    line.textContent = chosen.length ? words.working : '';
    const made = new DataTransfer();
    for (const file of chosen) made.items.add(await small(file).catch(() => file));
    input.files = made.files;
    const isLarge = Array.from(made.files).some((one) => one.size > MOST_BYTES);
    line.textContent = isLarge ? words.large : filled(chosen.length ? words.chosen : '', chosen.length);
  }

  input.addEventListener('change', async () => {
    working = true;
    input.setAttribute('aria-busy', 'true');
    try {
      await take();
    } finally {
      working = false;
      input.removeAttribute('aria-busy');
    }
  });
  // A page sent in the middle of the work would carry the large photo: it waits until the work is done.
  input.form?.addEventListener('submit', (event) => {
    if (!working) return;
    event.preventDefault();
    line.textContent = words.working;
  });
}
