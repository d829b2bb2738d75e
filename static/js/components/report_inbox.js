// @ts-check
/** The inbox: list and map move together, the address always says what is shown, and keys walk through the rows. */

import { ApiError, getNewer } from '../core/http.js';
import { withArea } from '../lib/report_inbox.js';
import { fill } from '../lib/place_words.js';
import { inboxKeys } from './report_inbox_keys.js';
import { inboxMap } from './report_inbox_map.js';
import { inboxRows } from './report_inbox_rows.js';

const SETTLE_MS = 250; // a map that is being dragged asks once, when it stands still

/** @param {HTMLElement} root */
export function start(root) {
  const words = root.dataset;
  /** @param {string} name */
  const ref = (name) => /** @type {HTMLElement} */ (root.querySelector(`[data-ref="${name}"]`));
  const status = ref('status');
  const note = ref('note');
  const blank = /** @type {HTMLTemplateElement} */ (/** @type {unknown} */ (ref('blank')));
  const rows = inboxRows(ref('rows'), blank, words);
  const frame = /** @type {HTMLIFrameElement} */ (ref('box').querySelector('iframe'));
  /** @type {Map<string, string>} address of a report by its id, as far as pins were asked */
  const addresses = new Map();
  /** `asked` counts the questions, so that a slow answer never replaces a newer one. */
  const held = { asked: 0, timer: 0 };

  /** @param {unknown} error */
  function failed(error) {
    const out = error instanceof ApiError && (error.status === 401 || error.status === 403);
    ref('sign-in').hidden = !out;
    status.textContent = String(out ? words.msgSignedOut : words.msgOffline);
    status.dataset.tone = 'warn';
  }

  /** @param {string} name @param {string} href */
  function putLink(name, href) {
    const link = /** @type {HTMLAnchorElement} */ (ref(name));
    link.hidden = !href;
    link.href = href;
  }

  /** @param {any} part */
  function putRows(part) {
    rows.put(part.rows);
    ref('count').textContent = part.count;
    ref('nothing').hidden = part.rows.length > 0;
    putLink('first', part.first_url);
    putLink('next', part.next_url);
    putLink('town', part.town_url);
    countPicked();
    status.textContent = fill(words.msgShown, { count: part.count });
    status.dataset.tone = '';
    ref('sign-in').hidden = true;
  }

  /** @param {any} points */
  function putPoints(points) {
    map.put(points);
    const n = points.counts ? points.counts.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0)
      : points.ids.length;
    note.textContent = fill(points.counts ? words.msgSquares : words.msgPins, { n: n.toLocaleString('en') });
  }

  /** @param {string} query @param {boolean} listToo */
  async function refresh(query, listToo) {
    held.asked += 1;
    const mine = held.asked;
    try {
      const wanted = [getNewer(`${words.points}?${query}`, '')];
      if (listToo) wanted.push(getNewer(`${words.rows}?${query}`, ''));
      const [points, part] = await Promise.all(wanted);
      if (mine !== held.asked) return;
      if (points) putPoints(points.body);
      if (part) putRows(part.body);
      root.dataset.live = String(mine);
    } catch (error) {
      if (mine === held.asked) failed(error);
    }
  }

  /** @param {import('../lib/report_inbox.js').Area} area */
  function moved(area) {
    clearTimeout(held.timer);
    held.timer = window.setTimeout(() => {
      const query = withArea(window.location.search, area);
      window.history.replaceState(null, '', `${words.inbox}?${query}`);
      root.querySelectorAll('[data-ref="query"]').forEach((one) => {
        /** @type {HTMLInputElement} */ (one).value = query;
      });
      refresh(query, true);
    }, SETTLE_MS);
  }

  /** @param {string} id */
  async function asked(id) {
    rows.choose(id, false);
    try {
      const found = await getNewer(`${words.peek}?id=${encodeURIComponent(id)}`, '');
      const view = found && found.body;
      addresses.set(id, view.href);
      const tags = ['status', 'priority', 'overdue', 'again', 'unread'].map((name) => view[name]);
      const lines = [view.text, view.place, `${view.age} ${view.owner}`, view.due, view.size];
      map.say(id, { title: `${view.name} ${view.number}`, tags: tags.filter(Boolean).join(' '), lines: lines.filter(Boolean) });
    } catch (error) {
      map.say(id, null);
      if (!(error instanceof ApiError && error.status === 404)) failed(error);
    }
  }

  const map = inboxMap(frame, {
    moved,
    asked,
    open(id) {
      const address = addresses.get(id);
      if (address) window.location.assign(address);
    },
    tilesFailed() {
      note.textContent = String(words.msgTiles);
    },
  });

  const picks = () => /** @type {HTMLInputElement[]} */ (Array.from(root.querySelectorAll('input[name="pick"]')));
  const all = /** @type {HTMLInputElement} */ (ref('pick-all'));

  function countPicked() {
    const n = picks().filter((one) => one.checked).length;
    ref('picked').textContent = n ? fill(words.msgPicked, { n }) : '';
    all.checked = n > 0 && n === picks().length;
    ref('bulk').hidden = n === 0;
  }

  /** @type {HTMLElement} */ (all.closest('label')).hidden = false;
  all.addEventListener('change', () => {
    picks().forEach((one) => {
      one.checked = all.checked;
    });
    countPicked();
  });
  ref('rows').addEventListener('change', countPicked);
  ref('rows').addEventListener('click', (event) => {
    const button = /** @type {Element} */ (event.target).closest('[data-ref="show"]');
    const row = button && /** @type {HTMLElement | null} */ (button.closest('[data-id]'));
    if (!row) return;
    rows.choose(String(row.dataset.id), false);
    map.show(String(row.dataset.id), [Number(row.dataset.lat), Number(row.dataset.lon)]);
    ref('box').scrollIntoView({ block: 'nearest' });
  });
  inboxKeys(
    {
      dialog: /** @type {HTMLDialogElement} */ (ref('keys-dialog')),
      opener: ref('keys-open'),
      box: /** @type {HTMLInputElement} */ (ref('keys-on')),
    },
    {
      next: () => rows.walk(1),
      previous: () => rows.walk(-1),
      pick: rows.pick,
      search: () => /** @type {HTMLElement} */ (root.querySelector('#f-q')).focus(),
    },
  );
  countPicked();
  refresh(new URLSearchParams(window.location.search).toString(), false);
}
