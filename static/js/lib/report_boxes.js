// @ts-check
/** Boxes on a picture, as parts of it in percent. Pure: what a pointer did in, what a form holds out. */

/** @typedef {{left: number, top: number, width: number, height: number}} Box */

const FULL = 100;
const LEAST = 0.5; // percent: less is a tap that slipped, and hides nothing

/** @param {number} value */
const within = (value) => Math.min(FULL, Math.max(0, value));

/**
 * The box between two corners, whichever was touched first, cut at the picture's edge; null for a mere tap.
 * @param {{x: number, y: number}} one percent of the picture
 * @param {{x: number, y: number}} other
 * @returns {Box | null}
 */
export function between(one, other) {
  const [left, right] = [within(Math.min(one.x, other.x)), within(Math.max(one.x, other.x))];
  const [top, bottom] = [within(Math.min(one.y, other.y)), within(Math.max(one.y, other.y))];
  if (right - left < LEAST || bottom - top < LEAST) return null;
  return { left, top, width: right - left, height: bottom - top };
}

/**
 * The box moved by an arrow key, or grown with `grow`, never over the edge.
 * @param {Box} box
 * @param {string} key ArrowLeft, ArrowRight, ArrowUp or ArrowDown
 * @param {boolean} grow
 * @returns {Box}
 */
export function nudged(box, key, grow) {
  const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] || [0, 0];
  if (grow) {
    const width = Math.min(FULL - box.left, Math.max(LEAST, box.width + x));
    const height = Math.min(FULL - box.top, Math.max(LEAST, box.height + y));
    return { ...box, width, height };
  }
  return carried(box, x, y);
}

/**
 * The box carried by so many percent, never over the edge.
 * @param {Box} box
 * @param {number} x
 * @param {number} y
 * @returns {Box}
 */
export function carried(box, x, y) {
  const left = Math.min(FULL - box.width, Math.max(0, box.left + x));
  const top = Math.min(FULL - box.height, Math.max(0, box.top + y));
  return { ...box, left, top };
}

/** What a field of the form says; null where the row is empty or no box. @param {string[]} typed */
export function read(typed) {
  const [left, top, width, height] = typed.map((one) => (one.trim() === '' ? NaN : Number(one)));
  if (![left, top, width, height].every(Number.isFinite)) return null;
  return { left, top, width, height };
}
