// @ts-check
/**
 * A page of a form. What is typed goes to the server, which says what is shown by it; nothing is decided here. Until the
 * server has it, a copy lies on the phone, so that a page that is killed loses nothing.
 */

import { openStore } from '../core/change_store.js';
import { send } from '../core/http.js';
import { build } from '../core/start.js';

/** @typedef {{key: string, fields: [string, string][], base: number, at: number}} Copy */
/**
 * @typedef {object} Told what the server answers
 * @property {string[]} shown paths that are shown now
 * @property {Record<string, number>} counts instances of each repeat
 * @property {Record<string, string[]>} choices what may be chosen, where it depends on other answers
 * @property {Record<string, string>} results what came out of calculations
 * @property {number} at when the server kept it
 */

const PAUSE_MS = 800; // after the last letter
const LIFE_MS = 72 * 3600 * 1000; // so long a copy waits on the phone
const SCOPE = 'procedure-drafts';

/** @param {HTMLElement} root */
export function start(root) {
  const form = /** @type {HTMLFormElement} */ (root);
  const items = /** @type {HTMLElement} */ (root.querySelector('[data-ref="items"]'));
  const line = /** @type {HTMLElement} */ (root.querySelector('[data-ref="kept"]'));
  const words = /** @type {Record<string, string>} */ (root.dataset);
  const key = `${words.draft}/${words.page}`;
  const stored = openStore(SCOPE);
  let known = Number(words.at);
  let timer = 0;
  let asking = false;
  let again = false;
  let leaving = false;

  /** @returns {HTMLElement[]} */
  const parts = () => Array.from(items.querySelectorAll('[data-path]'));

  /** @param {string} path */
  const part = (path) => parts().find((one) => one.dataset.path === path);

  const asked = () => /** @type {HTMLInputElement} */ (items.querySelector('[name="asked"]'));

  /** Everything typed on the page, files apart. @returns {[string, string][]} */
  function fields() {
    /** @type {[string, string][]} */
    const found = [];
    new FormData(form).forEach((value, name) => {
      if (typeof value === 'string' && name !== 'csrf_token') found.push([name, value]);
    });
    return found;
  }

  /** What may appear stands on the page, hidden; what was there stays the same element. */
  function lay() {
    const whole = /** @type {HTMLTemplateElement | null} */ (root.querySelector('[data-ref="whole"]'));
    if (!whole) return;
    const focus = /** @type {HTMLElement | null} */ (document.activeElement);
    const fresh = /** @type {DocumentFragment} */ (whole.content.cloneNode(true));
    const live = new Map(parts().filter((one) => one.matches('.form-one')).map((one) => [one.dataset.path, one]));
    /** @type {HTMLElement[]} */ (Array.from(fresh.querySelectorAll('.form-one'))).forEach((one) => {
      const old = live.get(one.dataset.path);
      if (!old) one.hidden = true;
      else if (offered(old).length >= offered(one).length) one.replaceWith(old);
      else copy(old, one);
    });
    const first = Array.from(items.children).filter((one) => one.matches('.form-enter, [name="asked"]'));
    items.replaceChildren(...first, fresh);
    whole.remove();
    groups();
    if (focus && items.contains(focus)) focus.focus();
    modules();
  }

  /** Choices of a question. @param {HTMLElement} one @returns {(HTMLInputElement | HTMLOptionElement)[]} */
  const offered = (one) => Array.from(one.querySelectorAll('input[type="radio"], input[type="checkbox"], option'));

  /** The whole list of choices in place of the shorter one. @param {HTMLElement} old @param {HTMLElement} fresh */
  function copy(old, fresh) {
    const left = new Set(offered(old).map((one) => one.value));
    const chosen = new Set(offered(old).filter((one) => ('checked' in one ? one.checked : one.selected)).map((one) => one.value));
    offered(fresh).forEach((one) => {
      if ('checked' in one) one.checked = chosen.has(one.value);
      else one.selected = chosen.has(one.value);
      allow(one, left.has(one.value));
    });
  }

  /** @param {HTMLInputElement | HTMLOptionElement} one @param {boolean} may */
  function allow(one, may) {
    const box = one instanceof HTMLOptionElement ? one : one.closest('label');
    if (box instanceof HTMLElement) box.hidden = !may;
    one.disabled = !may;
  }

  /** A group is shown while anything in it is. */
  function groups() {
    parts().filter((one) => !one.matches('.form-one')).forEach((one) => {
      const inner = Array.from(one.querySelectorAll('.form-one'));
      one.hidden = inner.length > 0 && inner.every((each) => /** @type {HTMLElement} */ (each).hidden);
    });
  }

  /** Scripts of questions that have appeared. */
  function modules() {
    Array.from(items.querySelectorAll('.form-one:not([hidden]) [data-module]')).forEach((one) => {
      build(/** @type {HTMLElement} */ (one));
    });
  }

  /** @param {Told} told */
  function show(told) {
    const shown = new Set(told.shown);
    const counted = parts().filter((one) => one.matches('fieldset') && /\/\d+$/.test(String(one.dataset.path)));
    const isOther = Object.entries(told.counts).some(([name, count]) => (
      shown.has(name) && count !== counted.filter((one) => String(one.dataset.path).startsWith(`${name}/`)).length));
    if (isOther && !leaving) {
      window.location.reload(); // more or fewer of several: the server has what was typed
      return;
    }
    parts().filter((one) => one.matches('.form-one')).forEach((one) => { one.hidden = !shown.has(String(one.dataset.path)); });
    groups();
    Object.entries(told.choices).forEach(([path, values]) => {
      const one = part(path);
      if (one) offered(one).filter((each) => each.value).forEach((each) => allow(each, values.includes(each.value)));
    });
    Object.entries(told.results).forEach(([path, text]) => {
      const place = part(path)?.querySelector('.form-shown dd');
      if (place && text) place.textContent = text;
    });
    const first = asked().value.split(' ').filter(Boolean);
    const fit = parts().filter((one) => one.matches('.form-one') && !one.hidden && one.querySelector('[name]'));
    asked().value = fit.map((one) => String(one.dataset.path)).join(' ') || first.join(' ');
    modules();
  }

  /** @param {string} text */
  const say = (text) => { line.textContent = text; };

  async function keep() {
    const store = await stored;
    await store.put(/** @type {any} */ ({ key, fields: fields(), base: known, at: Date.now() }));
  }

  async function ask() {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    const sent = fields();
    try {
      const told = /** @type {Told} */ (await send('POST', String(words.live), { fields: sent }));
      known = told.at;
      if (!leaving) {
        show(told);
        say(words.saved);
      }
      const store = await stored;
      if (again) await keep();
      else await store.drop(key);
    } catch {
      if (!leaving) say(words.failed);
    }
    asking = false;
    if (again && !leaving) {
      again = false;
      ask();
    }
  }

  function changed() {
    keep();
    clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE_MS);
  }

  /** What a killed page had not sent yet. */
  async function restore() {
    const store = await stored;
    const copies = /** @type {Copy[]} */ (/** @type {any} */ (await store.all()));
    const old = copies.filter((one) => Date.now() - one.at >= LIFE_MS || (one.key === key && one.base !== known));
    await Promise.all(old.map((one) => store.drop(one.key)));
    const mine = copies.find((one) => one.key === key && !old.includes(one));
    if (!mine || JSON.stringify(mine.fields) === JSON.stringify(fields())) return;
    put(mine.fields);
    say(words.restored);
    ask();
  }

  /** @param {[string, string][]} said */
  function put(said) {
    const names = new Set((said.find(([name]) => name === 'asked')?.[1] || '').split(' ').filter(Boolean));
    const inputs = /** @type {HTMLInputElement[]} */ (Array.from(items.querySelectorAll('input[name], textarea[name], select[name]')));
    inputs.forEach((one) => {
      const path = one.name.split('.')[0];
      if (one.name === 'asked' || one.type === 'file' || !names.has(path)) return;
      const values = said.filter(([name]) => name === one.name).map(([, value]) => value);
      if (one.type === 'radio' || one.type === 'checkbox') one.checked = values.includes(one.value);
      else one.value = values[0] || '';
    });
  }

  lay();
  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  form.addEventListener('submit', () => {
    leaving = true;
    clearTimeout(timer);
  });
  window.addEventListener('online', () => { if (!leaving) ask(); });
  window.addEventListener('pageshow', (event) => { if (event.persisted) window.location.reload(); });
  const wrong = /** @type {HTMLElement | null} */ (document.querySelector('.notice[role="alert"][tabindex]'));
  if (wrong) wrong.focus();
  restore();
}
