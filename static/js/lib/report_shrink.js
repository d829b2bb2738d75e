// @ts-check
/** How small a photo becomes before it leaves the phone. What draws and encodes is handed in, so it runs in a test. */

/** A photo leaves the phone in at most so many bytes, where it can be made so small at all. */
export const MOST_BYTES = 400 * 1000;

/** What the server takes of a file that this phone cannot draw, HEIC say. */
export const MOST_RAW_BYTES = 12 * 1024 * 1024;

/** @typedef {{side: number, quality: number}} Step */

/** First as good as it may be, then ever smaller; on a disaster's network smaller from the beginning. @param {boolean} disaster @returns {Step[]} */
export function stepsFor(disaster) {
  const [side, quality] = disaster ? [1280, 0.75] : [1600, 0.8];
  const lower = [0.7, 0.6, 0.5].filter((one) => one < quality).map((one) => ({ side, quality: one }));
  const smaller = [1280, 1024, 800].filter((one) => one < side).map((one) => ({ side: one, quality: 0.6 }));
  return [{ side, quality }, ...lower, ...smaller];
}

/** The size that keeps the shape, its longer side at most `side`; nothing is ever made larger. @param {number} width @param {number} height @param {number} side */
export function sizeWithin(width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * The first step's result that is small enough, or the last one's.
 * @template {{size: number}} T
 * @param {(step: Step) => Promise<T>} encode
 * @param {Step[]} steps
 * @param {number} [most]
 * @returns {Promise<T>}
 */
export async function smallEnough(encode, steps, most = MOST_BYTES) {
  let made = await encode(steps[0]);
  for (const step of steps.slice(1)) {
    if (made.size <= most) break;
    made = await encode(step);
  }
  return made;
}
