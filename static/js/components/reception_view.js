// @ts-check
/** Shows how a shelter's door stands. What the person is typing is left alone. */

import { partyText } from '../lib/check_in.js';
import { grouped } from '../lib/change_words.js';
import { clockText, fill } from '../lib/place_words.js';

/** @typedef {Record<string, string | undefined>} Words */
/** @typedef {{id: string, number: number, text: string, at: number, state: string}} Line */

/** @param {ParentNode} root @param {string} name @returns {any} */
export const ref = (root, name) => root.querySelector(`[data-ref="${name}"]`);

/**
 * @param {string} tag @param {string} [text] @param {Record<string, string>} [attributes]
 */
function made(tag, text = '', attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
}

/** @param {Element} place @param {string} text */
function put(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** @param {Line} line @param {string} beside */
function row(line, beside) {
  const item = made('li', '', { class: 'reception-family', 'data-id': line.id });
  const who = made('span', '', { class: 'reception-who' });
  who.append(made('b', String(line.number)), ` ${line.text}`);
  item.append(who, made('span', beside, { class: 'phone-sub' }));
  return item;
}

/** @param {string} act @param {Line} line @param {string} label @param {string} told */
function key(act, line, label, told) {
  return made('button', label, {
    type: 'button', class: 'phone-undo', 'data-do': act, 'data-stay': line.id, 'data-number': String(line.number),
    'aria-label': fill(told, { n: line.number }),
  });
}

/** @param {HTMLElement} root @param {Words} words @param {Line} line */
function insideRow(root, words, line) {
  const item = row(line, clockText(line.at));
  const mend = made('a', String(words.mend), {
    class: 'reception-link', href: String(root.dataset.family).replace('STAY', line.id),
    'aria-label': fill(words.mendOf, { n: line.number }),
  });
  item.append(key('leave', line, String(words.leave), String(words.leaveOf)), mend);
  return item;
}

/** @param {Words} words @param {Line} line */
function goneRow(words, line) {
  const state = String(words[`state${line.state[0].toUpperCase()}${line.state.slice(1)}`]);
  const item = row(line, `${clockText(line.at)} ${state}`);
  item.dataset.gone = '';
  if (line.state !== 'moved') item.append(key('back', line, String(words.back), String(words.backOf)));
  return item;
}

/**
 * @param {HTMLElement} root @param {any} desk as the server last said
 * @param {Set<string>} leaving families whose leaving is still on its way
 */
export function showDesk(root, desk, leaving) {
  const words = ref(root, 'words').dataset;
  put(ref(root, 'people'), desk.people === null ? String(words.none) : fill(words.people, { n: grouped(desk.people) }));
  put(ref(root, 'checked-in'), fill(words.people, { n: grouped(desk.checked_in) }));
  put(ref(root, 'difference'), desk.difference);
  put(ref(root, 'needs'), desk.needs);
  ref(root, 'align').hidden = !desk.differs;
  const mark = JSON.stringify([desk.lines, [...leaving]]);
  const list = ref(root, 'inside');
  if (list.dataset.mark === mark) return; // nothing new: whoever stands on a button stays there
  list.dataset.mark = mark;
  const inside = desk.lines.filter((/** @type {Line} */ one) => one.state === 'in' && !leaving.has(one.id));
  const gone = desk.lines.filter((/** @type {Line} */ one) => one.state !== 'in');
  list.replaceChildren(...inside.map((/** @type {Line} */ one) => insideRow(root, words, one)));
  ref(root, 'gone').replaceChildren(...gone.map((/** @type {Line} */ one) => goneRow(words, one)));
  ref(root, 'nobody').hidden = inside.length > 0;
  ref(root, 'gone-part').hidden = gone.length === 0;
}

/** What one entry of the queue says. @param {Words} words @param {any} said */
export function saidText(words, said) {
  if (said.act === 'accept') return fill(words.sayAccept, { code: `${said.code.slice(0, 3)} ${said.code.slice(3)}` });
  if (said.act === 'walk_in') return fill(words.sayWalkIn, { party: partyText(words, said) });
  if (said.act === 'align') return String(words.sayAlign);
  return fill(words[`say${said.act[0].toUpperCase()}${said.act.slice(1)}`], { n: said.number || '' });
}

/** What the phone still holds. @param {HTMLElement} root @param {any[]} waiting */
export function showWaiting(root, waiting) {
  const words = ref(root, 'words').dataset;
  const list = ref(root, 'waiting');
  list.hidden = waiting.length === 0;
  list.replaceChildren(...waiting.map((one) => {
    const item = made('li', '', { class: 'reception-family', 'data-waiting': '' });
    item.append(
      made('span', saidText(words, one.change), { class: 'reception-who' }),
      made('span', `${clockText(one.at)} ${words.notSent}`, { class: 'phone-sub' }),
    );
    if (!one.tried) {
      item.append(made('button', String(words.drop), { type: 'button', class: 'phone-undo', 'data-drop': one.key }));
    }
    return item;
  }));
}

/** What the last act came to, with a way back. @param {HTMLElement} root @param {Line | undefined} line */
export function showDone(root, line) {
  if (!line) return;
  const words = ref(root, 'words').dataset;
  const box = made('p', fill(words[`done${line.state[0].toUpperCase()}${line.state.slice(1)}`], { n: line.number, people: line.text }), {
    class: 'notice', 'data-tone': 'ok', role: 'status', 'data-done': '',
  });
  if (line.state === 'in') box.append(key('slip', line, String(words.slip), String(words.slip)));
  else if (line.state !== 'moved') box.append(key('back', line, String(words.back), String(words.backOf)));
  const asks = ref(root, 'asks');
  asks.querySelector('[data-done]')?.remove();
  asks.prepend(box);
}

/** What will not arrive any more. @param {HTMLElement} root @param {any[]} fallen @param {boolean} over */
export function showFallen(root, fallen, over) {
  const words = ref(root, 'words').dataset;
  const asks = ref(root, 'asks');
  const mark = JSON.stringify([fallen.map((one) => one.key), over]);
  if (asks.dataset.mark === mark) return;
  asks.dataset.mark = mark;
  asks.querySelector('[data-fallen]')?.remove();
  if (!fallen.length && !over) return;
  const box = made('section', '', { class: 'notice', 'data-tone': 'error', role: 'alert', 'data-fallen': '' });
  if (over) box.append(made('p', String(words.over), { class: 'notice-title' }));
  if (fallen.length) {
    box.append(made('p', fill(words.lost, { n: fallen.length }), { class: 'notice-title' }), made('p', String(words.lostTell)));
    box.append(...fallen.map((one) => made('p', `${clockText(one.at)}　${saidText(words, one.change)}${one.why ? `　${one.why}` : ''}`)));
    box.append(made('button', String(words.lostTold), { type: 'button', class: 'button', 'data-told': '' }));
  }
  asks.append(box);
  box.scrollIntoView({ block: 'nearest' });
}

/**
 * @param {HTMLElement} root @param {any} desk
 * @param {{waiting: number, online: boolean, lasts: boolean}} net
 */
export function showNet(root, desk, { waiting, online, lasts }) {
  const words = ref(root, 'words').dataset;
  const counts = { n: waiting, people: grouped(desk.checked_in), families: grouped(desk.families) };
  let kind = 'ok';
  let said = fill(words.ok, counts);
  if (waiting && !lasts) [kind, said] = ['off', fill(words.unkept, counts)];
  else if (waiting && !online) [kind, said] = ['off', fill(words.offline, counts)];
  else if (waiting) [kind, said] = ['wait', fill(words.waiting, counts)];
  else if (!online) [kind, said] = ['off', String(words.offlineIdle)];
  const line = ref(root, 'net');
  line.dataset.kind = kind;
  put(line, said);
}
