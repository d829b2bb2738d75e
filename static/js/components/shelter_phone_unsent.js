// @ts-check
/** On the page of a pass that opens nothing any more: what this phone had not sent with it. */

import { openStore } from '../core/change_store.js';
import { fallenPanel } from './shelter_phone_asks.js';
import { ref } from './shelter_phone_view.js';

/** @param {HTMLElement} root */
export async function start(root) {
  const words = ref(root, 'words').dataset;
  const store = await openStore(String(root.dataset.pass));
  const kept = (await store.all()).sort((a, b) => a.touched - b.touched);
  if (!kept.length) return;
  const box = fallenPanel(words, kept, { again: false, over: false });
  root.append(box);
  box.addEventListener('click', async (event) => {
    if (!(/** @type {Element} */ (event.target).closest('[data-act="told"]'))) return;
    await Promise.all(kept.map((entry) => store.drop(entry.key)));
    box.remove();
  });
}
