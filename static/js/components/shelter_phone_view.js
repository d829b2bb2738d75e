// @ts-check
/** Shows how things stand on a shelter's phone. What the person is typing is left alone. */

import { grouped } from '../lib/change_words.js';
import { ageText, clockText, fill, wordFor } from '../lib/place_words.js';

/** @typedef {Record<string, string | undefined>} Words */

/** @param {ParentNode} root @param {string} name @returns {any} */
export const ref = (root, name) => root.querySelector(`[data-ref="${name}"]`);

/**
 * An element with words in it.
 * @param {string} tag @param {string} [text] @param {Record<string, string>} [attributes]
 */
export function made(tag, text = '', attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
}

/** @param {Element} group @param {(button: HTMLButtonElement) => boolean} isPressed */
function press(group, isPressed) {
  for (const button of group.querySelectorAll('button')) {
    const now = String(isPressed(button));
    if (button.getAttribute('aria-pressed') !== now) button.setAttribute('aria-pressed', now);
  }
}

/**
 * A field follows the server until somebody types in it, and again once what they typed was sent or is what stands there.
 * @param {HTMLInputElement | HTMLTextAreaElement} field @param {string} value
 */
function follow(field, value) {
  if (field.value === value) delete field.dataset.typed;
  if (field.dataset.typed || field.value === value) return;
  const focused = document.activeElement === field;
  field.value = value;
  if (focused) field.select();
}

/**
 * @param {HTMLElement} root @param {any} status as the person has said it @param {any} server as the server last said
 */
export function showStatus(root, status, server) {
  const words = ref(root, 'words').dataset;
  press(ref(root, 'openings'), (button) => button.value === status.opening);
  press(ref(root, 'levels'), (button) => (status.level_by_hand ? button.value === status.level : button.value === 'auto'));
  const counted = status.level_by_hand ? '' : wordFor(words, 'level', status.level);
  ref(root, 'auto').textContent = counted && fill(words.levelNow, { level: counted });
  press(ref(root, 'needs'), (button) => status.needs.includes(button.dataset.need));
  follow(ref(root, 'people'), status.people === null ? '' : String(status.people));
  follow(ref(root, 'note'), status.note);
  ref(root, 'set-people').toggleAttribute('data-typed', Boolean(ref(root, 'people').dataset.typed));
  showEvents(root, server.events, words);
  showReception(root, server);
}

/** What the check-in counts; not there where it is not used. @param {HTMLElement} root @param {any} server */
function showReception(root, server) {
  if (!ref(root, 'reception')) return;
  const said = fill(ref(root, 'reception').dataset.said, { n: grouped(server.checked_in || 0) });
  if (ref(root, 'checked-in').textContent !== said) ref(root, 'checked-in').textContent = said;
  if (ref(root, 'difference').textContent !== server.difference) ref(root, 'difference').textContent = server.difference;
  ref(root, 'align').hidden = server.checked_in === null || server.checked_in === server.people;
}

/**
 * The last report and its age, by this phone's clock. Nothing is the same as before until an opening was said.
 * @param {HTMLElement} root @param {number | null} at @param {string} opening
 */
export function showSince(root, at, opening) {
  const words = ref(root, 'words').dataset;
  const first = opening === 'unknown';
  const last = at === null ? String(words.never)
    : fill(words.last, { clock: clockText(at) }) + ageText(words, at, Date.now());
  const said = first ? String(words.first) : last;
  const same = ref(root, 'same');
  if (same.disabled !== first) same.disabled = first;
  if (ref(root, 'since').textContent !== said) ref(root, 'since').textContent = said;
}

/** @param {HTMLElement} root @param {any[]} events @param {Words} words */
function showEvents(root, events, words) {
  const list = ref(root, 'events');
  const mark = JSON.stringify(events);
  if (list.dataset.mark === mark) return; // nothing new: whoever stands on a button stays there
  list.dataset.mark = mark;
  list.replaceChildren(...events.map((event) => {
    const row = made('li', '', { class: 'phone-event' });
    if (event.undone) row.dataset.undone = '';
    const gone = event.undone ? String(words.mineGone) : '';
    row.append(
      made('span', event.text + gone, { class: 'phone-what' }),
      made('span', `${clockText(event.at)} ${event.who}`, { class: 'phone-sub' }),
    );
    if (event.undoable) row.append(undoButton(words, event));
    return row;
  }));
  ref(root, 'no-events').hidden = events.length > 0;
}

/** @param {Words} words @param {any} event */
function undoButton(words, event) {
  return made('button', String(words.undo), {
    class: 'phone-undo', name: 'undo', value: String(event.id), 'aria-label': fill(words.undoOf, { text: event.text }),
  });
}

/**
 * What the phone still holds. Those that never left may be taken back at once.
 * @param {HTMLElement} root @param {{key: string, text: string, at: number, tried: boolean}[]} waiting
 */
export function showWaiting(root, waiting) {
  const words = ref(root, 'words').dataset;
  const list = ref(root, 'waiting');
  list.hidden = waiting.length === 0;
  list.replaceChildren(...waiting.map((one) => {
    const row = made('li', '', { class: 'phone-event', 'data-waiting': '' });
    row.append(
      made('span', one.text, { class: 'phone-what' }),
      made('span', `${clockText(one.at)} ${words.notSent}`, { class: 'phone-sub' }),
    );
    if (!one.tried) {
      const label = { class: 'phone-undo', type: 'button', 'data-drop': one.key };
      row.append(made('button', String(words.undo), { ...label, 'aria-label': fill(words.undoOf, { text: one.text }) }));
    }
    return row;
  }));
}

/**
 * Where the reports are: arrived, waiting, or without network.
 * @param {HTMLElement} root
 * @param {{waiting: number, undecided: number, over: boolean, online: boolean, lasts: boolean, sending: boolean, at: number | null,
 *   seen: number}} net
 */
export function showNet(root, { waiting, undecided, over, online, lasts, sending, at, seen }) {
  const words = ref(root, 'words').dataset;
  let kind = at === null ? 'none' : 'ok';
  let said = at === null ? String(words.never) : fill(words.arrived, { clock: clockText(at) });
  if (over) [kind, said] = ['off', String(words.closed)];
  else if (undecided) [kind, said] = ['ask', fill(waiting ? words.decideWaiting : words.decide, { n: undecided, m: waiting })];
  else if (waiting && !lasts) [kind, said] = ['off', fill(words.unkept, { n: waiting })];
  else if (waiting && !online) [kind, said] = ['off', fill(words.offline, { n: waiting })];
  else if (waiting) [kind, said] = ['wait', fill(sending ? words.sending : words.waiting, { n: waiting })];
  else if (!online) [kind, said] = ['off', fill(words.offlineIdle, { clock: clockText(seen) })];
  const line = ref(root, 'net');
  line.dataset.kind = kind;
  if (line.textContent !== said) line.textContent = said;
}

/** Say it to those who do not see it. @param {HTMLElement} root @param {number} people */
export function sayPeople(root, people) {
  ref(root, 'said').textContent = fill(ref(root, 'words').dataset.peopleNow, { n: grouped(people) });
}
