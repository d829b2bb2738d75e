// @ts-check
/** Where it is: by the phone's position, by a photo's, on a map, by a town's name or a number. All end in `take`. */

import { getNewer } from '../core/http.js';
import { VAGUE_M } from '../lib/report_draft.js';
import { busy, filled, finder, say } from './report_form_fields.js';
import { startSearches } from './report_form_places.js';

/** @typedef {import('../lib/report_draft.js').Draft} Draft */
/** @typedef {import('../lib/report_draft.js').Place} Place */

const LOCATE_MS = 10000; // our own: a phone may wait for ever behind a question nobody sees
const CALM_MS = 600; // a map is asked about once it rests
const DIGITS = 6; // decimals of a degree: 0.1 m

/** @param {number} degrees */
const short = (degrees) => Number(degrees.toFixed(DIGITS));

/** @returns {Promise<GeolocationPosition>} */
const located = () => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('late')), LOCATE_MS);
  if (!navigator.geolocation) reject(new Error('none'));
  else navigator.geolocation.getCurrentPosition(resolve, reject, { enableHighAccuracy: true, timeout: LOCATE_MS, maximumAge: 15000 });
});

/**
 * @param {HTMLElement} root
 * @param {{draft: () => Draft, changed: () => void, words: DOMStringMap}} world
 */
export function startPlace(root, { draft, changed, words }) {
  const ref = finder(root);
  let asked = 0; // a later answer must not lose to an earlier one

  /** Whose place it is; null where nobody answers. @param {number} lat @param {number} lon */
  async function whose(lat, lon) {
    try {
      const found = await getNewer(`/api/v1/reports/place?lat=${short(lat)}&lon=${short(lon)}`, '');
      return found && found.body;
    } catch {
      return null; // the town will look when it gets the report
    }
  }

  /** @param {string} sentence @param {string} [tone] */
  function tell(sentence, tone = '') {
    ref('place-said').dataset.tone = tone;
    say(ref('place-said'), sentence);
  }

  /** The place in words, as the page and a reader say it. @param {Place} place */
  function show(place) {
    const more = place.accuracy ? filled(String(words.exact), { n: Math.round(place.accuracy) }) : '';
    tell(filled(String(words.chosen), { name: place.name, more }), 'ok');
    const values = { lat: place.lat, lon: place.lon, accuracy_m: place.accuracy ? Math.round(place.accuracy) : '', place_way: place.way, place_name: place.name };
    Object.entries(values).forEach(([name, value]) => { ref(name).value = String(value); });
  }

  function clear() {
    draft().place = null;
    ['lat', 'lon', 'accuracy_m', 'place_way', 'place_name'].forEach((name) => { ref(name).value = ''; });
  }

  /** @param {any} found @param {string} plain */
  function nameOf(found, plain) {
    if (!found || !found.town_name) return plain;
    return filled(String(words.aroundTown), { name: found.town_name });
  }

  /** @param {any} found */
  const outside = (found) => (found.likely
    ? filled(String(words.outside), { name: found.likely }) : String(words.outsideUnknown));

  /**
   * This is the place, if it lies in the town. What was written stays, whatever comes of it.
   * @param {Place} place
   */
  async function take(place) {
    const mine = ++asked;
    const at = { ...place, lat: short(place.lat), lon: short(place.lon) };
    draft().place = at;
    show(at);
    changed();
    const found = await whose(at.lat, at.lon);
    if (mine !== asked || !found) return;
    if (!found.inside) {
      clear();
      tell(outside(found), 'error');
    } else {
      if (at.way !== 'town' && at.way !== 'asset') at.name = nameOf(found, at.name);
      show(at);
    }
    changed();
  }

  async function here() {
    tell(String(words.locating));
    try {
      const { coords } = await located();
      const accuracy = Math.max(1, Math.round(coords.accuracy));
      if (accuracy > VAGUE_M) refuse(filled(String(words.vague), { n: accuracy }));
      else await take({ way: 'position', lat: coords.latitude, lon: coords.longitude, accuracy, name: String(words.here) });
    } catch (error) {
      refuse(String(/** @type {Error} */ (error).message === 'late' ? words.late : words.refused));
    }
  }

  /** The way that always works is led to. @param {string} sentence */
  function refuse(sentence) {
    tell(sentence, 'warn');
    ref('town').focus();
  }

  /** @type {Promise<any> | null} */
  let map = null;
  let resting = 0;

  /** Says what the cross points to, once it rests. @param {number} lat @param {number} lon */
  function moved(lat, lon) {
    clearTimeout(resting);
    resting = window.setTimeout(async () => {
      const found = await whose(lat, lon);
      if (found) say(ref('map-said'), found.inside ? nameOf(found, String(words.pin)) : outside(found));
    }, CALM_MS);
  }

  async function openOnMap() {
    ref('map-box').hidden = false;
    const { leafletJs, leafletCss, mapCss, tiles } = root.dataset;
    const source = {
      script: String(leafletJs), styles: [String(leafletCss), String(mapCss)], tiles: String(tiles),
      zoomIn: String(words.zoomIn), zoomOut: String(words.zoomOut),
    };
    map = map || import('./report_map.js').then(({ openMap }) => openMap(ref('map'), source, {
      moved, tilesFailed: () => say(ref('map-said'), String(words.tilesFailed)),
    }));
    try {
      const drawn = await map;
      const { place } = draft();
      if (place) drawn.look(place);
      else drawn.around((await getNewer(`${root.dataset.towns}?q=`, ''))?.body.around);
      ref('map-open').setAttribute('aria-expanded', 'true');
    } catch {
      map = null;
      ref('map-box').hidden = true;
      refuse(String(words.mapFailed));
    }
  }

  async function takeFromMap() {
    const { lat, lon } = (await map).centre();
    await take({ way: 'pin', lat, lon, accuracy: null, name: String(words.pin) });
    if (!draft().place) return;
    ref('map-box').hidden = true;
    ref('map-open').setAttribute('aria-expanded', 'false');
    ref('map-open').focus();
  }

  /** @type {File[]} */
  let originals = [];

  /** Read on the phone, from the photo as it was, and only now that its owner asks. */
  async function fromPhoto() {
    const { LOOKED_AT_BYTES, positionIn } = await import('../lib/report_exif.js');
    for (const file of originals) {
      const found = positionIn(await file.slice(0, LOOKED_AT_BYTES).arrayBuffer());
      if (found) {
        await take({ way: 'photo', ...found, accuracy: null, name: String(words.photoPlace) });
        return;
      }
    }
    refuse(String(words.noPhotoPlace));
  }

  ref('here').addEventListener('click', () => busy(ref('here'), here));
  ref('map-open').addEventListener('click', () => busy(ref('map-open'), openOnMap));
  ref('map-take').addEventListener('click', () => busy(ref('map-take'), takeFromMap));
  ref('from-photo').addEventListener('click', () => busy(ref('from-photo'), fromPhoto));
  startSearches(root, { take, words, category: () => draft().category });

  return {
    here: () => busy(ref('here'), here),
    /** @param {File[]} files */
    originals(files) {
      originals = files;
      ref('from-photo').hidden = files.length === 0;
    },
    restore() {
      const { place } = draft();
      if (place) show(place);
    },
  };
}
