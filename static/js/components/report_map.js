// @ts-check
/** A map under a fixed cross, on which a person points to a place: by thumb, by mouse, by arrow keys. */

import { loadLeaflet } from '../core/leaflet.js';

const TILE_FAILURES = 3;
const NEAR_ZOOM = 17;

/** @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * @param {HTMLElement} box
 * @param {{script: string, styles: string[], tiles: string, zoomIn: string, zoomOut: string}} source
 * @param {{moved: (lat: number, lon: number) => void, tilesFailed: () => void}} told
 */
export async function openMap(box, source, told) {
  const L = await loadLeaflet(source.script, source.styles);
  const map = L.map(box, { attributionControl: false, zoomControl: false });
  box.dataset.cross = '';
  const tiles = L.tileLayer(source.tiles, { minZoom: 5, maxZoom: 18 });
  let failures = 0;
  tiles.on('tileerror', () => {
    failures += 1;
    if (failures === TILE_FAILURES) told.tilesFailed();
  });
  tiles.addTo(map);
  L.control.zoom({ zoomInTitle: source.zoomIn, zoomOutTitle: source.zoomOut }).addTo(map);
  const circle = L.layerGroup().addTo(map);
  map.on('click', (/** @type {any} */ event) => map.panTo(event.latlng));
  map.on('moveend', () => told.moved(map.getCenter().lat, map.getCenter().lng));
  return {
    /** What must be in view at first. @param {number[][]} corners */
    around: (corners) => { map.fitBounds(L.latLngBounds(corners), { maxZoom: 15 }); },
    /** @param {{lat: number, lon: number, accuracy: number | null}} place */
    look(place) {
      circle.clearLayers();
      if (place.accuracy) {
        const rim = { radius: place.accuracy, color: colour('--c-map-me'), weight: 2, fillOpacity: 0.15, interactive: false };
        circle.addLayer(L.circle([place.lat, place.lon], rim));
      }
      map.setView([place.lat, place.lon], NEAR_ZOOM, { animate: false });
    },
    centre() {
      const { lat, lng } = map.getCenter();
      return { lat, lon: lng };
    },
  };
}
