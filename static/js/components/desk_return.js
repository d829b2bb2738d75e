// @ts-check
/** Sentences put into the comment that was written in last, on the page that returns a case. */

import { inserted } from '../lib/report_templates.js';

/** @param {HTMLElement} root */
export function start(root) {
  const pick = /** @type {HTMLSelectElement | null} */ (root.querySelector('[data-ref="sentence"]'));
  /** @type {HTMLTextAreaElement | null} */
  let last = null;

  /** @param {Element} box the box of an answer */
  function commentOf(box) {
    const point = box.closest('.desk-point');
    return point && point.querySelector('textarea');
  }

  root.addEventListener('focusin', (event) => {
    if (event.target instanceof HTMLTextAreaElement) last = event.target;
  });
  root.addEventListener('change', (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.name !== 'item' || !box.checked) return;
    last = commentOf(box);
  });
  if (!pick) return;
  pick.addEventListener('change', () => {
    if (!pick.value || !last) return;
    last.value = inserted(last.value, '', pick.value);
    last.focus();
    pick.value = '';
  });
}
