import assert from 'node:assert/strict';
import test from 'node:test';

import {
  FOLD_MS, bodyOf, decided, nextToSend, overlaid, settled, stepFrom, tapped, undecided, unsent,
} from '../../static/js/lib/change_queue.js';
import { makeSender, verdictOf } from '../../static/js/lib/change_sender.js';

const STATUS = { opening: 'open', people: 5, level: null, level_by_hand: false, note: '', needs: [], version: 7 };

/** @param {any[]} taps [change, at] in order */
function queueOf(taps) {
  let entries = [];
  taps.forEach(([change, now], index) => {
    ({ entries } = tapped(entries, change, { key: `k${index}`, now, base: 7 }));
  });
  return entries;
}

test('steps within a second and a half are one change with the first key', () => {
  const entries = queueOf([[{ people_change: 1 }, 0], [{ people_change: 1 }, 1000], [{ people_change: 10 }, 2400]]);
  assert.deepEqual(entries.map((one) => [one.key, one.change.people_change]), [['k0', 12]]);
  assert.equal(queueOf([[{ people_change: 1 }, 0], [{ people_change: 1 }, FOLD_MS + 1]]).length, 2);
});

test('a change that may have left the phone does not grow any more', () => {
  const entries = queueOf([[{ people_change: 1 }, 0]]);
  entries[0].tried = true;
  const { entries: after } = tapped(entries, { people_change: 1 }, { key: 'k9', now: 100, base: 7 });
  assert.deepEqual(after.map((one) => one.change.people_change), [1, 1]);
});

test('steps that cancel out are no change, and the storage hears of it', () => {
  const entries = queueOf([[{ people_change: 1 }, 0]]);
  const { entries: after, gone } = tapped(entries, { people_change: -1 }, { key: 'k1', now: 500, base: 7 });
  assert.deepEqual([after, gone], [[], ['k0']]);
});

test('only steps are folded: a head count, an opening and a note stay what they are', () => {
  for (const change of [{ people: 3 }, { opening: 'open' }, { note: 'a' }, {}]) {
    assert.equal(queueOf([[change, 0], [change, 10]]).length, 2);
  }
});

test('a step waits while the thumb is at it, and no longer once something else is tapped', () => {
  const one = queueOf([[{ people_change: 1 }, 0]]);
  assert.equal(nextToSend(one, FOLD_MS - 1), null);
  assert.equal(nextToSend(one, FOLD_MS)?.key, 'k0');
  assert.equal(nextToSend(queueOf([[{ people_change: 1 }, 0], [{ opening: 'open' }, 10]]), 20)?.key, 'k0');
});

test('a clock that is put back holds nothing back', () => {
  const entries = queueOf([[{ people_change: 1 }, 7_200_000]]);
  assert.equal(nextToSend(entries, 3_600_000)?.key, 'k0');
  entries[0].from = 7_203_000;
  assert.equal(nextToSend(entries, 3_600_000)?.key, 'k0');
  assert.equal(nextToSend(entries, 7_202_000), null);
});

test('what waits for the person holds back only what speaks of the same thing', () => {
  let entries = queueOf([[{ people: 120 }, 0], [{ people_change: 1 }, 10], [{ opening: 'open' }, 20], [{}, 30]]);
  entries = settled(entries, 'k0', { kind: 'conflict', theirs: STATUS });
  assert.equal(nextToSend(entries, 9000)?.key, 'k2');
  entries = settled(entries, 'k2', { kind: 'ok' });
  assert.equal(nextToSend(entries, 9000)?.key, 'k3');
  entries = settled(entries, 'k3', { kind: 'ok' });
  assert.equal(nextToSend(entries, 9000), null);
  entries = decided(entries, 'k0', { key: 'anew', now: 9000, base: 8 }).entries;
  assert.deepEqual([nextToSend(entries, 9000)?.key, nextToSend(entries, 9000)?.base], ['anew', 8]);
});

test('to let a change go lets the ones behind it through', () => {
  let entries = queueOf([[{ people: 120 }, 0], [{ people_change: 1 }, 10]]);
  entries = settled(entries, 'k0', { kind: 'doubt', why: '?' });
  assert.equal(undecided(entries).length, 1);
  assert.equal(nextToSend(decided(entries, 'k0', null).entries, 9000)?.key, 'k1');
});

