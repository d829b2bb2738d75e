import assert from 'node:assert/strict';
import test from 'node:test';

import { nearest, readTown } from '../../static/js/lib/shelters.js';
import { welfareOnly } from '../../static/js/lib/welfare.js';

const fields = ['id', 'name', 'kana', 'address', 'lat', 'lon', 'kind', 'fits', 'always', 'capacity', 'remarks', 'target', 'floors', 'phone'];
const row = (id, kind, lat) => [id, id, '', '', lat, 136.9, kind, 'uuuuuuuu', false, null, '', '', '', ''];
const snapshot = {
  version: 's1',
  hazards: ['flood', 'landslide', 'storm_surge', 'earthquake', 'tsunami', 'fire', 'inland_flood', 'volcano'],
  fields,
  rows: [row('a', 'site', 35.2), row('far', 'welfare', 35.3), row('b', 'shelter', 35.2), row('near', 'welfare', 35.21)],
};
const status = {
  snapshot: 's1', version: '1', at: '2026-11-22T05:00:00Z', stale_after_min: 180, far_m: 5000,
  disaster: { id: 'd', name: 'd', hazards: ['flood'], drill: false, started_at: '2026-11-22T04:00:00Z' },
  opening: 'oouo', level: '-e-f', people: [1, 2, 3, 4], updated: [1, 2, 3, 4], notes: { 1: 'first', 2: 'other', 3: 'second' },
};

test('every column keeps to its row when only welfare places remain', () => {
  const only = welfareOnly(snapshot, status);
  assert.deepEqual(only.snapshot.rows.map(([id]) => id), ['far', 'near']);
  assert.deepEqual([only.status.opening, only.status.level], ['oo', 'ef']);
  assert.deepEqual([only.status.people, only.status.updated], [[2, 4], [2, 4]]);
  assert.deepEqual(only.status.notes, { 0: 'first', 1: 'second' });
});

test('the files themselves stay as they were', () => {
  const before = JSON.stringify([snapshot, status]);
  welfareOnly(snapshot, status);
  assert.equal(JSON.stringify([snapshot, status]), before);
});

test('the ordinary order lists them, the nearest first where nothing else decides', () => {
  const calm = welfareOnly(snapshot, { ...status, disaster: null });
  const { shelters } = nearest(readTown(calm.snapshot, calm.status), { lat: 35.2, lon: 136.9, now: 0, purpose: 'stay' });
  assert.deepEqual(shelters.map(({ id }) => id), ['near', 'far']);
});
