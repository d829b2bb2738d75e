import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { newDraft } from '../../static/js/lib/report_draft.js';
import { makeSender, outcomeOf, pauseAfter } from '../../static/js/lib/report_sender.js';

/** A phone and a town between which every answer can be lost. */
function world(script = []) {
  const reports = new Map(); // key -> {number, photos}
  const said = { posts: 0, uploads: 0, kept: [], dropped: [] };
  const next = () => script.shift() || 'ok';
  const fail = (what) => {
    if (what === 'lost') throw new TypeError('no answer');
    if (typeof what === 'object') throw Object.assign(new Error('no'), what);
  };
  const ways = {
    post: async (body, key) => {
      said.posts += 1;
      const what = next();
      if (what === 'dead') throw new TypeError('no way there');
      if (typeof what !== 'object' && !reports.has(key)) reports.set(key, { number: `26-${reports.size + 1}`, photos: new Set(), body });
      fail(what);
      return { id: key, number: reports.get(key).number, url: `/x/${key}` };
    },
    photo: async (ref, bytes) => {
      said.uploads += 1;
      const what = next();
      if (what === 'dead') throw new TypeError('no way there');
      if (typeof what !== 'object') reports.get(ref).photos.add(bytes.name);
      fail(what);
    },
    store: {
      put: async (draft) => { said.kept.push(structuredClone(draft)); },
      drop: async (key) => { said.dropped.push(key); },
      bytes: async (id) => ({ name: id }),
    },
    changed: () => {},
  };
  return { reports, said, send: makeSender(ways) };
}

const draftWith = (photos = 0) => ({
  ...newDraft('k'.repeat(32), 'o', 0),
  state: 'sending',
  category: 'road',
  place: { way: 'pin', lat: 35, lon: 140, accuracy: null, name: '' },
  photos: Array.from({ length: photos }, (_unused, index) => ({ id: `p${index}`, type: 'image/jpeg', size: 1, sent: false })),
});

test('the text goes first, then each photo, and then nothing is kept', async () => {
  const { reports, said, send } = world();
  const draft = draftWith(2);
  assert.equal((await send(draft)).kind, 'done');
  assert.deepEqual([said.posts, said.uploads, said.dropped.length], [1, 2, 1]);
  assert.deepEqual([...reports.get(draft.key).photos], ['p0', 'p1']);
});

test('a lost answer leads to a second sending under the same key, and to one report', async () => {
  const { reports, send } = world(['lost', 'lost', 'ok', 'lost', 'ok']);
  const draft = draftWith(1);
  const kinds = [];
  for (let round = 0; round < 4; round += 1) kinds.push((await send(draft)).kind);
  assert.deepEqual(kinds, ['later', 'later', 'later', 'done']);
  assert.equal(reports.size, 1);
  assert.equal(reports.get(draft.key).photos.size, 1);
});

test('what was sent is known after the page was killed: nothing is sent twice', async () => {
  const { said, send } = world(['ok', 'ok', 'dead', 'ok']);
  await send(draftWith(2));
  const restored = said.kept[said.kept.length - 1]; // what a new page finds
  assert.equal((await send(restored)).kind, 'done');
  assert.deepEqual([said.posts, said.uploads], [1, 3]);
});

test('two taps at once are one sending', async () => {
  const { said, send } = world();
  const draft = draftWith(1);
  await Promise.all([send(draft), send(draft), send(draft)]);
  assert.deepEqual([said.posts, said.uploads], [1, 1]);
});

test('a photo that is refused does not hold the others back', async () => {
  const { reports, said, send } = world(['ok', { status: 422, title: '写真として読めません。' }, 'ok']);
  const draft = draftWith(2);
  assert.equal((await send(draft)).kind, 'done');
  assert.equal(draft.photos[0].refused, '写真として読めません。');
  assert.deepEqual([...reports.get(draft.key).photos], ['p1']);
  assert.equal(said.dropped.length, 1);
});

test('a full disk keeps the photos and the report stands', async () => {
  const { reports, said, send } = world(['ok', { status: 507, title: '写真をお預かりできません。' }, 'ok']);
  const draft = draftWith(1);
  const held = await send(draft);
  assert.deepEqual([held.kind, held.wait > 0, draft.receipt.number, said.dropped.length], ['later', true, '26-1', 0]);
  assert.equal((await send(draft)).kind, 'done');
  assert.equal(reports.get(draft.key).photos.size, 1);
});

test('each kind of no has its own meaning', () => {
  const kinds = { 401: 'sign_in', 403: 'reload', 408: 'later', 409: 'later', 413: 'mend', 422: 'mend', 429: 'later', 500: 'later', 503: 'later', 507: 'later' };
  for (const [status, kind] of Object.entries(kinds)) assert.equal(outcomeOf({ status: Number(status) }).kind, kind, status);
  assert.equal(outcomeOf(new TypeError('gone')).kind, 'later');
  assert.equal(outcomeOf({ status: 422, code: 'idempotency_key_reused' }).kind, 'twice');
  const stop = { title: '電話してください' };
  assert.equal(outcomeOf({ status: 422, problem: { stop } }).stop, stop);
});

test('pauses double and end at a minute', () => {
  assert.deepEqual([0, 1, 2, 3, 6, 50].map(pauseAfter), [1000, 2000, 4000, 8000, 60000, 60000]);
});
