// @ts-check
/** The queue of procedures: what is picked is counted, and keys walk through the rows. */

import { fill } from '../lib/place_words.js';
import { inboxKeys } from './report_inbox_keys.js';
import { rowWalk } from './row_walk.js';

/** @param {HTMLElement} root */
export function start(root) {
  /** The element; the template vouches for its kind. @param {string} name @returns {any} */
  const ref = (name) => root.querySelector(`[data-ref="${name}"]`);
  const walk = rowWalk(ref('rows'));
  const picks = () => /** @type {HTMLInputElement[]} */ (Array.from(root.querySelectorAll('input[name="pick"]')));
  const all = /** @type {HTMLInputElement} */ (ref('pick-all'));
  const bulk = /** @type {HTMLElement | null} */ (ref('bulk'));

  function count() {
    const n = picks().filter((one) => one.checked).length;
    all.checked = n > 0 && n === picks().length;
    if (!bulk) return;
    ref('picked').textContent = n ? fill(String(root.dataset.msgPicked), { n }) : '';
    bulk.hidden = n === 0;
  }

  /** @type {HTMLElement} */ (all.closest('label')).hidden = !bulk;
  all.addEventListener('change', () => {
    picks().forEach((one) => { one.checked = all.checked; });
    count();
  });
  ref('rows').addEventListener('change', count);
  inboxKeys({ dialog: ref('keys-dialog'), opener: ref('keys-open'), box: ref('keys-on') }, {
    next: () => walk.walk(1),
    previous: () => walk.walk(-1),
    pick: walk.pick,
    search: () => /** @type {HTMLElement} */ (root.querySelector('#f-q')).focus(),
  });
  count();
}
