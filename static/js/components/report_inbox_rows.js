// @ts-check
/** The rows of the inbox: filled from JSON into clones of the page's own mould, and walked through by key. */

import { rowWalk } from './row_walk.js';

const TEXTS = ['name', 'number', 'status', 'priority', 'overdue', 'again', 'unread', 'hidden', 'text', 'place', 'age',
  'owner', 'due', 'size', 'twins', 'photo'];
const ALWAYS = ['name', 'number', 'text'];

/**
 * @param {HTMLElement} list
 * @param {HTMLTemplateElement} mould
 * @param {DOMStringMap} words
 */
export function inboxRows(list, mould, words) {
  /** @param {Element} row @param {string} name */
  const part = (row, name) => /** @type {HTMLElement} */ (row.querySelector(`[data-ref="${name}"]`));
  const rows = () => /** @type {HTMLElement[]} */ (Array.from(list.children));

  /** @param {Record<string, any>} view */
  function made(view) {
    const blank = /** @type {HTMLElement} */ (mould.content.querySelector('li'));
    const item = /** @type {HTMLElement} */ (blank.cloneNode(true));
    item.id = `r-${view.id}`;
    Object.assign(item.dataset, { id: view.id, mark: view.mark, lat: view.lat, lon: view.lon });
    TEXTS.forEach((name) => {
      const place = part(item, name);
      place.textContent = String(view[name]);
      place.hidden = !view[name] && !ALWAYS.includes(name);
    });
    part(item, 'age').title = String(view.moment);
    /** @type {HTMLAnchorElement} */ (part(item, 'open')).href = String(view.href);
    const pick = /** @type {HTMLInputElement} */ (part(item, 'pick'));
    pick.value = String(view.pick);
    pick.setAttribute('aria-label', `${view.name} ${view.number} ${words.msgPick}`);
    part(item, 'show').setAttribute('aria-label', `${view.name} ${view.number} ${words.msgShow}`);
    part(item, 'show').hidden = false;
    return item;
  }

  /** @param {Record<string, any>[]} views */
  function put(views) {
    // What was picked and is still there stays picked, at the version that is now shown.
    const picked = new Set(rows().filter((row) => /** @type {HTMLInputElement} */ (part(row, 'pick')).checked)
      .map((row) => row.dataset.id));
    const fresh = views.map(made);
    fresh.forEach((row) => {
      /** @type {HTMLInputElement} */ (part(row, 'pick')).checked = picked.has(row.dataset.id);
    });
    list.replaceChildren(...fresh);
  }

  rows().forEach((row) => {
    part(row, 'show').hidden = false;
  });
  return { put, ...rowWalk(list) };
}
