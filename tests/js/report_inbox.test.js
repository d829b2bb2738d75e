// @ts-check
/** The inbox's addresses and keys. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { areaOf, areaText, extentOf, keyAction, stepped, withArea } from '../../static/js/lib/report_inbox.js';

test('a part of the map goes into an address and comes back', () => {
  const text = areaText([140.2941681, 35.6, 140.3, 35.61]);
  assert.equal(text, '140.29417,35.60000,140.30000,35.61000');
  assert.deepEqual(areaOf(`?status=asked&bbox=${text}`), [140.29417, 35.6, 140.3, 35.61]);
});

test('what is no rectangle is no part of the map', () => {
  ['', '?bbox=', '?bbox=1,2,3', '?bbox=a,b,c,d', '?bbox=141,35,140,36', '?bbox=140,36,141,35', '?bbox=1,2,3,4,5'].forEach(
    (search) => assert.equal(areaOf(search), null, search),
  );
});

test('a moved map keeps the question and begins with its first page', () => {
  const asked = withArea('?q=%E7%A9%B4&after=120_2026-11-22&bbox=1,2,3,4', [140, 35, 141, 36]);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(asked)), {
    q: '穴', bbox: '140.00000,35.00000,141.00000,36.00000',
  });
});

test('the extent holds every place, and nothing has none', () => {
  assert.deepEqual(extentOf([35.2, 35.1], [140.1, 140.4]), [140.1, 35.1, 140.4, 35.2]);
  assert.equal(extentOf([], []), null);
});

const quiet = { ctrlKey: false, altKey: false, metaKey: false, isComposing: false };

test('keys mean something outside fields only', () => {
  const list = { tagName: 'A' };
  assert.deepEqual(['j', 'k', 'x', '/', '?', 'q', 'Enter'].map((key) => keyAction({ ...quiet, key }, list)), [
    'next', 'previous', 'pick', 'search', 'help', '', '',
  ]);
  assert.equal(keyAction({ ...quiet, key: 'j' }, null), 'next');
  assert.equal(keyAction({ ...quiet, key: 'x' }, { tagName: 'INPUT', type: 'checkbox' }), 'pick');
  [{ tagName: 'INPUT', type: 'search' }, { tagName: 'TEXTAREA' }, { tagName: 'SELECT' },
    { tagName: 'DIV', isContentEditable: true }].forEach((target) => (
    assert.equal(keyAction({ ...quiet, key: 'j' }, target), '')
  ));
});

test('keys held together with others, and those of a kana conversion, are not ours', () => {
  ['ctrlKey', 'altKey', 'metaKey', 'isComposing'].forEach((held) => (
    assert.equal(keyAction({ ...quiet, key: 'j', [held]: true }, null), '')
  ));
});

test('steps stop at both ends', () => {
  assert.equal(stepped(-1, 3, 1), 0);
  assert.equal(stepped(-1, 3, -1), 2);
  assert.equal(stepped(0, 3, -1), 0);
  assert.equal(stepped(1, 3, 1), 2);
  assert.equal(stepped(2, 3, 1), 2);
  assert.equal(stepped(-1, 0, 1), -1);
});
