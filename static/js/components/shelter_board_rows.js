// @ts-check
/** Fills the rows of the board. The markup is templates/shelters/console/_board_row.html, cloned from a blank row. */

import { inOrder, insertions } from '../lib/board_rows.js';
import { ageText, fill } from '../lib/place_words.js';

const MARKED_MS = 4000;

/** @typedef {Record<string, any>} View a row as board.json gives it, by field */

/**
 * @param {ParentNode} row
 * @param {string} name
 */
const ref = (row, name) => /** @type {HTMLElement | null} */ (row.querySelector(`[data-ref="${name}"]`));

/**
 * Written only on change: neither a reader in the middle of a row nor a selection is disturbed.
 * @param {HTMLElement} row
 * @param {string} name
 * @param {string} text
 * @returns {boolean} whether it was another
 */
function put(row, name, text) {
  const piece = ref(row, name);
  if (!piece || piece.textContent === text) return false;
  piece.textContent = text;
  return true;
}

/** @param {HTMLElement} row @param {string} name @param {string} code @param {string} text */
function putTag(row, name, code, text) {
  const piece = /** @type {HTMLElement} */ (ref(row, name));
  piece.dataset[name] = code;
  piece.hidden = !text;
  return put(row, name, text);
}

/** @param {HTMLElement} row @param {number | null} percent */
function putBar(row, percent) {
  const bar = /** @type {HTMLElement} */ (ref(row, 'bar'));
  bar.toggleAttribute('hidden', percent === null);
  /** @type {Element} */ (bar.firstElementChild).setAttribute('width', String(percent || 0));
}

/**
 * @param {HTMLElement} body
 * @param {HTMLTemplateElement} blank
 * @param {DOMStringMap} words
 */
export function boardRows(body, blank, words) {
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();
  Array.from(body.children).forEach((one) => {
    const row = /** @type {HTMLElement} */ (one);
    rows.set(String(row.dataset.id), row);
  });
  const shown = () => Array.from(body.children).map((row) => String(/** @type {HTMLElement} */ (row).dataset.id));

  /** @param {HTMLElement} row @param {View} view @param {boolean} mine */
  function name(row, view, mine) {
    Object.assign(row, { id: `s-${view.id}` }).dataset.id = view.id;
    const address = `/console/shelters/${view.id}`;
    /** @type {HTMLElement} */ (ref(row, 'name')).setAttribute('href', address);
    const pick = /** @type {HTMLInputElement | null} */ (ref(row, 'pick'));
    const change = ref(row, 'change');
    if (pick) {
      pick.value = view.id;
      pick.setAttribute('aria-label', fill(words.msgPick, { name: view.name }));
      if (!mine) /** @type {HTMLElement} */ (pick.parentElement).remove();
    }
    if (change) {
      change.setAttribute('href', `${address}#change`);
      change.setAttribute('aria-label', fill(words.msgChange, { name: view.name }));
      if (!mine) change.remove();
    }
  }

  /** @param {HTMLElement} row @param {View} view */
  function write(row, view) {
    row.dataset.mark = view.mark;
    putBar(row, view.bar);
    const written = ['name', 'kind', 'hidden', 'people', 'difference', 'by', 'needs', 'note'].map((one) => put(row, one, view[one]));
    written.push(putTag(row, 'opening', view.opening, view.opening_label));
    written.push(putTag(row, 'level', view.level, view.level_label));
    written.push(putTag(row, 'warning', '', view.warning));
    return written.includes(true);
  }

  /** @param {HTMLElement} row */
  function mark(row) {
    row.dataset.changed = '';
    setTimeout(() => row.removeAttribute('data-changed'), MARKED_MS);
  }

  /** New rows come to their place; the page scrolls along, so that what was looked at stays. */
  function insert(/** @type {View[]} */ views, /** @type {string[] | null} */ mine) {
    const wanted = new Map(views.map((view) => [String(view.id), view]));
    const missing = insertions(shown(), views.map((view) => String(view.id)));
    if (missing.length === 0) return;
    const looked = Array.from(rows.values()).find((row) => row.getBoundingClientRect().top > 0);
    const top = looked ? looked.getBoundingClientRect().top : 0;
    missing.forEach(({ id, before }) => {
      const view = /** @type {View} */ (wanted.get(id));
      const known = rows.get(id);
      const made = /** @type {Element} */ (blank.content.firstElementChild).cloneNode(true);
      const row = known || /** @type {HTMLElement} */ (made);
      if (!known) name(row, view, mine === null || mine.includes(id));
      rows.set(id, row);
      body.insertBefore(row, before === null ? null : rows.get(before) || null);
    });
    const above = looked && top < window.innerHeight;
    if (above && window.scrollY > 0) window.scrollBy(0, looked.getBoundingClientRect().top - top);
  }

  /**
   * The rows say what the views say. Gives how many did not before; they are marked for a moment.
   * @param {View[]} views in the order of the answer
   * @param {string[] | null} mine ids the reader may change, null for all
   */
  function update(views, mine) {
    const wanted = new Set(views.map((view) => String(view.id)));
    const before = new Set(shown());
    insert(views, mine);
    rows.forEach((row, id) => row.toggleAttribute('data-gone', !wanted.has(id)));
    let changed = 0;
    views.forEach((view) => {
      const row = /** @type {HTMLElement} */ (rows.get(String(view.id)));
      const other = write(row, view);
      if (other || !before.has(String(view.id))) {
        changed += 1;
        mark(row);
      }
    });
    return changed;
  }

  /** The rows stand as in the answer; those it has no longer are put away. @param {View[]} views */
  function reorder(views) {
    body.replaceChildren(...views.map((view) => /** @type {HTMLElement} */ (rows.get(String(view.id)))));
  }

  /** @param {Map<string, View>} views @param {number} now */
  function grow(views, now) {
    views.forEach((view, id) => {
      const row = rows.get(id);
      if (row) put(row, 'age', view.updated_at ? ageText(words, view.updated_at, now) : '');
    });
  }

  return { update, reorder, grow, isInOrder: (/** @type {View[]} */ views) => inOrder(shown(), views.map((v) => String(v.id))) };
}
