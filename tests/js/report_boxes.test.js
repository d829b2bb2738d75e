// @ts-check
/** Boxes on a picture: where a pointer went, what keys do, what a form says. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { between, carried, nudged, read } from '../../static/js/lib/report_boxes.js';

test('a box is the same from whichever corner it was drawn', () => {
  const box = { left: 10, top: 20, width: 30, height: 40 };
  assert.deepEqual(between({ x: 10, y: 20 }, { x: 40, y: 60 }), box);
  assert.deepEqual(between({ x: 40, y: 60 }, { x: 10, y: 20 }), box);
  assert.deepEqual(between({ x: 40, y: 20 }, { x: 10, y: 60 }), box);
});

test('a box ends at the edge of the picture', () => {
  assert.deepEqual(between({ x: -50, y: 90 }, { x: 20, y: 190 }), { left: 0, top: 90, width: 20, height: 10 });
});

test('a tap that slipped hides nothing', () => {
  assert.equal(between({ x: 10, y: 10 }, { x: 10.2, y: 60 }), null);
  assert.equal(between({ x: 10, y: 10 }, { x: 60, y: 10 }), null);
  assert.equal(between({ x: 120, y: 10 }, { x: 160, y: 60 }), null);
});

test('arrow keys move a box, and with shift its far corner, never over the edge', () => {
  const box = { left: 0, top: 98, width: 99, height: 2 };
  assert.deepEqual(nudged(box, 'ArrowLeft', false), box);
  assert.deepEqual(nudged(box, 'ArrowDown', false), box);
  assert.deepEqual(nudged(box, 'ArrowUp', false), { ...box, top: 97 });
  assert.deepEqual(nudged(box, 'ArrowRight', true), { ...box, width: 100 });
  assert.deepEqual(nudged(box, 'ArrowDown', true), box);
  assert.deepEqual(nudged({ ...box, width: 0.7 }, 'ArrowLeft', true), { ...box, width: 0.5 });
  assert.deepEqual(nudged(box, 'a', false), box);
});

test('a row that is empty or no number is no box', () => {
  assert.deepEqual(read(['1', '2', '3', '4.5']), { left: 1, top: 2, width: 3, height: 4.5 });
  assert.equal(read(['', '2', '3', '4']), null);
  assert.equal(read(['x', '2', '3', '4']), null);
  assert.equal(read(['1', '2', '3', 'Infinity']), null);
});

test('a box that is carried keeps its size and stays on the picture', () => {
  const box = { left: 10, top: 20, width: 30, height: 40 };
  assert.deepEqual(carried(box, 5, -3), { left: 15, top: 17, width: 30, height: 40 });
  assert.deepEqual(carried(box, 500, -300), { left: 70, top: 0, width: 30, height: 40 });
});

test('a box that is carried stays what it was besides', () => {
  const box = { left: 10, top: 20, width: 30, height: 40, proposed: true };
  assert.equal(carried(box, 1, 1).proposed, true);
});
