// @ts-check
/** A list of rows walked through by key: one row has the focus or was chosen last, and can be picked. */

import { stepped } from '../lib/report_inbox.js';

/** @param {HTMLElement} list its rows have data-id, and in them data-ref "open" (a link) and "pick" (a box) */
export function rowWalk(list) {
  /** @param {Element} row @param {string} name */
  const part = (row, name) => /** @type {HTMLElement} */ (row.querySelector(`[data-ref="${name}"]`));
  const rows = () => /** @type {HTMLElement[]} */ (Array.from(list.children));

  /** @param {string} id @param {boolean} focus */
  function choose(id, focus) {
    const row = rows().find((one) => one.dataset.id === id);
    rows().forEach((one) => one.removeAttribute('data-chosen'));
    if (!row) return false;
    row.dataset.chosen = '';
    row.scrollIntoView({ block: 'nearest' });
    if (focus) part(row, 'open').focus({ preventScroll: true });
    return true;
  }

  /** The row that has the focus, or was chosen last. */
  function here() {
    const all = rows();
    const focused = all.findIndex((row) => row.contains(document.activeElement));
    return focused >= 0 ? focused : all.findIndex((row) => 'chosen' in row.dataset);
  }

  /** @param {number} by */
  function walk(by) {
    const row = rows()[stepped(here(), rows().length, by)];
    if (row) choose(String(row.dataset.id), true);
  }

  function pick() {
    const row = rows()[here()];
    if (row) part(row, 'pick').click();
  }

  return { choose, walk, pick };
}