test('a count that is typed anew takes the place of one that was doubted or refused for another', () => {
  for (const kind of ['doubt', 'conflict']) {
    const asked = settled(queueOf([[{ people: 1200 }, 0], [{ people_change: 2 }, 10]]), 'k0', { kind });
    const { entries, gone } = tapped(asked, { people: 120 }, { key: 'k9', now: 60, base: 7 });
    assert.deepEqual([entries.map((one) => one.key), gone], [['k1', 'k9'], ['k0']]);
    assert.equal(nextToSend(entries, 9000)?.key, 'k1');
    assert.deepEqual(undecided(entries), []);
  }
});

test('the same holds where the new count was typed before anybody doubted the old one', () => {
  const entries = settled(queueOf([[{ people: 1200 }, 0], [{ people: 120 }, 10]]), 'k0', { kind: 'doubt' });
  assert.deepEqual(entries.map((one) => [one.key, one.state]), [['k1', 'waiting']]);
});

test('steps and other things answer no question about a count', () => {
  for (const change of [{ people_change: 1 }, { opening: 'open' }, { note: 'a' }, {}, { undo: 3 }]) {
    const asked = settled(queueOf([[{ people: 1200 }, 0]]), 'k0', { kind: 'doubt' });
    const { entries, gone } = tapped(asked, change, { key: 'k9', now: 60, base: 7 });
    assert.deepEqual([entries.length, gone], [2, []], JSON.stringify(change));
  }
});

test('another opening, level or memo answers the question about the first', () => {
  for (const [mine, anew] of [
    [{ opening: 'open' }, { opening: 'closed' }], [{ level: 'full' }, { level: 'auto' }], [{ note: 'a' }, { note: '' }],
  ]) {
    const asked = settled(queueOf([[mine, 0]]), 'k0', { kind: 'conflict', theirs: STATUS });
    assert.deepEqual(tapped(asked, anew, { key: 'k9', now: 60, base: 7 }).entries.map((one) => one.key), ['k9']);
  }
});

test('an undo that came too late is told, and holds nothing up', () => {
  const entries = settled(queueOf([[{ undo: 4 }, 0], [{ people: 12 }, 10]]), 'k0', { kind: 'conflict', theirs: STATUS });
  assert.equal(undecided(entries).length, 1);
  assert.equal(nextToSend(entries, 9000)?.key, 'k1');
});

test('a count the person stands by keeps its place before what was added to it', () => {
  const asked = settled(queueOf([[{ people: 1200 }, 0], [{ people_change: 3 }, 10]]), 'k0', { kind: 'doubt' });
  const { entry } = decided(asked, 'k0', { key: 'anew', now: 9000, base: 7 });
  assert.deepEqual([entry.touched, entry.at], [0, 9000]);
});

test('a count the person stands by says so', () => {
  const entries = settled(queueOf([[{ people: 900 }, 0]]), 'k0', { kind: 'doubt' });
  const { entry } = decided(entries, 'k0', { key: 'anew', now: 60, base: 7 });
  assert.deepEqual(entry.change, { people: 900, confirmed: true });
});

test('nothing that did not arrive is dropped when the pass is over', () => {
  const entries = queueOf([[{ opening: 'closed' }, 0], [{ people_change: 2 }, 10]]);
  const after = settled(entries, 'k0', { kind: 'lost', why: 'over' });
  assert.deepEqual(after.map((one) => [one.key, one.state]), [['k0', 'lost'], ['k1', 'lost']]);
  assert.equal(nextToSend(after, 9000), null);
});

test('what is shown is the last answer with everything still on its way', () => {
  const entries = queueOf([
    [{ people_change: 3 }, 0], [{ opening: 'closed' }, 10], [{ level: 'full' }, 20],
    [{ needs_added: ['water', 'food'] }, 30], [{ needs_removed: ['water'] }, 40], [{ note: '雨もり' }, 50],
  ]);
  assert.deepEqual(overlaid(STATUS, entries), {
    opening: 'closed', people: 8, level: 'full', level_by_hand: true, note: '雨もり', needs: ['food'], version: 7,
  });
  assert.equal(overlaid({ ...STATUS, people: null }, queueOf([[{ people_change: 2 }, 0]])).people, 2);
  assert.equal(overlaid(STATUS, queueOf([[{ people: 40 }, 0], [{ people_change: 2 }, 10]])).people, 42);
  assert.equal(overlaid(STATUS, queueOf([[{ level: 'auto' }, 0]])).level_by_hand, false);
});

