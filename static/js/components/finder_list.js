// @ts-check
/** The answer of the finder, ordered in the phone: what the list, its heading and its warnings say. */

import { keep, kept, last, load } from '../core/shelter_feed.js';
import { clockText, fill } from '../lib/place_words.js';
import { nearest, readTown } from '../lib/shelters.js';
import { welfareOnly } from '../lib/welfare.js';
import { showDisaster } from './finder_banner.js';
import { showCards, startSharing } from './place_cards.js';

export { startSharing };

/** @typedef {import('./finder.js').Ask} Ask */

/**
 * When the list on the screen was true, in ms; null while it is the server's or there is none.
 * @type {number | null}
 */
let listAt = null;

/** @param {ParentNode} root @param {string} name */
const ref = (root, name) => /** @type {HTMLElement} */ (root.querySelector(`[data-ref="${name}"]`));

/**
 * A live region speaks on every write, so only a new sentence is written.
 * @param {HTMLElement} root
 * @param {string} name
 * @param {string | undefined} sentence
 */
function say(root, name, sentence) {
  const place = ref(root, name);
  if (place.textContent !== sentence) place.textContent = sentence || '';
}

/** @param {HTMLElement} root @param {string | undefined} sentence */
function warn(root, sentence) {
  ref(root, 'net').dataset.tone = 'warn';
  say(root, 'net', sentence);
}

/** @param {HTMLElement} root @param {string | null} code the hazard the list was made for */
function hazardLabel(root, code) {
  const inputs = /** @type {HTMLInputElement[]} */ (Array.from(root.querySelectorAll('[name="hazard"]')));
  const input = code && inputs.find(({ value }) => value === code);
  return input ? String(input.dataset.label) : '';
}

/** @param {HTMLElement} root */
function chosenHazard(root) {
  const input = /** @type {HTMLInputElement | null} */ (root.querySelector('[name="hazard"]:checked'));
  return input ? input.value : '';
}

/** @param {HTMLElement} root */
const wordsOf = (root) => ref(root, 'words').dataset;

/** @param {HTMLElement} root @param {any[]} views @param {string} hazard @param {boolean} disaster */
function show(root, views, hazard, disaster) {
  const card = /** @type {HTMLTemplateElement} */ (ref(root, 'card'));
  showCards(ref(root, 'list'), views, { card, words: wordsOf(root), hazard, now: Date.now(), disaster });
  ref(root, 'before').hidden = true;
  ref(root, 'found').hidden = false;
  root.dispatchEvent(new CustomEvent('finder:list'));
}

/** @param {HTMLElement} root @param {Ask} ask @param {any} answer */
function showAround(root, ask, { far, hazard, shelters }) {
  const total = shelters.length;
  const count = Math.min(total, ask.shown);
  const welfare = ask.purpose === 'welfare';
  ref(root, 'far').hidden = welfare || !far;
  ref(root, 'far-hazard').hidden = !hazard;
  ref(root, 'far-any').hidden = Boolean(hazard);
  ref(root, 'welfare-now').hidden = !welfare;
  ref(root, 'welfare-link').hidden = welfare;
  root.querySelectorAll('[data-higher]').forEach((line) => {
    line.toggleAttribute('hidden', /** @type {HTMLElement} */ (line).dataset.higher !== hazard);
  });
  ref(root, 'none').hidden = total > 0;
  ref(root, 'count-line').hidden = total === 0;
  say(root, 'count-line', fill(wordsOf(root).count, { shown: count, total }));
  ref(root, 'more').hidden = total <= count;
  root.querySelectorAll('[data-purpose]').forEach((link) => {
    if (/** @type {HTMLElement} */ (link).dataset.purpose === ask.purpose) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  });
}

/** @param {HTMLElement} root */
export function showKept(root) {
  const old = kept();
  const words = wordsOf(root);
  if (listAt === null && ref(root, 'list').querySelector('[data-id]')) {
    // The server's list stands on the page: it is as old as the page says.
    warn(root, fill(words.offline, { clock: clockText(Number(root.dataset.at)) }));
    return;
  }
  if (listAt === null && old) {
    listAt = old.at;
    say(root, 'title', old.title);
    say(root, 'count-line', '');
    show(root, old.views, old.hazard, old.disaster);
  }
  warn(root, listAt === null ? words.nothing : fill(words.offline, { clock: clockText(listAt) }));
}

/**
 * Every place of the list asked for, best first.
 * @param {HTMLElement} root
 * @param {Ask} ask
 * @param {import('./finder.js').Origin} origin
 * @param {{snapshot: any, status: any}} feed
 */
function ordered(root, ask, { lat, lon }, feed) {
  const welfare = ask.purpose === 'welfare';
  const { snapshot, status } = welfare ? welfareOnly(feed.snapshot, feed.status) : feed;
  return nearest(readTown(snapshot, status), {
    lat,
    lon,
    hazard: chosenHazard(root) || null,
    purpose: ask.purpose === 'escape' ? 'flee' : 'stay',
    limit: snapshot.rows.length,
    now: Date.now(),
  });
}

/** @param {HTMLElement} root @param {Ask} ask @param {{snapshot: any, status: any}} feed */
function showFeed(root, ask, feed) {
  const { origin } = ask;
  if (!origin) return;
  const words = wordsOf(root);
  const disaster = Boolean(feed.status.disaster);
  const answer = ordered(root, ask, origin, feed);
  const welfare = ask.purpose === 'welfare';
  // The order takes them for shelters; as 福祉避難所 they are designated for no hazard.
  const own = welfare ? { kind: 'welfare', fits: '' } : {};
  const views = answer.shelters.slice(0, ask.shown).map((/** @type {any} */ view) => ({ ...view, ...own }));
  const hazard = hazardLabel(root, answer.hazard);
  const title = fill(welfare ? words.nearWelfare : words.near, { place: origin.label });
  listAt = Date.parse(feed.status.at);
  say(root, 'title', title);
  showAround(root, ask, answer);
  show(root, views, hazard, disaster);
  keep({ at: listAt, title, hazard, disaster, views });
}

/** Counts questions: an answer that was overtaken by a newer question is dropped. */
let turn = 0;

/**
 * The list shows what is near `ask.origin`: at once by what is known, then by what the server says now. Without network
 * the last known list stays and its age is told.
 * @param {HTMLElement} root
 * @param {Ask} ask
 */
export async function refreshList(root, ask) {
  turn += 1;
  startSharing(root);
  const mine = turn;
  const known = last();
  if (known) showFeed(root, ask, known);
  try {
    const feed = await load(String(root.dataset.snapshot), String(root.dataset.status));
    if (mine !== turn) return;
    const changed = showDisaster(root, feed.status.disaster);
    showFeed(root, ask, feed);
    say(root, 'net', changed ? wordsOf(root).changed : '');
  } catch (error) {
    if (mine !== turn) return;
    if (/** @type {any} */ (error).renewed) warn(root, wordsOf(root).renewed);
    else showKept(root);
  }
}
