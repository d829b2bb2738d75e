// @ts-check
/** The two maps of the finder: one repeats the list, one asks where the person is. */

import { load } from '../core/shelter_feed.js';
import { drawPlaces, hasOverlay, pickPlace } from './shelter_map.js';

/** @typedef {import('./finder.js').Origin} Origin */

/** @param {ParentNode} root @param {string} name */
const ref = (root, name) => /** @type {HTMLElement} */ (root.querySelector(`[data-ref="${name}"]`));

/** @param {HTMLElement} root @param {string} note */
function source(root, note) {
  const words = ref(root, 'words').dataset;
  return {
    script: String(root.dataset.leafletJs),
    styles: [String(root.dataset.leafletCss), String(root.dataset.mapCss)],
    tiles: String(root.dataset.tiles),
    zoomIn: String(words.zoomIn),
    zoomOut: String(words.zoomOut),
    tilesFailed: () => {
      ref(root, note).textContent = String(words.tilesFailed);
    },
  };
}

/** @param {HTMLElement} root */
function hazardOf(root) {
  const input = /** @type {HTMLInputElement | null} */ (root.querySelector('[name="hazard"]:checked'));
  return input ? input.value : '';
}

/**
 * Show the list as a map; a second call only brings it back into view.
 * @param {HTMLElement} root
 * @param {() => Origin | null} origin
 */
export async function showPlaces(root, origin) {
  const figure = ref(root, 'map-figure');
  figure.hidden = false;
  if (figure.dataset.drawn) return;
  const box = /** @type {HTMLInputElement} */ (ref(root, 'overlay'));
  let map;
  try {
    map = await drawPlaces(ref(root, 'map'), ref(root, 'list'), source(root, 'map-note'), {
      origin: () => {
        const at = origin();
        return at ? [at.lat, at.lon] : null;
      },
      openCard: String(ref(root, 'words').dataset.openCard),
    });
  } catch (error) {
    figure.hidden = true;
    throw error;
  }
  figure.dataset.drawn = 'yes';
  const lay = () => {
    const hazard = hazardOf(root);
    ref(root, 'overlay-label').hidden = !hasOverlay(hazard);
    ref(root, 'overlay-source').hidden = !hasOverlay(hazard) || !box.checked;
    map.overlay(hazard, box.checked);
  };
  box.addEventListener('change', lay);
  root.addEventListener('finder:list', () => {
    map.update();
    lay();
  });
  lay();
}

/** Opposite corners of all places of the town. @param {any} snapshot */
function corners(snapshot) {
  const lat = snapshot.fields.indexOf('lat');
  const lon = snapshot.fields.indexOf('lon');
  const lats = snapshot.rows.map((/** @type {any[]} */ row) => row[lat]);
  const lons = snapshot.rows.map((/** @type {any[]} */ row) => row[lon]);
  return [[Math.min(...lats), Math.min(...lons)], [Math.max(...lats), Math.max(...lons)]];
}

/**
 * Open the map for choosing a place. Resolves with a function that tells the place under the cross.
 * @param {HTMLElement} root
 * @param {Origin | null} origin
 */
export async function startPicking(root, origin) {
  const picker = ref(root, 'picker');
  picker.hidden = false;
  try {
    const around = origin
      ? [[origin.lat, origin.lon]]
      : corners((await load(String(root.dataset.snapshot), String(root.dataset.status))).snapshot);
    return await pickPlace(ref(root, 'pick-map'), source(root, 'pick-note'), around);
  } catch (error) {
    picker.hidden = true;
    throw error;
  }
}
