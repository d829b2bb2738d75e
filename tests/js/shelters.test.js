// @ts-check
// What the phone's finder does beside the order, which tests/shelters/test_phone_agrees.py holds
// to the server's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SnapshotMismatch, nearest, readTown, walkMinutes } from '../../static/js/lib/shelters.js';

const NOW = Date.UTC(2025, 10, 22, 5, 5, 30);
const MINUTE = Math.floor(NOW / 60000);
const HAZARDS = [
  'flood', 'landslide', 'storm_surge', 'earthquake', 'tsunami', 'fire', 'inland_flood', 'volcano',
];
const FIELDS = [
  'id', 'name', 'kana', 'address', 'lat', 'lon', 'kind', 'fits', 'always', 'capacity', 'remarks',
  'target', 'floors', 'phone',
];

/** @param {string} id @param {number} lat @param {object} [more] */
function row(id, lat, more = {}) {
  const place = {
    id, name: id, kana: '', address: '', lat, lon: 139.4, kind: 'site', fits: 'yyyyyyyy',
    always: false, capacity: null, remarks: '', target: '', floors: '', phone: '', ...more,
  };
  return FIELDS.map((field) => place[/** @type {'id'} */ (field)]);
}

/** @param {any[][]} rows */
function snapshotOf(rows) {
  return { version: 'v1', hazards: HAZARDS, fields: FIELDS, rows };
}

/** @param {object} more */
function statusOf(more) {
  return {
    snapshot: 'v1', disaster: { hazards: ['flood'] }, stale_after_min: 180, far_m: 5000,
    opening: 'o', level: '-', people: [null], updated: [MINUTE], notes: {}, ...more,
  };
}

const here = { lat: 35.6, lon: 139.4, now: NOW };

test('a status of another snapshot is refused, so that no row wears another one\'s state', () => {
  const status = statusOf({ snapshot: 'v2' });
  assert.throws(() => readTown(snapshotOf([row('a', 35.6)]), status), SnapshotMismatch);
});

test('without a status the list stands by distance and says nothing of openings', () => {
  const town = readTown(snapshotOf([row('b', 35.62), row('a', 35.61, { always: true })]), null);
  const { shelters, disaster } = nearest(town, here);
  assert.equal(disaster, null);
  assert.deepEqual(shelters.map(({ id }) => id), ['a', 'b']);
  assert.deepEqual(shelters.map(({ opening }) => opening), ['always', null]);
  assert.ok(shelters.every(({ usable, stale }) => !usable && !stale));
});

test('a report turns stale on its minute, while the page stays open', () => {
  const town = readTown(snapshotOf([row('a', 35.61)]), statusOf({}));
  const edge = (MINUTE + 180) * 60000;
  const [before] = nearest(town, { ...here, now: edge - 1 }).shelters;
  const [after] = nearest(town, { ...here, now: edge }).shelters;
  assert.deepEqual([before.stale, before.usable], [false, true]);
  assert.deepEqual([after.stale, after.usable], [true, false]);
});

test('an unknown row is never usable and a note is given with its place', () => {
  const rows = [row('a', 35.61), row('b', 35.62)];
  const status = statusOf({
    opening: '-o', level: '--', people: [null, 4], updated: [null, MINUTE], notes: { 1: '体育館' },
  });
  const { shelters } = nearest(readTown(snapshotOf(rows), status), here);
  assert.deepEqual(shelters.map(({ id, usable }) => [id, usable]), [['b', true], ['a', false]]);
  assert.deepEqual(shelters.map(({ note, row: at }) => [note, at]), [['体育館', 1], ['', 0]]);
});

test('a position or a hazard that cannot be is refused, not answered with nonsense', () => {
  const town = readTown(snapshotOf([row('a', 35.61)]), null);
  assert.throws(() => nearest(town, { ...here, lat: NaN }), RangeError);
  assert.throws(() => nearest(town, { ...here, lon: 181 }), RangeError);
  assert.throws(() => nearest(town, { ...here, hazard: 'snow' }), RangeError);
});

test('walking minutes round up and are never nought', () => {
  assert.deepEqual(walkMinutes(0), [1, 1]);
  assert.deepEqual(walkMinutes(46), [1, 3]);
  assert.deepEqual(walkMinutes(47), [2, 3]);
  assert.deepEqual(walkMinutes(1000), [22, 50]);
});

test('the module costs a phone at most 3 kB', () => {
  const source = readFileSync(new URL('../../static/js/lib/shelters.js', import.meta.url));
  assert.ok(gzipSync(source).length <= 3000);
});
