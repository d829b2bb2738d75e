// @ts-check
/** Reads a shelter's code with LINE's camera, and goes to that shelter's page. */

import { scanCode } from '../core/liff.js';
import { shelterOf } from '../lib/check_in.js';

/** @param {HTMLElement} root */
export function start(root) {
  const said = /** @type {HTMLElement} */ (root.querySelector('[data-ref="said"]'));
  const button = /** @type {HTMLElement} */ (root.querySelector('[data-ref="scan"]'));

  /** @param {string | undefined} sentence */
  function say(sentence) {
    said.hidden = !sentence;
    said.textContent = String(sentence || '');
  }

  button.addEventListener('click', async () => {
    const { liffId, sdk, integrity, msgForeign, msgNone } = root.dataset;
    button.setAttribute('aria-busy', 'true');
    say('');
    try {
      const value = await scanCode({ liffId: String(liffId), sdk: String(sdk), integrity: String(integrity) });
      const shelter = shelterOf(value);
      if (shelter) window.location.assign(`/liff/checkin/${shelter}`);
      else if (value) say(msgForeign);
    } catch {
      say(msgNone);
    } finally {
      button.removeAttribute('aria-busy');
    }
  });
}
