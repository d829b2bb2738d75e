// @ts-check
/** A person points on a map to where a place is; the degrees go into the form, which is sent as it would be by hand. */

import { pickPlace } from './shelter_map.js';

const DIGITS = 6; // decimals of a degree: 0.1 m

/** The element; the template vouches for its kind. @param {ParentNode} root @param {string} name @returns {any} */
const ref = (root, name) => root.querySelector(`[data-ref="${name}"]`);

/** @param {HTMLElement} root */
export function start(root) {
  const words = root.dataset;
  const button = ref(root, 'open');
  const note = ref(root, 'note');
  /** @type {(() => {lat: number, lon: number}) | undefined} */
  let chosen;
  button.addEventListener('click', async () => {
    if (chosen || button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    ref(root, 'figure').hidden = false;
    const source = {
      script: String(words.leafletJs),
      styles: [String(words.leafletCss), String(words.mapCss)],
      tiles: String(words.tiles),
      zoomIn: String(words.zoomIn),
      zoomOut: String(words.zoomOut),
      tilesFailed: () => { note.textContent = String(words.tilesFailed); },
    };
    try {
      chosen = await pickPlace(ref(root, 'map'), source, JSON.parse(String(words.around)));
      button.setAttribute('aria-expanded', 'true');
    } catch (error) {
      ref(root, 'figure').hidden = true;
      note.textContent = String(words.failed);
      throw error; // told to the person; the console is for whoever repairs it
    } finally {
      button.removeAttribute('aria-busy');
    }
  });
  ref(root, 'take').addEventListener('click', () => {
    if (!chosen) return;
    const { lat, lon } = chosen();
    ref(root, 'lat').value = lat.toFixed(DIGITS);
    ref(root, 'lon').value = lon.toFixed(DIGITS);
    note.textContent = String(words.taken);
  });
}
