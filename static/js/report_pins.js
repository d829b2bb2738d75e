// @ts-check
/**
 * The side of the reports' map inside its frame: a classic script, because folium's drawing calls it (ADR 0021).
 * It runs in a sandboxed frame without an origin: no cookie, no request of its own. Pins come as columns and are drawn on
 * one canvas; what a pin says is asked of the page when it is pressed, and reaches the map as text nodes only.
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
  const URGENT = 3;
  const STILL_PX = 2; // a new size leaves the middle where it was, rounded to whole points
  const RADII = [9, 7, 5]; // new, in hand, over: size tells them apart where colours do not
  const FILLS = ['--c-alert', '--c-map-me', '--c-map-later'];

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

  /** A colour of the page's tokens, light or dark. @param {string} name */
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /**
   * Called by folium's drawing with its map and Leaflet.
   * @param {any} map
   * @param {any} L
   */
  function attach(map, L) {
    const words = document.body.dataset;
    const canvas = L.canvas({ padding: 0.3 });
    /** @type {Map<string, {pin: any, look: string}>} pins by id */
    const pins = new Map();
    const squares = L.layerGroup().addTo(map);
    const middle = () => map.project(map.getCenter());
    // A map also moves because its window changes, a popup opens or the page shows a place: nobody asked for a part then.
    // A new size while somebody moves it takes nothing back: it is known by the middle, which stays.
    const held = { isByHand: false, isMoving: false, middle: middle(), wanted: '' };
    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);

    /** @param {string} id */
    function ask(id) {
      tell({ kind: 'asked', id });
      return node('p', String(words.loading));
    }

    /** How a pin looks: @param {number} mark @param {boolean} isUrgent */
    function styleOf(mark, isUrgent) {
      return {
        radius: RADII[mark],
        weight: isUrgent ? 5 : 2,
        color: colour(isUrgent ? '--c-alert' : '--c-map-edge'),
        fillColor: colour(isUrgent ? '--c-map-edge' : FILLS[mark]),
        fillOpacity: 1,
      };
    }

    /** What is gone goes, what is new comes, and what stays keeps its popup. @param {any} points */
    function drawPins(points) {
      const ids = (points.ids || []).map(String);
      const wanted = new Set(ids);
      /** @type {Record<string, object>} a style is read from the page's colours once for each look */
      const styles = {};
      pins.forEach(({ pin }, id) => {
        if (wanted.has(id)) return;
        pin.remove();
        pins.delete(id);
      });
      ids.forEach((/** @type {string} */ id, /** @type {number} */ n) => {
        const isUrgent = points.priorities[n] === URGENT;
        const look = `${points.marks[n]} ${isUrgent} ${points.lats[n]} ${points.lons[n]}`;
        const known = pins.get(id);
        if (known && known.look === look) return;
        if (known) known.pin.remove();
        const style = `${points.marks[n]} ${isUrgent}`;
        styles[style] = styles[style] || styleOf(points.marks[n], isUrgent);
        const pin = L.circleMarker([points.lats[n], points.lons[n]], { renderer: canvas, ...styles[style] });
        pin.bindPopup(() => ask(id));
        pins.set(id, { pin: pin.addTo(map), look });
      });
    }

    /** @param {any} points */
    function drawSquares(points) {
      squares.clearLayers();
      (points.counts || []).forEach((/** @type {number} */ count, /** @type {number} */ n) => {
        const place = [points.lats[n], points.lons[n]];
        const sign = node('span', count.toLocaleString('en'));
        sign.className = 'pin-square';
        const icon = L.divIcon({ html: sign, className: 'pin-square-place', iconSize: [52, 46] });
        // The list beside the map is what keys and readers use; hundreds of stops here would only be in the way.
        const title = String(words.zoom).replace('{n}', count.toLocaleString('en'));
        const square = L.marker(place, { icon, keyboard: false, title });
        square.on('click', () => map.setView(place, Math.min(map.getZoom() + 2, map.getMaxZoom())));
        squares.addLayer(square);
      });
    }

    /** @param {any} points */
    function drawAll(points) {
      drawPins(points);
      drawSquares(points);
      const known = pins.get(held.wanted);
      if (known) known.pin.openPopup();
      held.wanted = '';
      Object.assign(document.documentElement.dataset, {
        pins: String(pins.size), squares: String(squares.getLayers().length),
      });
    }

    /** @param {string} id @param {{title: string, tags: string, lines: string[]} | null} said */
    function say(id, said) {
      const known = pins.get(id);
      if (!known) return;
      const box = document.createElement('div');
      if (said) {
        const tags = node('p', said.tags);
        tags.className = 'pin-tags';
        const button = /** @type {HTMLButtonElement} */ (node('button', String(words.open)));
        Object.assign(button, { type: 'button', className: 'button' });
        button.addEventListener('click', () => tell({ kind: 'open', id }));
        box.append(node('strong', said.title), tags, ...said.lines.map((line) => node('p', line)), button);
      } else {
        box.append(node('p', String(words.gone)));
      }
      // Its content stays a question: the next time it opens, the answer may be another.
      const popup = known.pin.getPopup();
      popup.setContent(box);
      known.pin.once('popupclose', () => popup.setContent(() => ask(id)));
    }

    /**
     * Without a pin there, since they are many, the map goes where it will get one.
     * @param {string} id
     * @param {[number, number]} place
     */
    function show(id, place) {
      const known = pins.get(id);
      letGo();
      map.setView(place, Math.max(map.getZoom(), 17), { animate: false });
      if (known) {
        known.pin.openPopup();
        return;
      }
      held.wanted = id;
      tellArea();
    }

    /** Anew if the frame has no size yet: nothing fits into that. @param {[number, number, number, number]} area */
    function fit([west, south, east, north]) {
      letGo();
      map.fitBounds([[south, west], [north, east]], { animate: false, maxZoom: 17 });
      if (!map.getSize().y) map.once('resize', () => fit([west, south, east, north]));
    }

    /** From here on the page moves the map. */
    function letGo() {
      Object.assign(held, { isByHand: false, isMoving: false });
    }

    function tellArea() {
      const box = map.getBounds();
      tell({ kind: 'moved', area: [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()] });
    }

    ['pointerdown', 'wheel', 'keydown'].forEach((name) => {
      map.getContainer().addEventListener(name, () => {
        held.isByHand = true;
      }, { capture: true, passive: true });
    });
    map.on('movestart', () => {
      held.isMoving = held.isByHand;
    });
    map.on('dragstart', () => Object.assign(held, { isByHand: true, isMoving: true }));
    map.on('autopanstart', () => {
      if (!held.isMoving) held.isByHand = false;
    });
    map.on('moveend', () => {
      const now = middle();
      const isStill = now.distanceTo(held.middle) < STILL_PX;
      Object.assign(held, { isMoving: false, middle: now });
      if (held.isByHand && !isStill) tellArea();
    });
    let failures = 0;
    map.eachLayer((/** @type {any} */ tiles) => {
      tiles.on('tileerror', () => {
        failures += 1;
        if (failures === TILE_FAILURES) tell({ kind: 'tiles-failed' });
      });
    });
    window.addEventListener('message', (event) => {
      if (event.source !== window.parent) return;
      const { kind } = event.data;
      if (kind === 'hello') tell({ kind: 'ready' });
      if (kind === 'fit') fit(event.data.area);
      if (kind === 'points') drawAll(event.data.points);
      if (kind === 'said') say(event.data.id, event.data.said);
      if (kind === 'show') show(event.data.id, event.data.place);
    });
    tell({ kind: 'ready' });
  }

  Object.assign(window, { staffMap: { attach } });
})();
