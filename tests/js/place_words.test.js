import assert from 'node:assert/strict';
import test from 'node:test';

import {
  ageText, clockText, distanceText, fill, momentText, routes, walkText, wordFor,
} from '../../static/js/lib/place_words.js';

const words = {
  metres: '直線 約{n} m',
  kilometres: '直線 約{n} km',
  ageNow: '（いま）',
  ageMinutes: '（{n}分前）',
  ageHours: '（{n}時間前）',
  ageDays: '（{n}日前）',
  walk: '歩いて {low}〜{high}分',
  kindSiteAndShelter: '両方',
};
const MINUTE = 60000;

test('a distance is told in tens of metres, then in tenths of a kilometre, and is never 0', () => {
  const told = [0, 4, 14, 16, 994, 995, 999, 1000, 1049, 1051, 12345].map((m) => distanceText(words, m));
  assert.deepEqual(told, [
    '直線 約10 m', '直線 約10 m', '直線 約10 m', '直線 約20 m', '直線 約990 m', '直線 約1.0 km', '直線 約1.0 km',
    '直線 約1.0 km', '直線 約1.0 km', '直線 約1.1 km', '直線 約12.3 km',
  ]);
});

test('a walk is told as a range, and not at all beyond two brisk hours', () => {
  assert.equal(walkText(words, [8, 18]), '歩いて 8〜18分');
  assert.equal(walkText(words, [120, 277]), '歩いて 120〜277分');
  assert.equal(walkText(words, [121, 280]), '');
});

test('a time is told in Japan, whatever the phone is set to', () => {
  assert.equal(clockText(Date.parse('2026-11-22T05:05:59Z')), '14:05');
  assert.equal(clockText(Date.parse('2026-11-22T15:00:00Z')), '0:00');
});

test('an age is rounded down and never negative', () => {
  const ages = [-5, 0, 0.9, 1, 59.9, 60, 119, 1439, 1440, 4000].map((min) => ageText(words, 0, min * MINUTE));
  assert.deepEqual(ages, [
    '（いま）', '（いま）', '（いま）', '（1分前）', '（59分前）', '（1時間前）', '（1時間前）', '（23時間前）', '（1日前）',
    '（2日前）',
  ]);
});

test('a code leads to its sentence, and no code to none', () => {
  assert.equal(wordFor(words, 'kind', 'site_and_shelter'), '両方');
  assert.equal(wordFor(words, 'kind', null), '');
  assert.equal(wordFor(words, 'kind', 'unheard_of'), '');
});

test('what a place says is never read as a gap to fill', () => {
  assert.equal(fill('対象の人：{text}', { text: '{text} {n}' }), '対象の人：{text} {n}');
  assert.equal(fill('{toString} {n}', { n: 3 }).endsWith(' 3'), true);
  assert.equal(fill(undefined, {}), '');
});

test('directions start where the person is and go on foot', () => {
  const { google, apple } = routes(35.2, 136.9);
  assert.equal(new URL(google).searchParams.get('destination'), '35.2,136.9');
  assert.equal(new URL(google).searchParams.get('travelmode'), 'walking');
  assert.equal(new URL(apple).searchParams.get('dirflg'), 'w');
});

test('a moment is told in Japan time as the server tells it', () => {
  assert.equal(momentText(Date.UTC(2026, 10, 22, 5, 5)), '11月22日（日）14:05');
  assert.equal(momentText(Date.UTC(2025, 11, 31, 15, 0)), '1月1日（木）0:00');
  assert.equal(momentText(Date.UTC(2026, 1, 28, 14, 59)), '2月28日（土）23:59');
});