test('nobody is taken away where nobody is seen', () => {
  assert.deepEqual([stepFrom(0, -10), stepFrom(4, -10), stepFrom(null, -1), stepFrom(4, 10)], [-0, -4, -0, 10]);
});

test('the age is counted in the phone and never negative', () => {
  const [entry] = queueOf([[{ opening: 'open' }, 10_000]]);
  assert.equal(bodyOf(entry, 3_610_500, 'd').age_s, 3600);
  assert.equal(bodyOf(entry, 5_000, 'd').age_s, 0);
});

test('each kind of no has its consequence', () => {
  const kind = (error) => verdictOf(error).kind;
  assert.equal(kind(new TypeError('Failed to fetch')), 'later');
  for (const status of [500, 502, 503, 429, 408]) assert.equal(kind({ status, code: 'x' }), 'later');
  assert.equal(kind({ status: 409, code: 'version_conflict', problem: { current: STATUS } }), 'conflict');
  assert.equal(kind({ status: 422, code: 'people_improbable' }), 'doubt');
  assert.equal(kind({ status: 409, code: 'disaster_over' }), 'lost');
  assert.equal(kind({ status: 404, code: 'pass_unknown' }), 'lost');
  assert.equal(kind({ status: 410, code: 'unknown' }), 'lost');
  assert.equal(kind({ status: 404, code: 'not_found' }), 'refused'); // an event that is not ours to take back
  assert.equal(kind({ status: 429, code: 'codes_blocked' }), 'refused'); // an hour of it must hold up nobody behind it
  assert.equal(kind({ status: 422, code: 'input_invalid', errors: [{ message: '長すぎます。' }] }), 'refused');
});

