// @ts-check
/** Reports on their way: each a card that says how it stands, sent again by itself until the town has it. */

import { ApiError, send, upload } from '../core/http.js';
import { asBlob } from '../core/report_store.js';
import { unsentPhotos } from '../lib/report_draft.js';
import { makeSender, pauseAfter } from '../lib/report_sender.js';
import { filled, finder, lead, say } from './report_form_fields.js';

/** @typedef {import('../lib/report_draft.js').Draft} Draft */
/** @typedef {import('../lib/report_sender.js').Outcome} Outcome */

const RELOADED = 'machimado.report.reloaded';

const PATIENCE_MS = 15000;

/**
 * One page at a time sends a report, where the browser can tell pages apart. A page that was frozen while it sent must not
 * hold the others for ever: the key makes even two at once harmless.
 * @param {string} key @param {() => Promise<void>} work
 */
async function alone(key, work) {
  if (!navigator.locks) return work();
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return await navigator.locks.request(`machimado.report.${key}`, { signal: patience.signal }, () => {
      clearTimeout(timer);
      return work();
    });
  } catch (error) {
    if (!patience.signal.aborted) throw error;
    return work();
  }
}

/**
 * @param {HTMLElement} root
 * @param {{store: any, words: DOMStringMap, back: (draft: Draft, outcome: Outcome) => void, home: string}} world
 */
export function startParcels(root, { store, words, back, home }) {
  const ref = finder(root);
  /** @type {Map<string, {draft: Draft, card: HTMLElement, tries: number, timer: number, going: boolean, done: boolean}>} */
  const parcels = new Map();

  const sender = makeSender({
    post: (body, key) => send('POST', '/api/v1/reports', body, key),
    photo: (report, bytes) => upload(`/api/v1/reports/${encodeURIComponent(report)}/photos`, bytes),
    store: {
      put: store.put,
      drop: async (key) => {
        const held = parcels.get(key);
        if (held) await store.drop(held.draft, held.draft.photos.map((one) => one.id));
      },
      bytes: async (id) => {
        const kept = await store.photo(id);
        return kept ? asBlob(kept) : null;
      },
    },
    changed: (draft) => show(draft.key, 'sending', ''),
  });

  /** @param {string} key @param {'sending' | 'offline' | 'waiting' | 'done' | 'sign_in'} how @param {string} why */
  function show(key, how, why) {
    const held = parcels.get(key);
    if (!held) return;
    const { draft, card } = held;
    const part = finder(card);
    const left = unsentPhotos(draft).length;
    const titles = {
      sending: draft.receipt ? filled(String(words.photosGoing), { n: left }) : words.sending,
      offline: draft.receipt ? filled(String(words.photosWaiting), { n: left }) : words.offline,
      waiting: draft.receipt ? filled(String(words.photosWaiting), { n: left }) : words.waiting,
      sign_in: words.signIn,
      done: part('done').dataset.title,
    };
    card.dataset.how = how;
    card.dataset.tone = { done: 'ok', sending: 'info', sign_in: 'info', offline: 'warn', waiting: 'warn' }[how];
    say(part('title'), String(titles[how]));
    part('now').hidden = how !== 'offline' && how !== 'waiting';
    part('number').hidden = !draft.receipt;
    if (draft.receipt) {
      say(part('digits'), draft.receipt.number);
      part('look').href = draft.receipt.url;
    }
    part('go').hidden = how !== 'done';
    const refused = draft.photos.map((one) => /** @type {any} */ (one).refused).filter(Boolean);
    const lines = [why, how === 'done' ? String(part('done').dataset.more) : '', ...refused.map((one) => filled(String(words.photoRefused), { why: one }))];
    say(part('more'), lines.filter(Boolean).join(' '));
  }

  function signIn() {
    window.location.assign(`/liff/?${new URLSearchParams({ next: home })}`);
  }

  /** A token of an older session is renewed by the page itself, once. */
  function reload() {
    if (sessionStorage.getItem(RELOADED)) return false;
    sessionStorage.setItem(RELOADED, '1');
    window.location.reload();
    return true;
  }

  /** @param {string} key @param {Outcome} outcome */
  function settle(key, outcome) {
    const held = parcels.get(key);
    if (!held) return;
    if (outcome.kind === 'done') {
      held.done = true;
      sessionStorage.removeItem(RELOADED);
      show(key, 'done', '');
    } else if (outcome.kind === 'sign_in') {
      show(key, 'sign_in', '');
      signIn();
    } else if ((outcome.kind === 'mend' || outcome.kind === 'twice') && !held.draft.receipt) {
      parcels.delete(key);
      held.card.remove();
      back(held.draft, outcome);
    } else if (outcome.kind !== 'reload' || !reload()) {
      show(key, navigator.onLine && outcome.why ? 'waiting' : 'offline', outcome.why);
      held.timer = window.setTimeout(() => go(key), Math.max(outcome.wait, pauseAfter(held.tries)));
      held.tries += 1;
    }
  }

  /** @param {string} key */
  async function go(key) {
    const held = parcels.get(key);
    if (!held || held.done || held.going) return;
    clearTimeout(held.timer);
    held.going = true;
    show(key, 'sending', '');
    await alone(key, async () => {
      const outcome = await sender(held.draft);
      held.going = false;
      settle(key, outcome);
    });
  }

  function again() {
    parcels.forEach((held, key) => {
      held.tries = 0;
      go(key);
    });
  }

  window.addEventListener('online', again);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) again();
  });

  return {
    again,
    /** @param {Draft} draft @param {boolean} [seen] whether the person is led to its card */
    add(draft, seen = false) {
      if (parcels.has(draft.key)) return;
      const blank = /** @type {HTMLTemplateElement} */ (ref('parcel'));
      const card = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (blank.content.cloneNode(true)).firstElementChild);
      parcels.set(draft.key, { draft, card, tries: 0, timer: 0, going: false, done: false });
      ref('parcels').append(card);
      finder(card)('now').addEventListener('click', () => go(draft.key));
      go(draft.key);
      if (seen) lead(finder(card)('title'));
    },
    /** A report that was joined needs no sending; it is shown as one that arrived. @param {any} receipt @param {string} title */
    arrived(receipt, title) {
      const blank = /** @type {HTMLTemplateElement} */ (ref('parcel'));
      const card = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (blank.content.cloneNode(true)).firstElementChild);
      const part = finder(card);
      card.dataset.how = 'done';
      card.dataset.tone = 'ok';
      say(part('title'), title);
      say(part('more'), String(part('done').dataset.more));
      part('look').href = receipt.url;
      part('go').hidden = false;
      ref('parcels').append(card);
      lead(part('title'));
    },
    /** What stopped something else than a report. @param {any} error */
    mayLeave(error) {
      if (error instanceof ApiError && error.status === 401) signIn();
      else if (error instanceof ApiError && error.status === 403) reload();
      else return false;
      return true;
    },
  };
}
