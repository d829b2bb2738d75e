// @ts-check
/** The last button of a form: pressed once, and not where there is no network. The server takes it once in any case. */

/** @param {HTMLElement} root */
export function start(root) {
  const form = /** @type {HTMLFormElement} */ (root);
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('button[type="submit"]'));
  const line = /** @type {HTMLElement} */ (form.querySelector('[data-ref="said"]'));
  let sent = false;

  /** @param {boolean} is */
  function busy(is) {
    sent = is;
    if (is) button.setAttribute('aria-busy', 'true');
    else button.removeAttribute('aria-busy');
  }

  form.addEventListener('submit', (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      line.textContent = String(form.dataset.offline);
      return;
    }
    if (sent) event.preventDefault();
    busy(true);
  });
  window.addEventListener('online', () => { line.textContent = ''; });
  window.addEventListener('pageshow', (event) => { if (event.persisted) busy(false); });
}
