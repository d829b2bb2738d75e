// @ts-check
/** The map of a list before it is published: what comes, what changes, what goes, and what lies far from its town. */

import { getNewer } from '../core/http.js';
import { loadLeaflet } from '../core/leaflet.js';

/** @typedef {{name: string, lat: number, lon: number, state: string, astray: boolean}} Point */

const TILE_FAILURES = 3;
const WHOLE = 15; // a town of one place would otherwise be shown from a metre above

/** The element; the template vouches for its kind. @param {ParentNode} root @param {string} name @returns {any} */
const ref = (root, name) => root.querySelector(`[data-ref="${name}"]`);

/** @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Each state has a form of its own beside its colour. @param {Point} point */
function look(point) {
  if (point.astray) {
    return { radius: 11, color: colour('--c-alert'), weight: 4, fillColor: colour('--c-drill'), fillOpacity: 1 };
  }
  /** @type {Record<string, object>} */
  const looks = {
    added: { radius: 8, color: colour('--c-map-edge'), weight: 2, fillColor: colour('--c-map-place'), fillOpacity: 1 },
    changed: { radius: 8, color: colour('--c-map-me'), weight: 4, fillColor: colour('--c-map-edge'), fillOpacity: 1 },
    removed: { radius: 8, color: colour('--c-alert'), weight: 3, dashArray: '4 4', fillOpacity: 0 },
    same: { radius: 5, color: colour('--c-map-edge'), weight: 1, fillColor: colour('--c-map-later'), fillOpacity: 1 },
  };
  return looks[point.state] || looks.same;
}

/** Nodes, never strings: Leaflet would read a string as HTML. @param {Point} point @param {DOMStringMap} words */
function popup(point, words) {
  const box = document.createElement('div');
  const name = document.createElement('strong');
  name.textContent = point.name;
  const state = document.createElement('div');
  state.textContent = [words[point.state], point.astray ? words.astray : ''].filter(Boolean).join('・');
  box.append(name, state);
  return box;
}

/** @param {HTMLElement} root @param {Point[]} points */
async function draw(root, points) {
  const words = root.dataset;
  const L = await loadLeaflet(String(words.leafletJs), [String(words.leafletCss), String(words.mapCss)]);
  ref(root, 'figure').hidden = false; // Leaflet measures the box
  const map = L.map(ref(root, 'map'), { attributionControl: false, preferCanvas: true, zoomControl: false });
  let failures = 0;
  L.tileLayer(words.tiles, { minZoom: 5, maxZoom: 18 }).on('tileerror', () => {
    failures += 1;
    if (failures === TILE_FAILURES) ref(root, 'background').textContent = String(words.tilesFailed);
  }).addTo(map);
  L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  map.fitBounds(L.latLngBounds(points.map((one) => [one.lat, one.lon])).pad(0.1), { maxZoom: WHOLE });
  points.forEach((one) => {
    L.circleMarker([one.lat, one.lon], look(one)).bindPopup(() => popup(one, words)).addTo(map);
  });
}

/** @param {HTMLElement} root */
export function start(root) {
  const button = ref(root, 'open');
  const note = ref(root, 'note');
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-busy') === 'true' || button.getAttribute('aria-expanded') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    try {
      const answer = await getNewer(String(root.dataset.points), '');
      const points = /** @type {Point[]} */ (answer ? answer.body : []);
      if (points.length) await draw(root, points);
      note.textContent = String(root.dataset.drawn).replace('{n}', String(points.length));
      button.setAttribute('aria-expanded', 'true');
    } catch (error) {
      ref(root, 'figure').hidden = true;
      note.textContent = String(root.dataset.failed);
      throw error; // told to the person; the console is for whoever repairs it
    } finally {
      button.removeAttribute('aria-busy');
    }
  });
}
