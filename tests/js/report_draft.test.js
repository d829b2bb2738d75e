import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { LIFE_MS, bodyOf, fieldOf, isBlank, lacking, newDraft, sortedOut } from '../../static/js/lib/report_draft.js';

const at = (key, savedAt, more = {}) => ({ ...newDraft(key, 'me', savedAt), ...more });

test('a new draft is blank until something is said', () => {
  const draft = newDraft('k', 'me', 0);
  assert.ok(isBlank(draft));
  for (const said of [{ category: 'road' }, { description: 'あ' }, { photos: [{}] }, { placeText: 'い' }, { assetNumber: '1' }]) {
    assert.ok(!isBlank({ ...draft, ...said }));
  }
});

test('the newest draft is gone on with, for 72 hours, and no other is lost', () => {
  const now = 10 * LIFE_MS;
  const found = sortedOut([at('old', now - 9), at('new', now - 1)], 'me', now);
  assert.equal(found.draft.key, 'new');
  assert.deepEqual(found.over, []);
  const late = sortedOut([at('late', now - LIFE_MS)], 'me', now);
  assert.equal(late.draft, null);
  assert.equal(late.over.length, 1);
});

test('what is being sent is never too old', () => {
  const now = 10 * LIFE_MS;
  const found = sortedOut([at('a', 0, { state: 'sending' })], 'me', now);
  assert.deepEqual([found.sending.length, found.over.length, found.draft], [1, 0, null]);
});

test('somebody else on the same phone sees nothing of mine', () => {
  const found = sortedOut([at('a', 99), at('b', 99, { state: 'sending' })], 'you', 100);
  assert.deepEqual([found.draft, found.sending.length, found.over.length], [null, 0, 0]);
  const later = sortedOut([at('a', 99), at('b', 99, { state: 'sending' })], 'you', 99 + LIFE_MS);
  assert.equal(later.over.length, 2);
});

test('the text for the server holds what the API knows, and nothing else', () => {
  const draft = at('k', 0, {
    category: 'light', description: ' 消えている ', placeText: '橋の横', assetNumber: ' 123 ', answers: { kind: 'off' },
    place: { way: 'position', lat: 35.6, lon: 140.2, accuracy: 24.6, name: '川端町' },
  });
  assert.deepEqual(bodyOf(draft), {
    category: 'light', description: '消えている', lat: 35.6, lon: 140.2, accuracy_m: 25, place_way: 'position',
    place_text: '橋の横', asset_number: '123', answers: { kind: 'off' },
  });
  assert.ok(!('name' in bodyOf(draft)) && bodyOf(at('k', 0)).accuracy_m === null);
});

test('a long report stays small on the way', () => {
  const draft = at('k', 0, { description: 'あ'.repeat(600), place: { way: 'pin', lat: 35.123456, lon: 140.123456, accuracy: null, name: '' } });
  assert.ok(new TextEncoder().encode(JSON.stringify(bodyOf(draft))).length <= 3 * 1024);
});

test('what is lacking is named in the order of the page', () => {
  assert.deepEqual(lacking(at('k', 0), ['what']), ['category', 'answers.what', 'place']);
  const place = { way: 'pin', lat: 1, lon: 1, accuracy: null, name: '' };
  assert.deepEqual(lacking(at('k', 0, { category: 'a', place, answers: { what: ' ' } }), ['what']), ['answers.what']);
  assert.deepEqual(lacking(at('k', 0, { category: 'a', place, answers: { what: 'b' } }), ['what']), []);
});

test('errors of the server find their field', () => {
  for (const name of ['lat', 'lon', 'accuracy_m', 'place']) assert.equal(fieldOf(name), 'place');
  for (const name of ['category', 'description', 'answers.kind']) assert.equal(fieldOf(name), name);
});