/** Seeded randomness, the same on every machine. @param {number} seed */
function mulberry(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const BELIEVED = 1000;

/** A server that counts, and refuses a key that comes back with another body. */
class Server {
  constructor(doubts = false) {
    this.doubts = doubts;
    this.people = 0;
    this.seen = new Map();
    this.order = [];
  }

  take(body) {
    const { age_s: _age, ...content } = body;
    const said = JSON.stringify(content);
    const before = this.seen.get(body.request_key);
    if (before !== undefined) {
      assert.equal(before, said, 'a key came back with another body');
      return;
    }
    if (this.doubts && body.people > BELIEVED && !body.confirmed) {
      throw Object.assign(new Error('people_improbable'), { status: 422, code: 'people_improbable' });
    }
    this.seen.set(body.request_key, said);
    this.order.push(body);
    if (body.people !== undefined) this.people = body.people;
    this.people += body.people_change || 0;
    assert.ok(this.people >= 0);
  }
}

/** A phone whose page dies and comes back; what it stored stays. */
class Phone {
  constructor(server, random, clock, name, flaw) {
    Object.assign(this, { server, random, clock, name, flaw, kept: new Map(), keys: 0, online: true });
    this.open();
  }

  open() {
    const alive = { yes: true };
    this.alive = alive;
    // A page that was killed neither stores nor sends any more.
    const living = (work) => async (...args) => {
      await Promise.resolve();
      if (!alive.yes) return new Promise(() => {});
      return work(...args);
    };
    this.sender = makeSender({
      store: {
        all: living(() => [...this.kept.values()].map((one) => structuredClone(one))),
        put: living((entry) => { if (this.flaw !== 'keeps nothing') this.kept.set(entry.key, structuredClone(entry)); }),
        drop: living((key) => { this.kept.delete(key); }),
      },
      post: living(async (body) => {
        if (!this.online || this.random() < 0.2) throw new TypeError('lost on the way there');
        const key = this.flaw === 'new keys' ? `${body.request_key}-${this.keys++}` : body.request_key;
        this.server.take({ ...body, request_key: key });
        await Promise.resolve();
        if (!alive.yes) return new Promise(() => {});
        if (this.random() < 0.2) throw new TypeError('lost on the way back');
        return { people: this.server.people };
      }),
      now: () => this.clock.ms,
      newKey: () => `${this.name}-${this.keys++}`,
      device: this.name,
      answered: () => {},
      changed: () => {},
    });
    return this.sender.load();
  }

  async kill() {
    this.alive.yes = false;
    await this.open();
  }
}

/** Let everything that waits in this turn go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function storm(seed, { phones, steps, counts, flaw = 'none' }) {
  const random = mulberry(seed);
  const clock = { ms: 1_000_000 };
  const server = new Server();
  const all = phones.map((name) => new Phone(server, random, clock, name, flaw));
  let sum = 0;
  for (let step = 0; step < steps; step += 1) {
    const phone = all[Math.floor(random() * all.length)];
    const dice = random();
    if (dice < 0.45) {
      const change = counts && random() < 0.2
        ? { people: Math.floor(random() * 300) } : { people_change: 1 + Math.floor(random() * 10) };
      sum = change.people === undefined ? sum + change.people_change : change.people;
      await phone.sender.add(change, 1);
    } else if (dice < 0.65) phone.sender.drain();
    else if (dice < 0.75) await phone.sender.drain();
    else if (dice < 0.85) phone.online = !phone.online;
    else if (dice < 0.92) await phone.kill();
    clock.ms += Math.floor(random() * 2000);
    if (random() < 0.5) await settle();
  }
  for (const phone of all) {
    phone.online = true;
    await phone.kill();
    clock.ms += 60_000;
    for (let turn = 0; turn < 200 && phone.sender.entries().length; turn += 1) {
      await phone.sender.drain();
      clock.ms += 5_000;
    }
    assert.deepEqual(phone.sender.entries(), []);
    assert.equal(phone.kept.size, 0);
  }
  return { server, sum };
}

/**
 * A teacher who slips, corrects, stands by, lets go, and only then looks up: what counts in the end is the last count
 * they stand by, and everybody who came after it.
 */
class Teacher {
  constructor(phone) {
    Object.assign(this, { phone, said: [], slips: 0, corrected: 0 });
  }

  async counts(people) {
    // A count typed anew is the answer to every count before it that nobody believes.
    const before = this.said.length;
    this.said = this.said.filter((one) => one.people === undefined || one.people <= BELIEVED || one.confirmed);
    this.corrected += before - this.said.length;
    if (people > BELIEVED) this.slips += 1;
    await this.phone.sender.add({ people }, 1);
    this.said.push({ people, key: this.phone.sender.entries().at(-1).key });
  }

  async adds(step) {
    this.said.push({ people_change: step });
    await this.phone.sender.add({ people_change: step }, 1);
  }

  async decides(stand) {
    const [asked] = undecided(this.phone.sender.entries());
    if (!asked) return;
    const mine = this.said.find((one) => one.key === asked.key);
    assert.ok(mine, 'asked about what was corrected');
    if (!stand) this.said = this.said.filter((one) => one !== mine);
    await this.phone.sender.decide(asked.key, stand ? { base: 1 } : null);
    if (stand) Object.assign(mine, { confirmed: true, key: this.phone.sender.entries().find((one) => one.change.confirmed
      && !this.said.some((other) => other.key === one.key)).key });
  }

  get sum() {
    return this.said.reduce((sum, one) => (one.people === undefined ? sum + one.people_change : one.people), 0);
  }
}

/** Every count that waits is sent, whatever was doubted before it. @param {any[]} entries */
function isFree(entries) {
  return entries.every((one, at) => one.state !== 'waiting' || one.change.people === undefined
    || !undecided(entries.slice(0, at)).length);
}

async function doubtfulStorm(seed, steps) {
  const random = mulberry(seed);
  const clock = { ms: 1_000_000 };
  const server = new Server(true);
  const phone = new Phone(server, random, clock, 'a', 'none');
  const teacher = new Teacher(phone);
  for (let step = 0; step < steps; step += 1) {
    const dice = random();
    if (dice < 0.25) await teacher.adds(1 + Math.floor(random() * 10));
    else if (dice < 0.36) await teacher.counts(Math.floor(random() * 300));
    else if (dice < 0.45) await teacher.counts(BELIEVED + 1 + Math.floor(random() * 9000));
    else if (dice < 0.53) await teacher.decides(random() < 0.5);
    else if (dice < 0.68) phone.sender.drain();
    else if (dice < 0.78) await phone.sender.drain();
    else if (dice < 0.87) phone.online = !phone.online;
    else if (dice < 0.93) await phone.kill();
    assert.ok(isFree(phone.sender.entries()), `seed ${seed}: a count waits behind one that was doubted`);
    clock.ms += Math.floor(random() * 2000);
    if (random() < 0.5) await settle();
  }
  phone.online = true;
  await phone.kill();
  clock.ms += 60_000;
  for (let turn = 0; turn < 400 && phone.sender.entries().length; turn += 1) {
    await phone.sender.drain();
    await teacher.decides(random() < 0.5);
    if (random() < 0.3) await phone.kill();
    clock.ms += 5_000;
  }
  assert.deepEqual(phone.sender.entries(), []);
  assert.equal(phone.kept.size, 0);
  return { server, teacher };
}

test('a page that died between keeping the new count and forgetting the old one asks nothing when it is back', async () => {
  const phone = new Phone(new Server(true), () => 1, { ms: 1_000_000 }, 'a', 'none');
  await phone.sender.add({ people: 1200 }, 1);
  await phone.sender.drain();
  const [doubted] = phone.sender.entries();
  assert.equal(doubted.state, 'doubt');
  phone.clock.ms += 5_000;
  await phone.sender.add({ people: 120 }, 1);
  phone.kept.set(doubted.key, doubted);
  await phone.kill();
  phone.clock.ms += 60_000;
  await phone.sender.drain();
  assert.deepEqual([phone.sender.entries(), phone.kept.size, phone.server.people], [[], 0, 120]);
});

test('300 storms of slips: what was corrected counts, nothing waits behind what nobody stands by', async () => {
  let [slips, corrected] = [0, 0];
  for (let seed = 2001; seed <= 2300; seed += 1) {
    const { server, teacher } = await doubtfulStorm(seed, 120);
    assert.equal(server.people, teacher.sum, `seed ${seed}`);
    slips += teacher.slips;
    corrected += teacher.corrected;
  }
  assert.ok(slips > 2000 && corrected > 1000, `${slips} slips, ${corrected} corrected: the storms are too small`);
});

test('200 storms of two phones: no tap is lost, none counts twice', async () => {
  let taps = 0;
  for (let seed = 1; seed <= 200; seed += 1) {
    const { server, sum } = await storm(seed, { phones: ['a', 'b'], steps: 120, counts: false });
    assert.equal(server.people, sum, `seed ${seed}`);
    taps += server.order.length;
  }
  assert.ok(taps > 2000, `only ${taps} changes arrived: the storms are too small`);
});

test('200 storms of one phone: head counts and steps arrive in the order they were tapped', async () => {
  for (let seed = 1001; seed <= 1200; seed += 1) {
    const { server, sum } = await storm(seed, { phones: ['a'], steps: 120, counts: true });
    assert.equal(server.people, sum, `seed ${seed}`);
    const order = server.order.map((body) => Number(body.request_key.split('-')[1]));
    assert.deepEqual(order, [...order].sort((a, b) => a - b), `seed ${seed}`);
  }
});

test('a sender that draws a new key for every try, or keeps nothing, is caught by the same storms', async () => {
  const counted = async (flaw) => {
    let wrong = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      const { server, sum } = await storm(seed, { phones: ['a', 'b'], steps: 120, counts: false, flaw });
      wrong += Math.abs(server.people - sum);
    }
    return wrong;
  };
  assert.ok(await counted('new keys') > 0);
  assert.ok(await counted('keeps nothing') > 0);
  assert.equal(await counted('none'), 0);
});

test('what waits is not what was refused', () => {
  const entries = settled(queueOf([[{ note: 'a' }, 0], [{}, 10]]), 'k0', { kind: 'refused', why: '長い' });
  assert.deepEqual(unsent(entries).map((one) => one.key), ['k1']);
});
