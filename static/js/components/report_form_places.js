// @ts-check
/** Towns by their name and things by their number: typed, searched, chosen from a list that reads well aloud. */

import { getNewer } from '../core/http.js';
import { busy, filled, finder, say } from './report_form_fields.js';

/**
 * @typedef {object} Found
 * @property {string} label
 * @property {string} note
 * @property {import('../lib/report_draft.js').Place} place
 */

/**
 * @param {HTMLElement} root
 * @param {{take: (place: any) => Promise<void>, words: DOMStringMap, category: () => string}} world
 */
export function startSearches(root, { take, words, category }) {
  const ref = finder(root);

  /** @param {HTMLElement} box @param {Found[]} found @param {string} none */
  function list(box, found, none) {
    const line = document.createElement('p');
    line.textContent = found.length ? String(words.pick) : none;
    const buttons = found.map(({ label, note, place }) => {
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'button' });
      button.dataset.kind = 'secondary';
      button.dataset.wide = '';
      button.append(Object.assign(document.createElement('span'), { textContent: note ? `${label}（${note}）` : label }));
      button.addEventListener('click', async () => {
        box.replaceChildren();
        await take(place);
      });
      return button;
    });
    box.replaceChildren(line, ...buttons);
  }

  /** @param {string} typed @returns {Promise<Found[]>} */
  async function towns(typed) {
    const answer = await getNewer(`${root.dataset.towns}?q=${encodeURIComponent(typed)}`, '');
    return ((answer && answer.body.towns) || []).map((/** @type {any} */ one) => ({
      label: one.name,
      note: one.kana,
      place: { way: 'town', lat: one.lat, lon: one.lon, accuracy: null, name: one.name },
    }));
  }

  /** @param {string} typed @returns {Promise<Found[]>} */
  async function assets(typed) {
    const kind = category() ? `&category=${encodeURIComponent(category())}` : '';
    const answer = await getNewer(`/api/v1/reports/assets?number=${encodeURIComponent(typed)}${kind}`, '');
    return ((answer && answer.body.assets) || []).map((/** @type {any} */ one) => {
      const label = filled(String(words.number), { name: one.number });
      return { label, note: one.note, place: { way: 'asset', lat: one.lat, lon: one.lon, accuracy: null, name: label } };
    });
  }

  /**
   * @param {string} field @param {string} button @param {string} box
   * @param {(typed: string) => Promise<Found[]>} search @param {string} none
   */
  function wire(field, button, box, search, none) {
    const input = /** @type {HTMLInputElement} */ (ref(field));
    const go = () => busy(ref(button), async () => {
      const typed = input.value.trim();
      if (!typed) {
        input.focus();
        return;
      }
      say(ref(box), String(words.searching));
      try {
        list(ref(box), await search(typed), none);
      } catch {
        say(ref(box), String(words.noNet));
      }
    });
    ref(button).addEventListener('click', go);
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault(); // the form is not sent by looking for a town
      go();
    });
  }

  wire('town', 'town-find', 'towns', towns, String(words.none));
  wire('asset', 'asset-find', 'assets', assets, String(words.numberNone));
}
