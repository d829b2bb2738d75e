// @ts-check
/** The board of all shelters, refreshed every five seconds while somebody looks at it. */

import { ApiError, getNewer } from '../core/http.js';
import { named } from '../lib/board_rows.js';
import { clockText, fill } from '../lib/place_words.js';
import { boardRows } from './shelter_board_rows.js';
import { changeDialog } from './shelter_change.js';

const EVERY_MS = 5000;

/** @param {HTMLElement} root */
export function start(root) {
  const words = root.dataset;
  /** @param {string} name */
  const ref = (name) => /** @type {HTMLElement} */ (root.querySelector(`[data-ref="${name}"]`));
  const blank = /** @type {HTMLTemplateElement} */ (/** @type {unknown} */ (ref('blank')));
  const rows = boardRows(ref('rows'), blank, words);
  const status = ref('status');
  const again = ref('reorder');
  const signIn = ref('sign-in');
  // The ages count from the server's clock: an office PC may be minutes off.
  const ahead = Number(words.now) - Date.now();
  const now = () => Date.now() + ahead;

  /** @type {Map<string, Record<string, any>>} */
  let views = new Map();
  /** `own` is what this reader just did: it is said instead of what everybody reads. */
  const feed = { etag: '', at: now(), timer: 0, busy: false, first: true, own: '' };

  /** @param {string} text @param {string} [tone] */
  function say(text, tone = '') {
    if (status.textContent !== text) status.textContent = text;
    status.dataset.tone = tone;
  }

  /** @param {any} counts */
  function putFigures(counts) {
    Object.entries(counts).forEach(([name, number]) => {
      const figure = root.querySelector(`[data-ref="figure-${name}"]`);
      // The word behind the number (か所, 人, 件) is the page's and stays.
      if (!figure) return;
      const text = String(figure.textContent).replace(/^[\d,]*/, Number(number).toLocaleString('en'));
      if (figure.textContent !== text) figure.textContent = text;
    });
  }

  /** @param {any} body */
  function show(body) {
    const list = body.rows.map((/** @type {any[]} */ values) => named(body.fields, values));
    views = new Map(list.map((/** @type {any} */ view) => [String(view.id), view]));
    const changed = rows.update(list, body.mine);
    putFigures(body.counts);
    again.hidden = rows.isInOrder(list);
    if (changed && !feed.first) say(feed.own || fill(words.msgChanged, { n: changed }));
    Object.assign(feed, { first: false, own: '' });
  }

  /** @param {unknown} error */
  function failed(error) {
    const out = error instanceof ApiError && (error.status === 401 || error.status === 403);
    signIn.hidden = !out;
    if (out) say(String(words.msgSignedOut), 'warn');
    else say(fill(words.msgOffline, { clock: clockText(feed.at) }), 'warn');
    return out;
  }

  async function refresh() {
    if (feed.busy) return;
    feed.busy = true;
    clearTimeout(feed.timer);
    let stopped = false;
    try {
      const newer = await getNewer(String(words.refresh), feed.etag);
      feed.at = now();
      signIn.hidden = true;
      if (status.dataset.tone) say('');
      if (newer) {
        feed.etag = newer.etag;
        show(newer.body);
      }
      rows.grow(views, now());
      root.dataset.live = String((Number(root.dataset.live) || 0) + 1);
    } catch (error) {
      stopped = failed(error);
    } finally {
      feed.busy = false;
      if (!stopped && document.visibilityState === 'visible') feed.timer = window.setTimeout(refresh, EVERY_MS);
    }
  }

  /** @param {string} text */
  function told(text) {
    feed.own = text;
    say(text);
    refresh();
  }

  again.addEventListener('click', () => {
    rows.reorder(Array.from(views.values()));
    again.hidden = true;
    status.focus();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') refresh();
  });
  const dialog = /** @type {HTMLDialogElement | null} */ (root.querySelector('[data-ref="dialog"]'));
  if (dialog) changeDialog(root, dialog, { viewOf: (id) => views.get(id), changed: told });
  refresh();
}
