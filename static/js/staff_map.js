// @ts-check
/**
 * The staff map's side of the frame: the one classic script, because folium's drawing calls it.
 * It runs in a sandboxed frame without an origin: no cookie, no request of its own. The page around it sends the points
 * and hears what was chosen. Texts reach the map as text nodes only.
 */
(() => {
  'use strict';

  /** The only markup Leaflet writes when it gets no text of ours; anything else throws. */
  const OWN_MARKUP = new Set([
    '<svg/>',
    '<span aria-hidden="true">+</span>',
    '<span aria-hidden="true">&#x2212;</span>',
    '<span aria-hidden="true">&#215;</span>',
  ]);
  const TILE_FAILURES = 3;

  /**
   * @typedef {object} Point a place as map.json gives it
   * @property {string} id
   * @property {string} name
   * @property {number} lat
   * @property {number} lon
   * @property {string} mark
   * @property {string} sign
   * @property {string[]} lines
   */

  const types = /** @type {any} */ (window).trustedTypes;
  if (types) {
    types.createPolicy('default', {
      /** @param {string} markup */
      createHTML: (markup) => (OWN_MARKUP.has(markup) ? markup : null),
    });
  }

  /** Whoever frames us is our page: nobody else may (`srcdoc`). @param {object} message */
  const tell = (message) => window.parent.postMessage(message, '*');

  /** @param {string} tag @param {string} text */
  function node(tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  }

  /** @param {Point} point */
  function popup(point) {
    const box = document.createElement('div');
    const button = /** @type {HTMLButtonElement} */ (node('button', String(document.body.dataset.toList)));
    button.type = 'button';
    button.className = 'button';
    button.dataset.kind = 'secondary';
    button.addEventListener('click', () => tell({ kind: 'chosen', id: point.id }));
    box.append(node('strong', point.name), ...point.lines.map((line) => node('p', line)), button);
    return box;
  }

  /** @param {any} L @param {Point} point */
  function icon(L, point) {
    const sign = node('span', point.sign);
    sign.className = 'staff-mark';
    sign.dataset.mark = point.mark;
    return L.divIcon({ html: sign, className: 'staff-mark-place', iconSize: [30, 30] });
  }

  /**
   * Called by folium's drawing with its map and Leaflet.
   * @param {any} map
   * @param {any} L
   */
  function attach(map, L) {
    /** @type {Map<string, {mark: any, said: string}>} */
    const marks = new Map();
    const { zoomIn, zoomOut } = document.body.dataset;
    L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);

    /** @param {Point} point */
    function draw(point) {
      const said = JSON.stringify(point);
      const known = marks.get(point.id);
      if (known && known.said === said) return;
      if (known) known.mark.remove();
      // The list beside the map is what keys and readers use; hundreds of stops here would only be in the way.
      const mark = L.marker([point.lat, point.lon], { icon: icon(L, point), keyboard: false, title: point.name });
      mark.bindPopup(() => popup(point));
      marks.set(point.id, { mark: mark.addTo(map), said });
      if (known && known.mark.isPopupOpen()) mark.openPopup();
    }

    /** @param {Point[]} points */
    function drawAll(points) {
      const wanted = new Set(points.map((point) => point.id));
      marks.forEach(({ mark }, id) => {
        if (wanted.has(id)) return;
        mark.remove();
        marks.delete(id);
      });
      points.forEach(draw);
      document.documentElement.dataset.points = String(marks.size);
    }

    /** @param {string} id */
    function show(id) {
      const known = marks.get(id);
      if (!known) return;
      map.setView(known.mark.getLatLng(), Math.max(map.getZoom(), 15), { animate: false });
      known.mark.openPopup();
    }

    let failures = 0;
    map.eachLayer((/** @type {any} */ layer) => {
      layer.on('tileerror', () => {
        failures += 1;
        if (failures === TILE_FAILURES) tell({ kind: 'tiles-failed' });
      });
    });
    window.addEventListener('message', (event) => {
      if (event.source !== window.parent) return;
      if (event.data.kind === 'hello') tell({ kind: 'ready' });
      if (event.data.kind === 'points') drawAll(event.data.points);
      if (event.data.kind === 'show') show(event.data.id);
    });
    tell({ kind: 'ready' });
  }

  Object.assign(window, { staffMap: { attach } });
})();
