// @ts-check
/** A button that opens the browser's print window. */

/** @param {HTMLElement} root */
export function start(root) {
  root.querySelector('[data-ref="print"]')?.addEventListener('click', () => window.print());
}
