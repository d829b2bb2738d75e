// @ts-check
/** The map that repeats the list, and the map on which a person points to where they are. */

import { loadLeaflet } from '../core/leaflet.js';

/**
 * @typedef {{script: string, styles: string[], tiles: string, zoomIn: string, zoomOut: string,
 *   tilesFailed: () => void}} Source
 */

const HAZARD_TILES = 'https://disaportaldata.gsi.go.jp/raster/';

/** Layers of the national portal per hazard; the other hazards have none. @type {Record<string, string[]>} */
const LAYERS = {
  flood: ['01_flood_l2_shinsuishin_data'],
  inland_flood: ['02_naisui_data'],
  storm_surge: ['03_hightide_l2_shinsuishin_data'],
  tsunami: ['04_tsunami_newlegend_data'],
  landslide: ['05_dosekiryukeikaikuiki', '05_kyukeishakeikaikuiki', '05_jisuberikeikaikuiki'],
};

/** Rings around the person give a scale when the background is missing. */
const RINGS_M = [500, 1000, 2000];
const TILE_FAILURES = 3;
const CANVAS_ABOVE = 50;

/** @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** @param {string} hazard */
export const hasOverlay = (hazard) => hazard in LAYERS;

/**
 * @param {HTMLElement} box
 * @param {Source} source
 * @param {boolean} many
 */
async function open(box, source, many) {
  const L = await loadLeaflet(source.script, source.styles);
  const map = L.map(box, { attributionControl: false, preferCanvas: many, zoomControl: false });
  const tiles = L.tileLayer(source.tiles, { minZoom: 5, maxZoom: 18 });
  let failures = 0;
  tiles.on('tileerror', () => {
    failures += 1;
    if (failures === TILE_FAILURES) source.tilesFailed();
  });
  tiles.addTo(map);
  const words = { zoomInTitle: source.zoomIn, zoomOutTitle: source.zoomOut };
  L.control.zoom(words).addTo(map);
  return { L, map };
}

/** What the cards in the list say. @param {HTMLElement} list */
function placesOf(list) {
  const cards = /** @type {HTMLElement[]} */ (Array.from(list.querySelectorAll('[data-id]')));
  /** @param {HTMLElement} card @param {string} name */
  const text = (card, name) => String((card.querySelector(`[data-ref="${name}"]`) || {}).textContent || '');
  return cards.map((card) => ({
    card,
    at: [Number(card.dataset.lat), Number(card.dataset.lon)],
    usable: 'usable' in card.dataset,
    number: text(card, 'number'),
    name: text(card, 'name'),
    state: ['fits', 'opening', 'level', 'asof'].map((name) => text(card, name)).filter(Boolean),
  }));
}

/** @param {string} tag @param {string} text */
function node(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/**
 * Nodes, never strings: Leaflet would read a string as HTML.
 * @param {ReturnType<typeof placesOf>[number]} place
 * @param {string} openCard
 */
function popup(place, openCard) {
  const box = document.createElement('div');
  const link = /** @type {HTMLAnchorElement} */ (node('a', openCard));
  link.href = `#${place.card.id}`;
  box.append(node('strong', `${place.number}. ${place.name}`), ...place.state.map((line) => node('div', line)), link);
  return box;
}

/**
 * Draws what the list shows and where the person is. `drawn.update()` follows a new list; `drawn.overlay(hazard, on)`
 * lays the national hazard areas under the places.
 * @param {HTMLElement} box
 * @param {HTMLElement} list
 * @param {Source} source
 * @param {{origin: () => number[] | null, openCard: string}} what
 */
export async function drawPlaces(box, list, source, what) {
  const { L, map } = await open(box, source, list.children.length > CANVAS_ABOVE);
  const marks = L.layerGroup().addTo(map);
  /** @type {any[]} */
  let areas = [];
  const edge = { color: colour('--c-map-edge'), weight: 3, fillOpacity: 1 };

  /** @param {number[]} origin */
  function drawOrigin(origin) {
    const me = colour('--c-map-me');
    RINGS_M.forEach((radius) => {
      const ring = { radius, color: me, weight: 1, fill: false, dashArray: '4 6', interactive: false };
      marks.addLayer(L.circle(origin, ring));
    });
    marks.addLayer(L.circleMarker(origin, { ...edge, radius: 9, fillColor: me, interactive: false }));
  }

  /** @param {ReturnType<typeof placesOf>[number]} place */
  function drawPlace(place) {
    const fillColor = colour(place.usable ? '--c-map-place' : '--c-map-later');
    const mark = L.circleMarker(place.at, { ...edge, radius: 15, fillColor });
    mark.bindTooltip(node('span', place.number), { permanent: true, direction: 'center', className: 'finder-number' });
    mark.bindPopup(popup(place, what.openCard));
    marks.addLayer(mark);
  }

  let seen = '';

  /**
   * Only other places move the map: a refresh of their state leaves it where the person put it.
   * @param {number[][]} points
   */
  function look(points) {
    const key = points.join(' ');
    if (key === seen || points.length === 0) return;
    seen = key;
    map.fitBounds(L.latLngBounds(points).pad(0.15), { maxZoom: 16 });
  }

  function update() {
    const places = placesOf(list);
    const origin = what.origin();
    look([...(origin ? [origin] : []), ...places.map(({ at }) => at)]);
    marks.clearLayers();
    if (!seen) return; // a map without a view cannot draw
    if (origin) drawOrigin(origin);
    places.reverse().forEach(drawPlace); // the nearest on top
  }

  /** @param {string} hazard @param {boolean} on */
  function overlay(hazard, on) {
    areas.forEach((layer) => layer.remove());
    areas = !on ? [] : (LAYERS[hazard] || []).map((name) => L.tileLayer(`${HAZARD_TILES}${name}/{z}/{x}/{y}.png`, {
      minZoom: 5, maxZoom: 18, maxNativeZoom: 17, opacity: 0.6,
    }).addTo(map));
  }

  update();
  return { update, overlay };
}

/**
 * A map under a fixed cross: moving it with a thumb or the arrow keys chooses the place, a tap brings it to the middle.
 * @param {HTMLElement} box
 * @param {Source} source
 * @param {number[][]} around what must be in view at first: one point, or the corners of the town
 */
export async function pickPlace(box, source, around) {
  const { L, map } = await open(box, source, false);
  box.dataset.cross = '';
  map.fitBounds(L.latLngBounds(around), { maxZoom: 15 });
  map.on('click', (/** @type {any} */ event) => map.panTo(event.latlng));
  return () => {
    const { lat, lng } = map.getCenter();
    return { lat, lon: lng };
  };
}
