// @ts-check
/**
 * Brings a queue of changes to the server, one after the other, and keeps each in the phone until it is answered.
 * What talks to the network, to the storage and to the clock is handed in, so the whole of it runs in a test.
 */

import { SETTLE_MS, bodyOf, current, decided, nextToSend, settled, tapped } from './change_queue.js';

/** @typedef {import('./change_queue.js').Entry} Entry */
/** @typedef {import('./change_queue.js').Change} Change */
/** @typedef {import('./change_queue.js').Verdict} Verdict */
/**
 * @typedef {object} Ways
 * @property {(body: any) => Promise<any>} post resolves with the server's answer; rejects where there was none, or a no
 * @property {{all: () => Promise<Entry[]>, put: (entry: Entry) => Promise<void>, drop: (key: string) => Promise<void>}}
 *   store
 * @property {() => number} now
 * @property {() => string} newKey
 * @property {string} device
 * @property {(answer: any) => void} answered the server took a change and said how things stand
 * @property {() => void} changed the queue is another one than before
 */

/** There is nobody any more who would take it. */
const OVER = ['pass_over', 'pass_unknown', 'disaster_over'];

/**
 * What an answer that says no means for the change. Whatever may pass by itself is tried again.
 * @param {any} error
 * @returns {Verdict}
 */
export function verdictOf(error) {
  const status = Number(error?.status || 0);
  const why = String(error?.title || '');
  if (error?.code === 'version_conflict') return { kind: 'conflict', theirs: error.problem?.current, why };
  if (error?.code === 'people_improbable') return { kind: 'doubt', why: error.errors?.[0]?.message || why };
  if (OVER.includes(error?.code) || status === 410) return { kind: 'lost', why };
  if (error?.code === 'codes_blocked') return { kind: 'refused', why }; // held back, it would hold back all behind it
  if (status >= 500 || status === 429 || status === 408 || status < 400) return { kind: 'later' };
  return { kind: 'refused', why: error.errors?.[0]?.message || why };
}

/** @param {Ways} ways */
export function makeSender({ post, store, now, newKey, device, answered, changed }) {
  /** @type {Entry[]} */
  let entries = [];
  /** @type {Promise<boolean> | null} */
  let draining = null;

  /** @param {Entry[]} next */
  const become = (next) => {
    entries = next;
    changed();
  };

  /** The storage forgets what was there before and is not any more. @param {Entry[]} before */
  async function forget(before) {
    const left = new Set(entries.map((one) => one.key));
    await Promise.all(before.filter((one) => !left.has(one.key)).map((one) => store.drop(one.key)));
  }

  /** Send one change. @param {Entry} entry @returns {Promise<boolean>} whether to go on */
  async function sendOne(entry) {
    entry.tried = true; // before anything can wait: from here on no tap may grow it
    await store.put(entry);
    /** @type {Verdict} */
    let verdict = { kind: 'ok' };
    let answer = null;
    try {
      answer = await post(bodyOf(entry, now(), device));
    } catch (error) {
      verdict = verdictOf(error);
    }
    if (verdict.kind === 'later') return false;
    const next = settled(entries, entry.key, verdict);
    if (verdict.kind === 'ok') await store.drop(entry.key);
    else await Promise.all(next.filter((one) => !entries.includes(one)).map((one) => store.put(one)));
    // Taps made while the storage worked are in `entries` and not in `next`: settle what is there now.
    if (verdict.kind === 'ok') answered(answer);
    const before = entries;
    become(settled(entries, entry.key, verdict));
    if (verdict.kind !== 'ok') await forget(before);
    return true;
  }

  async function drainAll() {
    for (let entry = nextToSend(entries, now()); entry; entry = nextToSend(entries, now())) {
      if (!(await sendOne(entry))) return false;
    }
    return true;
  }

  return {
    entries: () => entries,

    /** What the storage holds, as after a page that was killed. What stands there must not grow here. */
    async load() {
      const kept = await store.all();
      const mine = new Map(entries.map((entry) => [entry.key, entry]));
      const found = kept.map((entry) => mine.get(entry.key)
        || { ...entry, tried: true, from: entry.tried ? 0 : entry.touched + SETTLE_MS });
      // A tap of this moment may not have reached the storage when it was read.
      const young = entries.filter((one) => Math.max(one.at, one.touched) > now() - SETTLE_MS && !found.includes(one));
      const all = [...found, ...young].sort((a, b) => a.touched - b.touched || a.at - b.at);
      become(current(all));
      await forget(all);
    },

    /**
     * One tap. Resolves once it is kept.
     * @param {Change} change @param {number | null} base
     */
    async add(change, base) {
      const { entries: next, entry, gone } = tapped(entries, change, { key: newKey(), now: now(), base });
      become(next);
      if (entry) await store.put(entry);
      await Promise.all(gone.map((one) => store.drop(one)));
    },

    /**
     * The person decided on a change that waited for them.
     * @param {string} key @param {{base: number | null} | null} stand null: let it go
     */
    async decide(key, stand) {
      const anew = stand && { key: newKey(), now: now(), base: stand.base };
      const { entries: next, entry } = decided(entries, key, anew);
      become(next);
      if (entry) await store.put(entry);
      await store.drop(key);
    },

    /**
     * Send what may be sent. Resolves with false where the network or the server would not have it now.
     * @returns {Promise<boolean>}
     */
    drain() {
      draining = draining || drainAll().finally(() => {
        draining = null;
      });
      return draining;
    },
  };
}
