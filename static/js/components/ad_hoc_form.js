// @ts-check
/** The form for a place in the field: its spot by the phone's position or by a map under a fixed cross. */

import { getPublic } from '../core/http.js';
import { fill } from '../lib/place_words.js';
import { pickPlace } from './shelter_map.js';

const DEADLINE_MS = 10000;
const ROUGH_M = 100;
const TOKYO = [[35.5, 139.5], [35.8, 139.9]];

/** Opposite corners of all places of the town. @param {any} snapshot */
function corners(snapshot) {
  const at = (/** @type {string} */ name) => snapshot.fields.indexOf(name);
  const column = (/** @type {number} */ n) => snapshot.rows.map((/** @type {any[]} */ row) => row[n]);
  const [lats, lons] = [column(at('lat')), column(at('lon'))];
  if (lats.length === 0) return TOKYO;
  return [[Math.min(...lats), Math.min(...lons)], [Math.max(...lats), Math.max(...lons)]];
}

/** @param {HTMLElement} root */
export function start(root) {
  const form = /** @type {HTMLFormElement} */ (root);
  const words = form.dataset;
  /** @param {string} name */
  const ref = (name) => /** @type {HTMLElement} */ (form.querySelector(`[data-ref="${name}"]`));
  /** @param {string} name */
  const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const say = (/** @type {string | undefined} */ text) => { ref('said').textContent = text || ''; };
  /** @type {(() => {lat: number, lon: number}) | undefined} */
  let pick;

  /** @param {number} lat @param {number} lon */
  function place(lat, lon) {
    field('lat').value = lat.toFixed(6);
    field('lon').value = lon.toFixed(6);
    // The spot is exact now; a town chosen before would contradict it.
    field('town').value = '';
    say(fill(words.msgPlaced, { lat: lat.toFixed(5), lon: lon.toFixed(5) }));
  }

  async function around() {
    const [lat, lon] = [Number(field('lat').value), Number(field('lon').value)];
    return lat && lon ? [[lat, lon]] : corners(await getPublic(String(words.snapshot)));
  }

  async function openMap() {
    const part = ref('map-part');
    part.hidden = false;
    if (pick) return;
    const source = {
      script: String(words.leafletJs),
      styles: [String(words.leafletCss), String(words.mapCss)],
      tiles: String(words.tiles),
      zoomIn: String(words.zoomIn),
      zoomOut: String(words.zoomOut),
      tilesFailed: () => { ref('map-note').textContent = String(words.msgTiles); },
    };
    try {
      pick = await pickPlace(ref('map'), source, await around());
    } catch {
      part.hidden = true;
      say(words.msgMap);
    }
  }

  ref('open-map').addEventListener('click', openMap);
  ref('take').addEventListener('click', () => {
    if (!pick) return;
    const { lat, lon } = pick();
    place(lat, lon);
    ref('map-part').hidden = true;
    ref('open-map').focus();
  });
  ref('here').addEventListener('click', () => {
    say(words.msgWaiting);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        place(coords.latitude, coords.longitude);
        if (coords.accuracy > ROUGH_M) say(fill(words.msgRough, { n: Math.round(coords.accuracy) }));
      },
      () => say(words.msgNowhere),
      { enableHighAccuracy: true, timeout: DEADLINE_MS },
    );
  });
}
