// @ts-check
/**
 * Where a photo was taken, read from the original on the phone, and only when its owner asks for it. What the phone sends
 * is a picture without any of this.
 */

const HEAD = 'Exif\0\0';
const JPEG = 0xffd8;
const APP1 = 0xffe1;
const SCAN = 0xffda; // after it only pixels come
const GPS = 0x8825;
const RATIONAL = 5;

/** How much of a file is looked at: cameras write the position into its first pages. */
export const LOOKED_AT_BYTES = 256 * 1024;

/**
 * The place a photo carries, or null. Whatever the bytes are, it throws nothing.
 * @param {ArrayBuffer} bytes the beginning of the file
 * @returns {{lat: number, lon: number} | null}
 */
export function positionIn(bytes) {
  const view = new DataView(bytes);
  try {
    const start = isJpeg(view) ? inJpeg(view) : anywhere(view);
    return start < 0 ? null : fromTiff(view, start);
  } catch (error) {
    if (error instanceof RangeError) return null; // it pointed behind its own end
    throw error;
  }
}

/** @param {DataView} view */
const isJpeg = (view) => view.byteLength > 4 && view.getUint16(0) === JPEG;

/** @param {DataView} view @param {number} at @param {number} length */
const letters = (view, at, length) => String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length));

/** Where the TIFF part of a JPEG begins, or -1. @param {DataView} view */
function inJpeg(view) {
  let at = 2;
  while (at + 4 < view.byteLength) {
    const marker = view.getUint16(at);
    if (marker < 0xff00 || marker === SCAN) return -1;
    if (marker === APP1 && at + 10 <= view.byteLength && letters(view, at + 4, 6) === HEAD) return at + 10;
    at += 2 + view.getUint16(at + 2);
  }
  return -1;
}

/** HEIC and others keep the same block somewhere in their boxes. @param {DataView} view */
function anywhere(view) {
  for (let at = 0; at + 14 < view.byteLength; at += 1) {
    if (view.getUint8(at) === 0x45 && letters(view, at, 6) === HEAD) return at + 6;
  }
  return -1;
}

/** @param {DataView} view @param {number} start */
function fromTiff(view, start) {
  const order = letters(view, start, 2);
  if (order !== 'II' && order !== 'MM') return null;
  const little = order === 'II';
  if (view.getUint16(start + 2, little) !== 42) return null;
  const first = entries(view, start, view.getUint32(start + 4, little), little);
  const pointer = first.get(GPS);
  if (pointer === undefined) return null;
  const gps = entries(view, start, view.getUint32(pointer + 8, little), little);
  const lat = degrees(view, start, gps, 1, 2, little);
  const lon = degrees(view, start, gps, 3, 4, little);
  return lat === null || lon === null || Math.abs(lat) > 90 || Math.abs(lon) > 180 || (lat === 0 && lon === 0)
    ? null : { lat, lon };
}

/** Where each tag's entry stands. @param {DataView} view @param {number} start @param {number} offset @param {boolean} little */
function entries(view, start, offset, little) {
  const found = new Map();
  const count = view.getUint16(start + offset, little);
  for (let index = 0; index < count; index += 1) {
    const at = start + offset + 2 + index * 12;
    found.set(view.getUint16(at, little), at);
  }
  return found;
}

/**
 * Degrees of one direction, null where they are missing or no number.
 * @param {DataView} view @param {number} start @param {Map<number, number>} gps @param {number} letterTag
 * @param {number} valueTag @param {boolean} little
 */
function degrees(view, start, gps, letterTag, valueTag, little) {
  const letter = gps.get(letterTag);
  const value = gps.get(valueTag);
  if (letter === undefined || value === undefined) return null;
  if (view.getUint16(value + 2, little) !== RATIONAL || view.getUint32(value + 4, little) !== 3) return null;
  const at = start + view.getUint32(value + 8, little);
  const [whole, minutes, seconds] = [0, 8, 16].map((step) => (
    view.getUint32(at + step, little) / view.getUint32(at + step + 4, little)));
  const sum = whole + minutes / 60 + seconds / 3600;
  if (!Number.isFinite(sum)) return null;
  return 'SW'.includes(String.fromCharCode(view.getUint8(letter + 8))) ? -sum : sum;
}
