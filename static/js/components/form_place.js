// @ts-check
/** A place of a form: the phone's position or a point on a map goes into the form's own hidden fields. */

import { busy, filled, finder, say } from './report_form_fields.js';

const LOCATE_MS = 10000; // our own: a phone may wait for ever behind a question nobody sees
const DIGITS = 6; // decimals of a degree: 0.1 m

/** @returns {Promise<GeolocationPosition>} */
const located = () => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('late')), LOCATE_MS);
  if (!navigator.geolocation) reject(new Error('none'));
  else navigator.geolocation.getCurrentPosition(resolve, reject, { enableHighAccuracy: true, timeout: LOCATE_MS, maximumAge: 15000 });
});

/** @param {HTMLElement} root */
export function start(root) {
  const ref = finder(root);
  const words = root.dataset;
  /** @type {Promise<any> | null} */
  let map = null;

  /** @param {{lat: number, lon: number, accuracy?: number}} place @param {string} name */
  function take({ lat, lon, accuracy }, name) {
    const values = { lat: lat.toFixed(DIGITS), lon: lon.toFixed(DIGITS), accuracy: accuracy ? String(Math.round(accuracy)) : '', text: '' };
    Object.entries(values).forEach(([part, value]) => { ref(part).value = value; });
    say(ref('said'), filled(String(words.chosen), { name }));
  }

  async function here() {
    say(ref('said'), String(words.locating));
    try {
      const { coords } = await located();
      take({ lat: coords.latitude, lon: coords.longitude, accuracy: coords.accuracy }, String(words.here));
    } catch {
      say(ref('said'), String(words.refused));
    }
  }

  /** What the map shows first: the chosen place, else the whole town. @param {any} drawn */
  function look(drawn) {
    const [lat, lon] = [Number(ref('lat').value), Number(ref('lon').value)];
    if (ref('lat').value) drawn.look({ lat, lon, accuracy: Number(ref('accuracy').value) || null });
    else drawn.around(JSON.parse(String(words.around)));
  }

  async function open() {
    ref('box').hidden = false;
    const source = {
      script: String(words.leafletJs), styles: [String(words.leafletCss), String(words.mapCss)], tiles: String(words.tiles),
      zoomIn: String(words.zoomIn), zoomOut: String(words.zoomOut),
    };
    map = map || import('./report_map.js').then(({ openMap }) => openMap(ref('map'), source, {
      moved: () => {},
      // Once a place is taken, nobody wants to hear of the map's background.
      tilesFailed: () => ref('box').hidden || say(ref('said'), String(words.tilesFailed)),
    }));
    try {
      look(await map);
      ref('open').setAttribute('aria-expanded', 'true');
    } catch {
      map = null;
      ref('box').hidden = true;
      say(ref('said'), String(words.failed));
    }
  }

  async function takeFromMap() {
    const { lat, lon } = (await map).centre();
    take({ lat, lon }, String(words.pin));
    ref('box').hidden = true;
    ref('open').setAttribute('aria-expanded', 'false');
    ref('open').focus();
  }

  ref('here').addEventListener('click', () => busy(ref('here'), here));
  if (!ref('open')) return; // no map in this town
  ref('open').addEventListener('click', () => busy(ref('open'), open));
  ref('take').addEventListener('click', () => busy(ref('take'), takeFromMap));
}
