// @ts-check
/** What was typed into one form of a page is there again after another of its forms was sent. */

/** @param {HTMLElement} root */
export function start(root) {
  const place = `typed:${root.dataset.report}`;

  /** @returns {HTMLTextAreaElement[]} */
  const fields = () => Array.from(root.querySelectorAll('form textarea[name]'));

  /** @param {HTMLTextAreaElement} field */
  const nameOf = (field) => `${field.form ? new URL(field.form.action).pathname : ''} ${field.name}`;

  /** @param {() => void} act */
  function stored(act) {
    try {
      act();
    } catch {
      // A browser that stores nothing loses what it always lost.
    }
  }

  /** @param {SubmitEvent} event */
  function keep(event) {
    const others = fields().filter((one) => one.form !== event.target && one.value.trim());
    const typed = Object.fromEntries(others.map((one) => [nameOf(one), one.value]));
    stored(() => sessionStorage.setItem(place, JSON.stringify(typed)));
  }

  /** @param {Record<string, unknown>} typed */
  function putBack(typed) {
    fields().forEach((one) => {
      const said = typed[nameOf(one)];
      if (typeof said !== 'string' || one.value) return;
      one.value = said;
      one.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }

  stored(() => {
    const kept = sessionStorage.getItem(place);
    sessionStorage.removeItem(place);
    if (kept) putBack(JSON.parse(kept));
  });
  root.addEventListener('submit', (event) => keep(/** @type {SubmitEvent} */ (event)));
}
