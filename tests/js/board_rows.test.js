// @ts-check
import assert from 'node:assert/strict';
import test from 'node:test';

import { inOrder, insertions, named, needsMoved } from '../../static/js/lib/board_rows.js';

/** @param {string[]} shown @param {string[]} wanted */
function applied(shown, wanted) {
  const list = [...shown];
  insertions(shown, wanted).forEach(({ id, before }) => {
    const at = before === null ? list.length : list.indexOf(before);
    assert.notEqual(at, -1, `${before} stands there when ${id} comes`);
    list.splice(at, 0, id);
  });
  return list;
}

test('values stand under their names', () => {
  assert.deepEqual(named(['id', 'note'], ['a', '']), { id: 'a', note: '' });
});

test('a new row comes before the one that follows it in the answer', () => {
  assert.deepEqual(applied(['a', 'c'], ['a', 'b', 'c']), ['a', 'b', 'c']);
  assert.deepEqual(applied([], ['a', 'b']), ['a', 'b']);
  assert.deepEqual(applied(['a'], ['a', 'x', 'y']), ['a', 'x', 'y']);
});

test('a row that stands there is never moved, in another order or not asked for any more', () => {
  assert.deepEqual(applied(['c', 'a', 'gone'], ['a', 'n', 'c']), ['n', 'c', 'a', 'gone']);
});

test('whatever comes, shown rows keep their order and every wanted row is there once', () => {
  let seed = 11;
  const random = (/** @type {number} */ n) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % n;
  };
  const some = () => {
    const ids = Array.from({ length: 12 }, (_one, n) => `r${n}`).filter(() => random(3) > 0);
    return ids.map((id) => ({ id, at: random(1000) })).sort((a, b) => a.at - b.at).map(({ id }) => id);
  };
  for (let round = 0; round < 500; round += 1) {
    const [shown, wanted] = [some(), some()];
    const list = applied(shown, wanted);
    assert.deepEqual(list.filter((id) => shown.includes(id)), shown);
    assert.equal(new Set(list).size, list.length);
    wanted.forEach((id) => assert.ok(list.includes(id)));
  }
});

test('only what was ticked or cleared is said of needs', () => {
  assert.deepEqual(needsMoved(['water'], ['water', 'food']), { add: ['food'], remove: [] });
  assert.deepEqual(needsMoved(['water', 'food'], ['food']), { add: [], remove: ['water'] });
  assert.equal(needsMoved(['water'], ['water']), null);
});

test('order is as in the answer only if every row is', () => {
  assert.equal(inOrder(['a', 'b'], ['a', 'b']), true);
  assert.equal(inOrder(['b', 'a'], ['a', 'b']), false);
  assert.equal(inOrder(['a', 'b', 'x'], ['a', 'b']), false);
});
