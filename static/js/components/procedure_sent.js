// @ts-check
/** Once a draft was sent or thrown away, no copy of it stays on the phone. */

import { openStore } from '../core/change_store.js';

/** @param {HTMLElement} root */
export async function start(root) {
  const forget = async () => {
    const store = await openStore('procedure-drafts');
    const copies = await store.all();
    const mine = copies.filter((one) => one.key.startsWith(`${root.dataset.draft}/`));
    await Promise.all(mine.map((one) => store.drop(one.key)));
  };
  if (root instanceof HTMLFormElement) root.addEventListener('submit', forget);
  else await forget();
}
