// @ts-check
/** Sentences for answers: which are proposed, and what stands in the field afterwards. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { fits, inserted } from '../../static/js/lib/report_templates.js';

test('sentences for another step are not proposed', () => {
  assert.equal(fits('fixed', 'fixed'), true);
  assert.equal(fits('fixed', 'planned'), false);
  assert.equal(fits('', 'planned'), true);
  assert.equal(fits('fixed', ''), true);
});

test('a sentence fills an empty field and takes the place of the one before', () => {
  assert.equal(inserted('', '', '直しました。'), '直しました。');
  assert.equal(inserted(' \n', '', '直しました。'), '直しました。');
  assert.equal(inserted('直しました。', '直しました。', '予定です。'), '予定です。');
});

test('what a person typed stays', () => {
  assert.equal(inserted('お待たせしました。', '', '直しました。'), 'お待たせしました。\n直しました。');
  assert.equal(inserted('昨日、直しました。', '直しました。', '予定です。'), '昨日、予定です。');
  assert.equal(inserted('自分の文', '消した文', ''), '自分の文');
});

test('signs of a pattern in a sentence are only signs', () => {
  assert.equal(inserted('a 古い', '古い', '$& $1'), 'a $& $1');
});
