// @ts-check
/** Open reports of the same kind near the place: shown before anything is sent, to be joined or passed by. */

import { getNewer, send } from '../core/http.js';
import { busy, filled, finder, lead } from './report_form_fields.js';

/** @typedef {import('../lib/report_draft.js').Draft} Draft */

/**
 * @param {HTMLElement} root
 * @param {{draft: () => Draft, words: DOMStringMap, joined: (receipt: any) => void, failed: (error: any) => void,
 *   file: () => Promise<void>}} world
 */
export function startNear(root, { draft, words, joined, failed, file }) {
  const ref = finder(root);
  const ask = /** @type {HTMLElement} */ (ref('near-ask')); // moved to the report it is about, and so found but once
  let asked = ''; // the report it is about
  let shownFor = '';
  let passed = ''; // for what the person said that theirs is another one

  const key = () => {
    const { category, place } = draft();
    return category && place ? `${category} ${place.lat} ${place.lon}` : '';
  };

  /** @param {string} state */
  const stateOf = (state) => words[`state${state.replace(/(^|_)(\w)/g, (_all, _line, letter) => letter.toUpperCase())}`] || '';

  /** @param {string} at */
  function day(at) {
    const parts = new Intl.DateTimeFormat('ja-JP', { month: 'numeric', day: 'numeric', timeZone: 'Asia/Tokyo' });
    return parts.format(new Date(at)).replace('/', '月').concat('日').replace('日日', '日');
  }

  /** Whether more was said than joining sends on: words of one's own, or photos. */
  function wouldLose() {
    const answers = /** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll('.report-question input:enabled:not([type="radio"])'));
    const { description, placeText, photos } = draft();
    return photos.length > 0 || [description, placeText, ...Array.from(answers, (one) => one.value)].some((text) => text.trim());
  }

  /** @param {string} id */
  async function join(id) {
    try {
      joined(await send('POST', `/api/v1/reports/${encodeURIComponent(id)}/join`, {}));
    } catch (error) {
      failed(error);
    }
  }

  /** The question stands where it was tapped, in place of the button. @param {string} id @param {HTMLElement} button */
  function askFirst(id, button) {
    asked = id;
    ref('near-list').querySelectorAll('button[hidden]').forEach((/** @type {HTMLElement} */ one) => { one.hidden = false; });
    button.hidden = true;
    button.after(ask);
    ask.hidden = false;
    lead(ask);
  }

  /** Theirs is another one. */
  function pass() {
    passed = key();
    ref('near').hidden = true;
  }

  /** @param {any} one */
  function item(one) {
    const box = document.createElement('li');
    if (one.photo_url) {
      box.append(Object.assign(new Image(), { src: one.photo_url, alt: '', loading: 'lazy' }));
    }
    const line = document.createElement('p');
    line.textContent = filled(String(words.nearItem), { n: one.distance_m, state: stateOf(one.status), day: day(one.created_at) });
    box.append(line);
    if (one.town) box.append(Object.assign(document.createElement('p'), { textContent: filled(String(words.aroundTown), { name: one.town }) }));
    if (one.text) box.append(Object.assign(document.createElement('p'), { textContent: one.text }));
    if (one.joined) box.append(Object.assign(document.createElement('p'), { textContent: filled(String(words.joined), { n: one.joined }) }));
    if (one.mine) {
      box.append(Object.assign(document.createElement('p'), { textContent: String(words.sameMine) }));
      return box;
    }
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'button', textContent: String(words.same) });
    button.dataset.wide = '';
    button.addEventListener('click', () => {
      if (wouldLose()) askFirst(one.id, button);
      else busy(button, () => join(one.id));
    });
    box.append(button);
    return box;
  }

  /** Looks once for each place and kind; without network nothing is held up. */
  async function look() {
    const wanted = key();
    if (wanted === shownFor) return;
    shownFor = wanted;
    ref('near').hidden = true;
    const { category, place } = draft();
    if (!wanted || !place) return;
    try {
      const found = await getNewer(`/api/v1/reports/nearby?lat=${place.lat}&lon=${place.lon}&category=${encodeURIComponent(category)}`, '');
      if (shownFor !== wanted || !found || !found.body.reports.length) return;
      ask.hidden = true;
      ref('near-list').replaceChildren(...found.body.reports.map(item));
      ref('near').hidden = false;
    } catch {
      shownFor = ''; // asked again with the next change
    }
  }

  const same = ref('near-same');
  same.addEventListener('click', () => busy(same, () => join(asked)));
  ref('near-other').addEventListener('click', () => busy(same, async () => { // one of the two, never both
    pass();
    await file();
  }));
  ref('near-go').addEventListener('click', () => {
    pass();
    lead(/** @type {HTMLElement} */ (root.querySelector('#l-words')));
  });

  return {
    look,
    /** Whether somebody should decide first; leads there. */
    asks() {
      if (ref('near').hidden || passed === key()) return false;
      lead(ref('near-title'));
      return true;
    },
  };
}
