// @ts-check
/** Around the staff map: fetches the points, hands them to the sandboxed frame, and keeps list and map in step. */

import { ApiError, getNewer } from '../core/http.js';

const EVERY_MS = 5000;

/** @typedef {{id: string, mark: string, sign: string, lines: string[]}} Point */

/** @param {HTMLElement} root */
export function start(root) {
  const words = root.dataset;
  /** @param {string} name */
  const ref = (name) => /** @type {HTMLElement} */ (root.querySelector(`[data-ref="${name}"]`));
  const frame = /** @type {HTMLIFrameElement} */ (ref('box').querySelector('iframe'));
  const note = ref('note');
  const signIn = ref('sign-in');
  const rows = new Map(Array.from(ref('list').children, (one) => {
    const row = /** @type {HTMLElement} */ (one);
    return [String(row.dataset.id), row];
  }));
  /** @type {{etag: string, points: Point[] | null, isDrawn: boolean, timer: number | undefined}} */
  const held = { etag: '', points: null, isDrawn: false, timer: undefined };

  /** The frame has no origin, so none can be named; what is sent stands on this page anyway. @param {object} message */
  const tell = (message) => frame.contentWindow && frame.contentWindow.postMessage(message, '*');

  function draw() {
    if (held.isDrawn && held.points) tell({ kind: 'points', points: held.points });
  }

  /** @param {Point} point */
  function write(point) {
    const row = rows.get(point.id);
    if (!row) return;
    const mark = /** @type {HTMLElement} */ (row.querySelector('[data-ref="mark"]'));
    const lines = /** @type {HTMLElement} */ (row.querySelector('[data-ref="lines"]'));
    mark.dataset.mark = point.mark;
    if (mark.textContent !== point.sign) mark.textContent = point.sign;
    if (lines.textContent !== point.lines[0]) lines.textContent = point.lines[0];
  }

  /** @param {unknown} error */
  function failed(error) {
    const out = error instanceof ApiError && (error.status === 401 || error.status === 403);
    signIn.hidden = !out;
    note.textContent = String(out ? words.msgSignedOut : words.msgOffline);
    note.dataset.tone = 'offline';
    return out;
  }

  async function refresh() {
    clearTimeout(held.timer);
    let stopped = false;
    try {
      const newer = await getNewer(String(words.points), held.etag);
      if (newer) {
        held.etag = newer.etag;
        held.points = newer.body.points;
        newer.body.points.forEach(write);
        draw();
      }
      signIn.hidden = true;
      if (note.dataset.tone === 'offline') Object.assign(note, { textContent: '' }).dataset.tone = '';
    } catch (error) {
      stopped = failed(error);
    }
    if (!stopped && document.visibilityState === 'visible') held.timer = window.setTimeout(refresh, EVERY_MS);
  }

  /** @param {string} id */
  function choose(id) {
    const row = rows.get(id);
    if (!row) return;
    rows.forEach((one) => one.removeAttribute('data-chosen'));
    row.dataset.chosen = '';
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
  }

  window.addEventListener('message', (event) => {
    if (event.source !== frame.contentWindow) return;
    if (event.data.kind === 'ready') {
      held.isDrawn = true;
      draw();
    }
    if (event.data.kind === 'chosen') choose(String(event.data.id));
    if (event.data.kind === 'tiles-failed') note.textContent = String(words.msgTiles);
  });
  // The frame may have been ready before this module ran: it answers a question with the same word.
  tell({ kind: 'hello' });
  ref('list').addEventListener('click', (event) => {
    const button = /** @type {Element} */ (event.target).closest('[data-ref="show"]');
    const row = button && /** @type {HTMLElement | null} */ (button.closest('[data-id]'));
    if (!row) return;
    tell({ kind: 'show', id: row.dataset.id });
    ref('box').scrollIntoView({ block: 'nearest' });
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') refresh();
  });
  refresh();
}
