// @ts-check
/** What a person must decide or read out: another's change in the way, a count nobody believes, reports that fell. */

import { changeText, grouped, statusText } from '../lib/change_words.js';
import { clockText, fill } from '../lib/place_words.js';
import { made } from './shelter_phone_view.js';

/** @typedef {import('../lib/change_queue.js').Entry} Entry */
/** @typedef {Record<string, string | undefined>} Words */

/** @param {string} label @param {string} act @param {string} key @param {string} [kind] */
function way(label, act, key, kind = '') {
  const button = made('button', label, { class: 'button', type: 'button', 'data-act': act, 'data-key': key });
  if (kind) button.dataset.kind = kind;
  return button;
}

/** @param {string} title @param {string[]} lines @param {HTMLElement[]} ways */
function panel(title, lines, ways) {
  const box = made('section', '', { class: 'notice', 'data-tone': 'warn', role: 'alert' });
  box.append(made('p', title, { class: 'notice-title' }), ...lines.map((line) => made('p', line)));
  const row = made('p', '', { class: 'phone-ways' });
  row.append(...ways);
  box.append(row);
  return box;
}

/** @param {Words} words @param {Entry} entry */
function conflictPanel(words, entry) {
  if (entry.change.undo !== undefined) {
    return panel(String(words.conflict), [String(words.undoLate)], [way(String(words.understood), 'drop', entry.key)]);
  }
  const mine = changeText(words, entry.change);
  const theirs = statusText(words, entry.change, entry.theirs || {});
  const keep = entry.change.note === undefined ? fill(words.takeTheirs, { text: theirs }) : String(words.noteTheirs);
  return panel(
    String(words.conflict),
    [fill(words.yours, { text: mine }), fill(words.theirs, { text: theirs })],
    [way(fill(words.takeMine, { text: mine }), 'stand', entry.key), way(keep, 'drop', entry.key, 'secondary')],
  );
}

/** @param {Words} words @param {Entry} entry */
function doubtPanel(words, entry) {
  const { people } = entry.change;
  const said = changeText(words, entry.change);
  const text = people === undefined ? said : fill(words.peopleWord, { n: grouped(people) });
  return panel(
    String(words.doubt),
    [String(entry.why || said)],
    [way(fill(words.doubtYes, { text }), 'stand', entry.key), way(String(words.doubtNo), 'mend', entry.key, 'secondary')],
  );
}

/**
 * Reports that never arrived and will not by themselves, to be read out to headquarters.
 * @param {Words} words @param {Entry[]} fallen @param {{again: boolean, over: boolean}} how
 */
export function fallenPanel(words, fallen, { again, over }) {
  const lines = fallen.map((one) => {
    const why = one.state === 'refused' && one.why ? `（${one.why}）` : '';
    return `${clockText(one.at)}　${changeText(words, one.change)}${why}`;
  });
  const title = fill(words.lost, { n: fallen.length });
  const ways = [way(String(words.lostTold), 'told', '', 'secondary')];
  if (again) ways.unshift(way(String(words.lostAgain), 'again', ''));
  if (words.phone) ways.unshift(made('a', String(words.call), { class: 'button', href: `tel:${words.phone}` }));
  const box = panel(title, [...(over ? [String(words.over)] : []), String(words.lostTell), ...lines], ways);
  box.dataset.tone = 'error';
  return box;
}

/**
 * Show what is to be decided. The first question takes the view, not the keyboard.
 * @param {HTMLElement} place @param {Words} words
 * @param {{undecided: Entry[], fallen: Entry[], over: boolean}} held
 */
export function showAsks(place, words, { undecided, fallen, over }) {
  const mark = JSON.stringify([undecided, fallen, over]);
  if (place.dataset.mark === mark) return;
  place.dataset.mark = mark;
  const panels = undecided.map((one) => (one.state === 'conflict' ? conflictPanel(words, one) : doubtPanel(words, one)));
  if (fallen.length) panels.push(fallenPanel(words, fallen, { again: !over, over }));
  else if (over) panels.push(made('p', String(words.over), { class: 'notice', 'data-tone': 'error', role: 'alert' }));
  place.replaceChildren(...panels);
  if (panels.length) place.scrollIntoView({ block: 'nearest' });
}
