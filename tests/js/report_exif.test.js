import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { positionIn } from '../../static/js/lib/report_exif.js';

/** A TIFF block with a position, as a camera writes it. */
function tiff(little, { lat = [35, 36, 2628], lon = [140, 17, 3900], ns = 'N', ew = 'E', type = 5, first = 8 } = {}) {
  const view = new DataView(new ArrayBuffer(160));
  const two = (at, value) => view.setUint16(at, value, little);
  const four = (at, value) => view.setUint32(at, value, little);
  const entry = (at, tag, kind, count, value) => { two(at, tag); two(at + 2, kind); four(at + 4, count); if (value !== null) four(at + 8, value); };
  view.setUint16(0, little ? 0x4949 : 0x4d4d); two(2, 42); four(4, first);
  two(8, 1); entry(10, 0x8825, 4, 1, 26);
  two(26, 4);
  entry(28, 1, 2, 2, null); view.setUint8(36, ns.charCodeAt(0));
  entry(40, 2, type, 3, 80);
  entry(52, 3, 2, 2, null); view.setUint8(60, ew.charCodeAt(0));
  entry(64, 4, type, 3, 104);
  [lat, lon].forEach(([d, m, s], which) => {
    const at = 80 + which * 24;
    [[d, 1], [m, 1], [s, 100]].forEach(([over, under], index) => { four(at + index * 8, over); four(at + index * 8 + 4, under); });
  });
  return new Uint8Array(view.buffer);
}

const exif = (block) => new Uint8Array([...Buffer.from('Exif\0\0'), ...block]);
const segment = (marker, body) => [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body];
const jpeg = (block) => new Uint8Array([0xff, 0xd8, ...segment(0xe0, Buffer.from('JFIF\0')), ...segment(0xe1, exif(block)), 0xff, 0xda, 0, 2]).buffer;
const near = (found, lat, lon) => {
  assert.ok(found);
  assert.ok(Math.abs(found.lat - lat) < 1e-6 && Math.abs(found.lon - lon) < 1e-6, JSON.stringify(found));
};

test('the place is read from a photo of either byte order', () => {
  for (const little of [true, false]) near(positionIn(jpeg(tiff(little))), 35.6073, 140.294166667);
});

test('south and west are below zero', () => {
  near(positionIn(jpeg(tiff(true, { ns: 'S', ew: 'W' }))), -35.6073, -140.294166667);
});

test('a block inside other boxes, as in HEIC, is found', () => {
  near(positionIn(new Uint8Array([0, 0, 0, 24, ...Buffer.from('ftypheicE'), ...exif(tiff(false))]).buffer), 35.6073, 140.294166667);
});

test('a photo without a place gives none', () => {
  const bare = new Uint8Array([0xff, 0xd8, ...segment(0xe0, Buffer.from('JFIF\0')), 0xff, 0xda, 0, 2]).buffer;
  for (const bytes of [bare, new ArrayBuffer(0), new ArrayBuffer(3), jpeg(tiff(true, { type: 7 }))]) assert.equal(positionIn(bytes), null);
});

test('zeros, as phones write them that know no place, are no place', () => {
  assert.equal(positionIn(jpeg(tiff(true, { lat: [0, 0, 0], lon: [0, 0, 0] }))), null);
  assert.equal(positionIn(jpeg(tiff(true, { lat: [95, 0, 0] }))), null);
});

test('whatever the bytes are, nothing is thrown', () => {
  const good = new Uint8Array(jpeg(tiff(true)));
  let seed = 7;
  const random = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed; };
  for (let round = 0; round < 3000; round += 1) {
    const bytes = good.slice(0, random() % (good.length + 1));
    for (let change = 0; change < 3 && bytes.length; change += 1) bytes[random() % bytes.length] = random() % 256;
    positionIn(bytes.buffer);
  }
  positionIn(jpeg(tiff(true, { first: 4294967290 })));
});
