// @ts-check
/**
 * The finder in the phone: reads snapshot.json and status.json, gives the places to show.
 * Same decisions as liff_app/shelters/rules.py; tests/shelters/test_phone_agrees.py compares.
 */

/** @typedef {{lat: number, lon: number, now: number, hazard?: string|null, purpose?: string,
 *   limit?: number}} Query  `now` in epoch milliseconds; `purpose` is flee (default) or stay */
/** @typedef {{snapshot: any, status: any, places: any[], points: number[][]}} Town */

const A = 6378137; // WGS84, metres
const F = 1 / 298.257223563;
const E2 = F * (2 - F);
const RAD = Math.PI / 180;
const FITS = { y: 'yes', c: 'conditional', n: 'no', u: 'unknown' };
const OPENING = { u: 'unopened', p: 'preparing', o: 'open', c: 'closed', a: 'always' };
const LEVEL = { e: 'empty', s: 'some', c: 'crowded', f: 'full' };
const RANK = { o: 0, a: 0, '-': 3, p: 4, u: 5, c: 6 }; // 1 stale, 2 full

/** The status belongs to another snapshot: fetch the snapshot again. */
export class SnapshotMismatch extends Error {}

/**
 * Earth-centred metres and the local mean radius.
 * @param {number} lat @param {number} lon
 */
function locate(lat, lon) {
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) throw new RangeError('position');
  const s = Math.sin(lat * RAD);
  const n = A / Math.sqrt(1 - E2 * s * s);
  const p = n * Math.cos(lat * RAD);
  const r = (Math.sqrt(1 - E2) * n * n) / A;
  return [p * Math.cos(lon * RAD), p * Math.sin(lon * RAD), (1 - E2) * n * s, r];
}

/**
 * Join the two files. Without a status (not loaded yet) nothing is known of openings, nor
 * whether there is a disaster: the page must say so.
 * @param {any} snapshot @param {any} status @returns {Town}
 */
export function readTown(snapshot, status) {
  if (status && status.snapshot !== snapshot.version) throw new SnapshotMismatch('snapshot');
  /** @type {string[]} */
  const fields = snapshot.fields;
  const places = snapshot.rows.map((/** @type {any[]} */ row) =>
    Object.fromEntries(fields.map((field, i) => [field, row[i]])));
  const points = places.map((/** @type {any} */ p) => locate(p.lat, p.lon));
  return { snapshot, status, places, points };
}

/**
 * Walking minutes, brisk and slow, from straight metres: 1.0 m/s x 1.3 and 0.5 m/s x 1.5.
 * @param {number} metres @returns {[number, number]}
 */
export function walkMinutes(metres) {
  return [Math.max(1, Math.ceil((13 * metres) / 600)), Math.max(1, Math.ceil(metres / 20))];
}

/**
 * Rank and fitness as one number, smaller first; -1: not in this list.
 * @param {string} kind @param {string} fit letter, '' if no hazard @param {number} rank
 * @param {boolean} stay
 */
function groupOf(kind, fit, rank, stay) {
  if (kind === 'welfare' || (stay && kind === 'site')) return -1;
  if (stay || !fit) return 2 * rank;
  if (kind === 'shelter' || (fit !== 'y' && fit !== 'c')) return -1;
  return 2 * rank + (fit === 'c' ? 1 : 0);
}

/** @param {any} status @param {number} row @param {number} now */
function isStale(status, row, now) {
  const minute = status.updated[row];
  return status.opening[row] !== 'a' && minute !== null
    && now >= (minute + status.stale_after_min) * 60000;
}

/**
 * How a row may be used, 0 best; in normal times all alike.
 * @param {any} status @param {number} row @param {number} now
 */
function rankOf(status, row, now) {
  if (!status || !status.disaster) return 0;
  const base = RANK[/** @type {'o'} */ (status.opening[row])];
  return base || (status.level[row] === 'f' ? 2 : isStale(status, row, now) ? 1 : 0);
}

/**
 * One row's state as shown; in normal times none, but "always".
 * @param {Town} town @param {number} row @param {number} now
 */
function stateOf({ status, places }, row, now) {
  const live = status && status.disaster ? status : null;
  const minute = live ? live.updated[row] : null;
  return {
    opening: live
      ? OPENING[/** @type {'o'} */ (live.opening[row])] || 'unknown'
      : places[row].always ? 'always' : null,
    level: (live && LEVEL[/** @type {'e'} */ (live.level[row])]) || null,
    people: live ? live.people[row] : null,
    updated_at: minute === null ? null : new Date(minute * 60000).toISOString(),
    stale: live ? isStale(live, row, now) : false,
    usable: live ? rankOf(live, row, now) === 0 : false,
    note: (live && live.notes[row]) || '',
  };
}

/**
 * The places to show, best first, as /api/v1/shelters/nearest gives them, and `far`: none of the
 * list, shown or not, is near.
 * @param {Town} town @param {Query} query
 */
export function nearest(town, query) {
  const { snapshot, status, places, points } = town;
  const purpose = query.purpose || 'flee';
  const disaster = (status && status.disaster) || null;
  const hazard = query.hazard || (disaster && disaster.hazards[0]) || null;
  const column = hazard ? snapshot.hazards.indexOf(hazard) : -1;
  if (hazard && column < 0) throw new RangeError('hazard');
  const [x, y, z, radius] = locate(query.lat, query.lon);
  /** @type {{row: number, group: number, square: number}[]} */
  const hits = [];
  places.forEach(({ kind, fits }, row) => {
    const fit = hazard ? fits[column] : '';
    const group = groupOf(kind, fit, rankOf(status, row, query.now), purpose === 'stay');
    if (group < 0) return;
    const [px, py, pz] = points[row];
    const square = (px - x) * (px - x) + (py - y) * (py - y) + (pz - z) * (pz - z);
    hits.push({ row, group, square });
  });
  hits.sort((a, b) => a.group - b.group || a.square - b.square || a.row - b.row);
  const metres = (/** @type {number} */ square) =>
    Math.floor(2 * radius * Math.asin(Math.min(1, Math.sqrt(square) / (2 * radius))) + 0.5);
  const farM = status ? status.far_m : 5000;
  const far = !hits.some(({ square }) => metres(square) <= farM);
  const shelters = hits.slice(0, query.limit || 10).map(({ row, square }) => {
    const { fits, always, ...place } = places[row];
    const words = [...fits].map((letter) => FITS[/** @type {'y'} */ (letter)]);
    const all = Object.fromEntries(words.map((word, i) => [snapshot.hazards[i], word]));
    const distance = metres(square);
    return {
      ...place,
      ...stateOf(town, row, query.now),
      row,
      distance_m: distance,
      walk_minutes: walkMinutes(distance),
      fits: hazard ? words[column] : all,
    };
  });
  return { disaster, hazard, purpose, far, shelters };
}
