// @ts-check
/** The inbox by keyboard: which keys there are, in a dialog, and a switch that this browser remembers. */

import { keyAction } from '../lib/report_inbox.js';

const KEPT = 'machimado.report-keys';

/** Whether this browser's people switched the keys off. */
function isOff() {
  try {
    return localStorage.getItem(KEPT) === 'off';
  } catch {
    return false; // refused in a private window: as if nobody had said anything
  }
}

/** @param {boolean} on */
function keep(on) {
  try {
    if (on) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, 'off');
  } catch {
    // As above.
  }
}

/**
 * @param {{dialog: HTMLDialogElement, opener: HTMLElement, box: HTMLInputElement}} parts
 * @param {Record<string, () => void>} actions
 */
export function inboxKeys({ dialog, opener, box }, actions) {
  const help = () => dialog.showModal();
  const known = { ...actions, help };
  box.checked = !isOff();
  opener.hidden = false;
  opener.addEventListener('click', help);
  box.addEventListener('change', () => keep(box.checked));
  document.addEventListener('keydown', (event) => {
    if (!box.checked || dialog.open || event.defaultPrevented) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    const action = known[keyAction(event, /** @type {any} */ (target))];
    if (!action) return;
    event.preventDefault(); // or "/" would be typed into the field it leads to
    action();
  });
}
