// @ts-check
/** One place changed in a dialog on the board; what fails leaves the typed answers in their fields. */

import { ApiError, send } from '../core/http.js';
import { needsMoved } from '../lib/board_rows.js';
import { fill } from '../lib/place_words.js';

/** @typedef {Record<string, any>} View */

/** A key of 128 bits that makes sending again safe. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {View} view */
const stateOf = (view) => [view.opening_label, view.people, view.level_label, view.by].filter(Boolean).join('・');

/**
 * @param {HTMLElement} root
 * @param {HTMLDialogElement} dialog
 * @param {{viewOf: (id: string) => View | undefined, changed: (text: string) => void}} board
 */
export function changeDialog(root, dialog, board) {
  const words = dialog.dataset;
  /** @param {string} name */
  const ref = (name) => /** @type {HTMLElement} */ (dialog.querySelector(`[data-ref="${name}"]`));
  const form = /** @type {HTMLFormElement} */ (ref('change-form'));
  /** @param {string} name */
  const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const names = ['opening', 'people', 'level', 'note'];
  /** @type {{id: string, name: string, version: number, isKnown: boolean, first: Record<string, string>, needs: string[], key: string, sure: boolean}} */
  let held = { id: '', name: '', version: 0, isKnown: false, first: {}, needs: [], key: '', sure: false };

  /** @param {string} text */
  const say = (text) => { ref('change-said').textContent = text; };
  const boxes = /** @type {HTMLInputElement[]} */ (Array.from(form.querySelectorAll('input[name="needs"]')));
  const ticked = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const typed = () => Object.fromEntries(names.map((name) => [name, field(name).value]));

  const buttons = /** @type {HTMLButtonElement[]} */ (Array.from(form.querySelectorAll('button')));
  const same = /** @type {HTMLButtonElement} */ (ref('change-same'));

  /** 変わりなし says nothing of a place of which nobody has said yet whether it is open. */
  function enable() {
    buttons.forEach((button) => { button.disabled = button === same && !held.isKnown; });
    ref('change-same-hint').hidden = held.isKnown;
  }

  /** @param {View} view */
  function open(view) {
    const settable = Array.from(/** @type {any} */ (field('opening')).options, (/** @type {any} */ one) => one.value);
    field('opening').value = settable.includes(view.opening) ? view.opening : '';
    field('people').value = view.count === null ? '' : String(view.count);
    field('level').value = view.by_hand ? view.level : '';
    field('note').value = view.note;
    boxes.forEach((box) => { box.checked = view.need_codes.includes(box.value); });
    held = {
      id: view.id, name: view.name, version: view.version, isKnown: view.opening !== 'unknown',
      first: typed(), needs: ticked(), key: newKey(), sure: false,
    };
    enable();
    ref('change-name').textContent = view.name;
    ref('change-now').textContent = fill(words.msgNow, { state: stateOf(view) });
    say('');
    dialog.showModal();
    ref('change-name').focus();
  }

  /** Only what was touched is sent: two people who change different things do not disturb each other. */
  function wanted() {
    const now = typed();
    const touched = names.filter((name) => now[name] !== held.first[name]);
    /** @type {Record<string, any>} */
    const body = {};
    if (touched.includes('opening') && now.opening) body.opening = now.opening;
    if (touched.includes('people') && now.people !== '') body.people = Number(now.people);
    if (touched.includes('level')) body.level = now.level || null;
    if (touched.includes('note')) body.note = now.note;
    const needs = needsMoved(held.needs, ticked());
    if (needs) body.needs = needs;
    return body;
  }

  /** @param {ApiError} error */
  function refused(error) {
    const current = /** @type {any} */ (error).problem?.current;
    held.key = newKey(); // another try says something else than the first
    if (error.code === 'version_conflict' && current) {
      held.version = current.version;
      const known = board.viewOf(held.id);
      say(fill(words.msgConflict, { state: [current.people === null ? '' : `${current.people}人`, current.note,
        known ? known.opening_label : ''].filter(Boolean).join('・') }));
    } else if (error.code === 'people_improbable') {
      held.sure = true;
      say(String(words.msgImprobable));
    } else {
      say(error.errors.map((one) => one.message).join(' ') || error.title || String(words.msgFailed));
    }
  }

  /** @param {Record<string, any>} body */
  async function post(body) {
    buttons.forEach((button) => { button.disabled = true; });
    try {
      const whole = { ...body, base_version: held.version, confirmed: held.sure };
      await send('PUT', `/api/v1/shelters/${held.id}/status`, whole, held.key);
      dialog.close();
      board.changed(fill(words.msgDone, { name: held.name }));
    } catch (error) {
      if (error instanceof ApiError) refused(error);
      else say(String(words.msgFailed));
    } finally {
      enable();
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const body = wanted();
    if (Object.keys(body).length === 0) say(String(words.msgNothing));
    else post(body);
  });
  same.addEventListener('click', () => post({ unchanged: true }));
  ref('change-cancel').addEventListener('click', () => dialog.close());
  root.addEventListener('click', (event) => {
    const link = /** @type {Element} */ (event.target).closest('[data-ref="change"]');
    const row = link && /** @type {HTMLElement | null} */ (link.closest('[data-id]'));
    const view = row && board.viewOf(String(row.dataset.id));
    // Without a fresh view, or where a new tab was asked for, the link leads to the place's page.
    if (!view || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(view);
  });
}
