// @ts-check
// The rich menu: its picture, its areas as buttons, and the bar below.
import { el, ref } from './dom.js';
import { perform, wordsOf } from './actions.js';

let shownId = '';
/** @type {any} */
let current = null;
let unfolded = false;
let typing = false;

const percent = (/** @type {number} */ part, /** @type {number} */ whole) => `${(part / whole) * 100}%`;

function area(/** @type {any} */ one, /** @type {{width: number, height: number}} */ size) {
  const button = el('button', { type: 'button', class: 'menu-area', 'aria-label': wordsOf(one.action), onclick: () => perform(one.action) });
  button.style.left = percent(one.bounds.x, size.width);
  button.style.top = percent(one.bounds.y, size.height);
  button.style.width = percent(one.bounds.width, size.width);
  button.style.height = percent(one.bounds.height, size.height);
  return button;
}

function arrange() {
  const has = current !== null;
  ref('menu').hidden = !has || !unfolded;
  ref('menu-toggle').hidden = !has || typing;
  ref('swap').hidden = !has;
  ref('say').hidden = has && !typing;
  ref('menu-toggle').setAttribute('aria-expanded', String(unfolded));
  ref('menu-toggle').textContent = has ? `${current.chatBarText} ${unfolded ? '▾' : '▴'}` : '';
  ref('swap').textContent = typing ? '≡' : '⌨';
  ref('swap').setAttribute('aria-label', typing ? 'メニューを出す' : 'キーボードを出す');
}

/**
 * Shows this menu, or none.
 * @param {any} menu
 */
export function showMenu(menu) {
  const id = menu ? menu.richMenuId : '';
  if (id === shownId) return;
  const wasShown = shownId !== '';
  shownId = id;
  current = menu;
  if (menu) {
    // Changing tabs keeps the menu open; a menu met for the first time decides for itself.
    unfolded = wasShown ? unfolded : menu.selected;
    typing = wasShown && typing;
    const image = el('img', { src: `/phone/menu-image/${menu.richMenuId}`, alt: '', width: menu.size.width, height: menu.size.height });
    ref('menu').replaceChildren(image, ...menu.areas.map((/** @type {any} */ one) => area(one, menu.size)));
  } else ref('menu').replaceChildren();
  arrange();
}

/** Forgets the menu, for the next holder. */
export function forgetMenu() {
  shownId = '';
  current = null;
  typing = false;
  unfolded = false;
  arrange();
}

/** Wires the bar. */
export function startMenu() {
  ref('menu-toggle').addEventListener('click', () => { unfolded = !unfolded; arrange(); });
  ref('swap').addEventListener('click', () => {
    typing = !typing;
    unfolded = !typing;
    arrange();
    if (typing) ref('say').elements.text.focus();
  });
  arrange();
}
