// @ts-check
/**
 * Brings a report to the town: its text first, then each photo by itself, under the one key it was begun with. What talks
 * to the network and to the storage is handed in, so the whole of it runs in a test.
 */

import { bodyOf, unsentPhotos } from './report_draft.js';

/** @typedef {import('./report_draft.js').Draft} Draft */
/**
 * @typedef {object} Ways
 * @property {(body: any, key: string) => Promise<any>} post the text; resolves with the receipt
 * @property {(ref: string, bytes: Blob) => Promise<any>} photo
 * @property {{put: (draft: Draft) => Promise<void>, drop: (key: string) => Promise<void>,
 *   bytes: (id: string) => Promise<Blob | null>}} store
 * @property {(draft: Draft) => void} changed
 */
/**
 * @typedef {object} Outcome
 * @property {'done' | 'later' | 'sign_in' | 'reload' | 'mend' | 'twice'} kind
 * @property {string} why a sentence of the server's, or empty
 * @property {number} wait at least so many milliseconds until the next try
 * @property {{field: string, code: string, message: string}[]} errors
 * @property {any} [stop]
 */

const FULL_WAIT_MS = 60_000;
const MOST_PAUSE_MS = 60_000;

/** Pause before try number `tries` + 1: 1, 2, 4 … s, at most a minute. @param {number} tries */
export const pauseAfter = (tries) => Math.min(MOST_PAUSE_MS, 1000 * 2 ** Math.min(tries, 10));

/** What an answer that says no means for the whole report. @param {any} error @returns {Outcome} */
export function outcomeOf(error) {
  const status = Number(error?.status || 0);
  const why = String(error?.title || '');
  const errors = error?.errors || [];
  const plain = { why, errors, wait: 0 };
  if (status === 401) return { ...plain, kind: 'sign_in' };
  if (status === 403) return { ...plain, kind: 'reload' }; // the form's token is of an older session
  if (error?.code === 'idempotency_key_reused') return { ...plain, kind: 'twice' };
  if (status === 429 || status === 507) return { ...plain, kind: 'later', wait: FULL_WAIT_MS };
  if (status === 408 || status === 409 || status >= 500 || status < 400) return { ...plain, kind: 'later' };
  return { ...plain, kind: 'mend', stop: error?.problem?.stop };
}

/** @param {Ways} ways */
export function makeSender({ post, photo, store, changed }) {
  /** @type {Map<string, Promise<Outcome>>} */
  const running = new Map();

  /** @param {Draft} draft */
  async function keep(draft) {
    await store.put(draft);
    changed(draft);
  }

  /** @param {Draft} draft @returns {Promise<Outcome | null>} null: the town has the text */
  async function sendText(draft) {
    if (draft.receipt) return null;
    try {
      const { id, number, url } = await post(bodyOf(draft), draft.key);
      draft.receipt = { id, number, url };
    } catch (error) {
      return outcomeOf(error);
    }
    await keep(draft);
    return null;
  }

  /** @param {Draft} draft @param {import('./report_draft.js').Photo} one @returns {Promise<Outcome | null>} */
  async function sendPhoto(draft, one) {
    const bytes = await store.bytes(one.id);
    let refused = '';
    try {
      if (bytes && draft.receipt) await photo(draft.receipt.id, bytes);
    } catch (error) {
      const outcome = outcomeOf(error);
      // A photo that the town will never take must not hold the others back, nor be asked about for ever.
      if (!['mend', 'twice'].includes(outcome.kind) && /** @type {any} */ (error)?.status !== 409) return outcome;
      refused = outcome.errors[0]?.message || outcome.why || ' ';
    }
    one.sent = true;
    if (refused) /** @type {any} */ (one).refused = refused;
    await keep(draft);
    return null;
  }

  /** @param {Draft} draft @returns {Promise<Outcome>} */
  async function sendAll(draft) {
    const stopped = await sendText(draft);
    if (stopped) return stopped;
    for (const one of unsentPhotos(draft)) {
      const held = await sendPhoto(draft, one);
      if (held) return held;
    }
    await store.drop(draft.key);
    return { kind: 'done', why: '', errors: [], wait: 0 };
  }

  /**
   * Send what is still to be sent of it, once. A second call for the same report waits for the first.
   * @param {Draft} draft
   */
  return (draft) => {
    const going = running.get(draft.key) || sendAll(draft).finally(() => running.delete(draft.key));
    running.set(draft.key, going);
    return going;
  };
}
