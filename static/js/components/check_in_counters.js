// @ts-check
/** Numbers between − and ＋. */

import { stepped } from '../lib/check_in.js';

/** @param {HTMLElement} counter */
function ends(counter) {
  const field = /** @type {HTMLInputElement} */ (counter.querySelector('input'));
  return { field, least: Number(field.dataset.least), most: Number(field.dataset.most) };
}

/** A key that would do nothing says so, and keeps its place under the finger. @param {HTMLElement} counter */
function show(counter) {
  const { field, least, most } = ends(counter);
  for (const key of /** @type {NodeListOf<HTMLElement>} */ (counter.querySelectorAll('[data-step]'))) {
    const same = stepped(field.value, Number(key.dataset.step), least, most) === stepped(field.value, 0, least, most);
    key.setAttribute('aria-disabled', String(same));
  }
}

/** Every counter below `root` counts. @param {HTMLElement} root */
export function startCounters(root) {
  root.addEventListener('click', (event) => {
    const key = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('[data-step]'));
    const counter = /** @type {HTMLElement | null} */ (key && key.closest('[data-counter]'));
    if (!key || !counter) return;
    const { field, least, most } = ends(counter);
    field.value = String(stepped(field.value, Number(key.dataset.step), least, most));
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  root.addEventListener('input', (event) => {
    const counter = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('[data-counter]'));
    if (counter) show(counter);
  });
  root.querySelectorAll('[data-counter]').forEach((one) => show(/** @type {HTMLElement} */ (one)));
}
