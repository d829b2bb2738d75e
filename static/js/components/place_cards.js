// @ts-check
/** Fills the list of places. The markup is templates/components/place_card.html, cloned from the page's blank card. */

import { ageText, clockText, distanceText, fill, routes, walkText, wordFor } from '../lib/place_words.js';

/**
 * @typedef {object} PlaceView a place as lib/shelters.js gives it; '' and null where nothing is known
 * @property {string} id
 * @property {string} name
 * @property {string} kana
 * @property {string} kind
 * @property {string} address
 * @property {number} lat
 * @property {number} lon
 * @property {number} distance_m
 * @property {number[]} walk_minutes
 * @property {string | Record<string, string>} fits a code, or all eight when no hazard was asked for
 * @property {string | null} opening
 * @property {string | null} level
 * @property {number | null} people
 * @property {number | null} capacity
 * @property {string | null} updated_at ISO
 * @property {boolean} stale
 * @property {boolean} usable
 * @property {string} remarks
 * @property {string} note
 * @property {string} target
 * @property {string} floors
 * @property {string} phone
 */

/** @typedef {{card: HTMLTemplateElement, words: DOMStringMap, hazard: string, now: number, disaster: boolean}} Frame */

/**
 * @param {ParentNode} root
 * @param {string} name
 */
const ref = (root, name) => /** @type {HTMLElement} */ (root.querySelector(`[data-ref="${name}"]`));

/**
 * @param {ParentNode} root
 * @param {string} name
 * @param {string} text
 */
function put(root, name, text) {
  const piece = ref(root, name);
  // Written only on change: a screen reader in the middle of a card is not disturbed by a refresh.
  if (piece.textContent !== text) piece.textContent = text;
  piece.hidden = !text;
}

/**
 * @param {HTMLElement} item
 * @param {string} group
 * @param {string | null} code
 * @param {string} text
 */
function putTag(item, group, code, text) {
  put(item, group, text);
  ref(item, group).dataset[group] = code || '';
}

/**
 * @param {HTMLElement} item
 * @param {PlaceView} view
 * @param {Frame} frame
 */
function putState(item, view, { words, hazard, now }) {
  const fits = typeof view.fits === 'string' ? view.fits : '';
  putTag(item, 'fits', fits, fill(wordFor(words, 'fits', fits), { hazard }));
  putTag(item, 'opening', view.opening, wordFor(words, 'opening', view.opening));
  putTag(item, 'level', view.level, wordFor(words, 'level', view.level));
  putTag(item, 'stale', '', view.stale ? String(words.stale) : '');
  put(item, 'people', view.people === null ? '' : fill(words.people, { n: view.people.toLocaleString('en') }));
  put(item, 'capacity', view.capacity ? fill(words.capacity, { n: view.capacity.toLocaleString('en') }) : '');
  ref(item, 'count').hidden = view.people === null && !view.capacity;
  const then = view.updated_at ? Date.parse(view.updated_at) : 0;
  put(item, 'asof', then ? fill(words.asOf, { clock: clockText(then), age: ageText(words, then, now) }) : '');
  put(item, 'note', view.note);
}

/**
 * @param {HTMLElement} item
 * @param {PlaceView} view
 * @param {DOMStringMap} words
 */
function putPlace(item, view, words) {
  put(item, 'name', view.name);
  put(item, 'kana', view.kana);
  put(item, 'kind', wordFor(words, 'kind', view.kind));
  put(item, 'address', view.address);
  put(item, 'remarks', view.remarks);
  put(item, 'floors', view.floors ? fill(words.floors, { text: view.floors }) : '');
  put(item, 'target', view.target ? fill(words.target, { text: view.target }) : '');
  put(item, 'distance', distanceText(words, view.distance_m));
  put(item, 'walk', walkText(words, view.walk_minutes));
  const { google, apple } = routes(view.lat, view.lon);
  ref(item, 'google').setAttribute('href', google);
  ref(item, 'apple').setAttribute('href', apple);
  ref(item, 'share').setAttribute('href', `https://line.me/R/share?text=${encodeURIComponent(google)}`);
  ref(item, 'phone').setAttribute('href', `tel:${view.phone}`);
  ref(item, 'phone').hidden = !view.phone;
}

/**
 * @param {HTMLElement} item
 * @param {PlaceView} view
 * @param {number} number
 * @param {Frame} frame
 */
function fillCard(item, view, number, frame) {
  item.id = `p-${view.id}`;
  item.dataset.whole = '';
  Object.assign(item.dataset, { id: view.id, lat: String(view.lat), lon: String(view.lon) });
  item.toggleAttribute('data-usable', frame.disaster && view.usable);
  ref(item, 'number').textContent = String(number);
  putPlace(item, view, frame.words);
  putState(item, view, frame);
}

/** @param {string | undefined} sentence */
function divider(sentence) {
  const item = document.createElement('li');
  item.className = 'places-rest';
  item.textContent = sentence || '';
  return item;
}

/**
 * The list shows `views` in their order. Cards made here are kept, so focus and reading position survive a refresh;
 * cards from the server lack the pieces that were empty, and are replaced once.
 * @param {HTMLElement} list
 * @param {PlaceView[]} views
 * @param {Frame} frame
 */
export function showCards(list, views, frame) {
  const cards = /** @type {HTMLElement[]} */ (Array.from(list.querySelectorAll('[data-whole]')));
  const known = new Map(cards.map((item) => [String(item.dataset.id), item]));
  /** @type {HTMLElement[]} */
  const wanted = [];
  views.forEach((view, at) => {
    const before = at === 0 || views[at - 1].usable;
    if (frame.disaster && !view.usable && before) wanted.push(divider(frame.words.rest));
    const blank = /** @type {HTMLElement} */ (frame.card.content.firstElementChild);
    const item = known.get(view.id) || /** @type {HTMLElement} */ (blank.cloneNode(true));
    fillCard(item, view, at + 1, frame);
    wanted.push(item);
  });
  const ids = (/** @type {Element[]} */ items) => items.map((item) => item.id).join();
  // Moving a node takes the focus away from it: only when the order really changed.
  if (ids(Array.from(list.children)) !== ids(wanted)) list.replaceChildren(...wanted);
}

/**
 * Hand a place on by the phone's own means; until this is loaded, and without it, the link itself does.
 * @param {HTMLElement} root
 */
export function startSharing(root) {
  if (root.dataset.sharing) return;
  root.dataset.sharing = 'yes';
  ref(root, 'found').addEventListener('click', (event) => {
    const link = /** @type {Element} */ (event.target).closest('a');
    if (link && link.dataset.ref === 'share') share(root, event, link);
  });
}

/** @param {HTMLElement} root @param {Event} event @param {HTMLAnchorElement} link */
function share(root, event, link) {
  const card = /** @type {Element} */ (link.closest('[data-id]'));
  const route = new URL(link.href).searchParams.get('text');
  const text = [ref(card, 'name').textContent, ref(card, 'address')?.textContent, route].join('\n');
  if (navigator.share) {
    event.preventDefault();
    navigator.share({ text }).catch(() => undefined); // closed by the person: nothing to say
  } else if (navigator.clipboard) {
    event.preventDefault();
    navigator.clipboard.writeText(text).then(
      () => { ref(root, 'net').textContent = String(ref(root, 'words').dataset.copied); },
      () => window.location.assign(link.href),
    );
  }
}
