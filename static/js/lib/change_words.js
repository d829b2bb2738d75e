// @ts-check
/** A change in words, as it is asked about, listed and read out. Pure: the sentences come from the page. */

import { fill, wordFor } from './place_words.js';

/** @typedef {import('./change_queue.js').Change} Change */
/** @typedef {Record<string, string | undefined>} Words */

/** @param {number} n */
export const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** A step with its sign, as the buttons show it. @param {number} n */
export const signed = (n) => `${n < 0 ? '−' : '＋'}${grouped(Math.abs(n))}`;

/** @param {Words} words @param {string[]} needs */
const listed = (words, needs) => needs.map((need) => wordFor(words, 'need', need)).join('・');

/**
 * What the change says.
 * @param {Words} words @param {Change} change
 */
export function changeText(words, change) {
  if (change.undo !== undefined) return String(words.changeUndo);
  const parts = [];
  if (change.opening !== undefined) parts.push(wordFor(words, 'opening', change.opening));
  if (change.people !== undefined) parts.push(fill(words.changePeople, { n: grouped(change.people) }));
  if (change.people_change !== undefined) parts.push(fill(words.changeStep, { n: signed(change.people_change) }));
  if (change.level !== undefined) {
    parts.push(fill(words.changeLevel, { level: wordFor(words, 'level', change.level) }));
  }
  if (change.note !== undefined) {
    parts.push(change.note ? fill(words.changeNote, { text: change.note }) : String(words.changeNoNote));
  }
  if (change.needs_added?.length) parts.push(fill(words.changeNeeds, { needs: listed(words, change.needs_added) }));
  if (change.needs_removed?.length) parts.push(fill(words.changeCame, { needs: listed(words, change.needs_removed) }));
  return parts.join('、') || String(words.changeSame);
}

/**
 * What a status says of the things a change speaks of: the other side of a conflict.
 * @param {Words} words @param {Change} change @param {any} status
 */
export function statusText(words, change, status) {
  const parts = [];
  if (change.opening !== undefined) parts.push(wordFor(words, 'is', status.opening));
  if (change.people !== undefined || change.people_change !== undefined) {
    parts.push(fill(words.peopleWord, { n: grouped(status.people || 0) }));
  }
  if (change.level !== undefined) {
    parts.push(wordFor(words, 'level', status.level_by_hand ? status.level : 'auto'));
  }
  if (change.note !== undefined) parts.push(status.note || String(words.changeNoNote));
  return parts.join('、');
}
