// @ts-check
/** A small map of one report: where it is, and within how many metres that is certain. */

import { loadLeaflet } from '../core/leaflet.js';

const TILE_FAILURES = 3;
const ZOOM = 17;

/** @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** @param {HTMLElement} root */
export async function start(root) {
  const words = root.dataset;
  /** @param {string} name */
  const ref = (name) => /** @type {HTMLElement} */ (root.querySelector(`[data-ref="${name}"]`));
  const at = [Number(words.lat), Number(words.lon)];
  const box = ref('map');
  box.hidden = false;
  box.classList.add('finder-map');
  try {
    const L = await loadLeaflet(String(words.leafletJs), [String(words.leafletCss), String(words.mapCss)]);
    const map = L.map(box, { attributionControl: false, zoomControl: false, scrollWheelZoom: false });
    const tiles = L.tileLayer(String(words.tiles), { minZoom: 5, maxZoom: 18 });
    let failures = 0;
    tiles.on('tileerror', () => {
      failures += 1;
      if (failures === TILE_FAILURES) ref('note').textContent = String(words.msgTiles);
    });
    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    map.setView(at, ZOOM);
    tiles.addTo(map);
    const ink = colour('--c-map-me');
    const radius = Number(words.accuracy);
    if (radius > 0) L.circle(at, { radius, color: ink, weight: 1, fillOpacity: 0.1, interactive: false }).addTo(map);
    const mark = { radius: 10, color: colour('--c-map-edge'), weight: 3, fillColor: ink, fillOpacity: 1, interactive: false };
    L.circleMarker(at, mark).addTo(map);
  } catch (error) {
    box.hidden = true;
    ref('note').textContent = String(words.msgMap);
    throw error; // told to the person; the console is for whoever repairs it
  }
}
