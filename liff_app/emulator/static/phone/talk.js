// @ts-check
// The talk: one node per message, in the order they came.
import { el, ref } from './dom.js';
import { perform, wordsOf } from './actions.js';
import { flex } from './flex.js';
import { openAddress } from './sheet.js';

const clock = new Intl.DateTimeFormat('ja-JP', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('ja-JP', { month: 'long', day: 'numeric', weekday: 'short' });
const ADDRESS = /(https?:\/\/[\x21-\x7e]+)/;
let lastDay = '';
let lastFrom = '';

function words(/** @type {string} */ text) {
  const node = el('p', { class: 'words' });
  for (const piece of text.split(ADDRESS)) {
    if (ADDRESS.test(piece)) node.append(link(piece));
    else node.append(piece);
  }
  return node;
}

function link(/** @type {string} */ address) {
  return el('a', {
    href: address,
    onclick: (/** @type {Event} */ event) => {
      event.preventDefault();
      openAddress(address);
    },
  }, address);
}

function place(/** @type {any} */ message) {
  const where = `${Number(message.latitude).toFixed(4)}, ${Number(message.longitude).toFixed(4)}`;
  return el('div', { class: 'card' },
    el('p', { class: 'card-kind' }, '位置情報'),
    el('p', { class: 'card-title' }, message.title || '送った場所'),
    el('p', { class: 'card-note' }, message.address || where));
}

function photo(/** @type {any} */ message) {
  const source = message.originalContentUrl ? message.previewImageUrl || message.originalContentUrl : `/phone/photo/${message.id}`;
  return el('img', { class: 'photo', src: source, alt: '送られた写真' });
}

function sticker() {
  return el('p', { class: 'sticker', role: 'img', 'aria-label': 'スタンプ' }, '👍');
}

function buttons(/** @type {any[]} */ actions) {
  return actions.map((action) => el('button', { type: 'button', class: 'card-action', onclick: () => perform(action) }, wordsOf(action)));
}

function column(/** @type {any} */ part) {
  const image = part.thumbnailImageUrl || part.imageUrl;
  return el('div', { class: 'card' },
    image ? el('img', { class: 'card-image', src: image, alt: '' }) : null,
    part.title ? el('p', { class: 'card-title' }, part.title) : null,
    part.text ? el('p', { class: 'card-note' }, part.text) : null,
    ...buttons(part.actions || (part.action ? [part.action] : [])));
}

function template(/** @type {any} */ message) {
  const shape = message.template;
  if (!shape.columns) return column(shape);
  return el('div', { class: 'carousel', tabindex: '0', role: 'group' }, ...shape.columns.map(column));
}

function content(/** @type {any} */ message) {
  if (message.type === 'text' || message.type === 'textV2') return words(message.text);
  if (message.type === 'location') return place(message);
  if (message.type === 'image') return photo(message);
  if (message.type === 'sticker') return sticker();
  if (message.type === 'template') return template(message);
  if (message.type === 'flex') return el('div', { 'aria-label': message.altText, role: 'group' }, flex(message.contents));
  return words(message.altText || `（${message.type}）`);
}

function entryNode(/** @type {any} */ entry) {
  const mine = entry.from === 'resident';
  const first = lastFrom !== entry.from;
  lastFrom = entry.from;
  const at = new Date(entry.at * 1000);
  const who = mine ? 'あなた' : String(document.body.dataset.account);
  return el('article', { class: `entry ${mine ? 'entry-mine' : 'entry-theirs'}${first ? ' entry-first' : ''}`, 'aria-label': who },
    mine ? null : el('span', { class: 'face face-account entry-face', 'aria-hidden': 'true' }, first ? who[0] : ''),
    el('div', { class: 'entry-body' },
      mine || !first ? null : el('p', { class: 'entry-name' }, who),
      content(entry.message)),
    el('time', { class: 'entry-time', datetime: at.toISOString() }, clock.format(at)));
}

function quickReplies(/** @type {any} */ last) {
  const items = last && last.from === 'account' ? last.message.quickReply?.items || [] : [];
  ref('quick').hidden = items.length === 0;
  ref('quick').replaceChildren(...items.map((/** @type {any} */ item) => el('button', { type: 'button', class: 'quick-reply', onclick: () => perform(item.action) }, wordsOf(item.action))));
}

/**
 * Appends entries; scrolls down when the end was in view, else offers to.
 * @param {any[]} entries
 */
export function append(entries) {
  if (!entries.length) return;
  const talk = ref('talk');
  const atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
  talk.querySelector('.talk-empty')?.remove();
  for (const entry of entries) {
    const today = day.format(new Date(entry.at * 1000));
    if (today !== lastDay) {
      talk.append(el('p', { class: 'talk-day' }, today));
      lastFrom = '';
    }
    lastDay = today;
    talk.append(entryNode(entry));
  }
  quickReplies(entries[entries.length - 1]);
  if (atEnd) toEnd();
  else ref('newer').hidden = false;
}

function toEnd() {
  ref('talk').scrollTop = ref('talk').scrollHeight;
  ref('newer').hidden = true;
}

/** Empties the talk, for the next holder. */
export function forgetTalk() {
  lastDay = '';
  lastFrom = '';
  quickReplies(null);
  ref('newer').hidden = true;
  ref('talk').replaceChildren(el('p', { class: 'talk-empty' }, 'まだメッセージはありません。下のメニューや入力欄を使ってください。'));
}

/** Wires the talk. */
export function startTalk() {
  ref('newer').addEventListener('click', toEnd);
  // A menu that unfolds shortens the talk: its end stays in view.
  new ResizeObserver(() => { if (ref('newer').hidden) toEnd(); }).observe(ref('talk'));
  ref('talk').addEventListener('load', () => { if (ref('newer').hidden) toEnd(); }, true);
}
