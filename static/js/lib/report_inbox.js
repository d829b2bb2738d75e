// @ts-check
/** What the inbox's script decides: addresses of a part of the map, and what a key means. Pure. */

const DIGITS = 5; // about a metre

/** @typedef {[number, number, number, number]} Area west, south, east, north in degrees */

/** How an address carries a part of the map. @param {Area} area */
export function areaText(area) {
  return area.map((one) => one.toFixed(DIGITS)).join(',');
}

/**
 * The part of the map inside an address's query, or null.
 * @param {string} search
 * @returns {Area | null}
 */
export function areaOf(search) {
  const corners = (new URLSearchParams(search).get('bbox') || '').split(',').map(Number);
  if (corners.length !== 4 || !corners.every(Number.isFinite)) return null;
  const [west, south, east, north] = corners;
  return west < east && south < north ? [west, south, east, north] : null;
}

/**
 * The same question about that part of the map, from its first page on.
 * @param {string} search
 * @param {Area} area
 */
export function withArea(search, area) {
  const asked = new URLSearchParams(search);
  asked.set('bbox', areaText(area));
  asked.delete('after');
  return asked.toString();
}

/**
 * The smallest part of the map that holds them all; null for none.
 * @param {number[]} lats
 * @param {number[]} lons
 * @returns {Area | null}
 */
export function extentOf(lats, lons) {
  if (!lats.length) return null;
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** @type {Record<string, string>} */
const KEYS = { j: 'next', k: 'previous', x: 'pick', '/': 'search', '?': 'help' };

/**
 * What the key asks of the inbox, '' for nothing: letters typed into a field stay letters, and keys held together with
 * Ctrl, Alt or the command key belong to the browser. Enter follows the link that has the focus by itself.
 * @param {{key: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean, isComposing: boolean}} event
 * @param {{tagName: string, isContentEditable?: boolean, type?: string} | null} target
 */
export function keyAction(event, target) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return '';
  if (target && isField(target)) return '';
  return KEYS[event.key] || '';
}

/** @param {{tagName: string, isContentEditable?: boolean, type?: string}} target */
function isField(target) {
  const name = target.tagName.toLowerCase();
  if (name === 'input') return !['checkbox', 'radio', 'button', 'submit'].includes(String(target.type));
  return name === 'textarea' || name === 'select' || Boolean(target.isContentEditable);
}

/**
 * The place in a list of `count` rows after a step from `at` (-1: none yet); it stops at both ends.
 * @param {number} at
 * @param {number} count
 * @param {number} by
 */
export function stepped(at, count, by) {
  if (!count) return -1;
  if (at < 0) return by > 0 ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, at + by));
}
