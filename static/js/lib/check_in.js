// @ts-check
/** Decisions of the check-in, without a browser. */

import { fill } from './place_words.js';

/** @typedef {Record<string, string | undefined>} Words */

/** What is counted beside the people, in the order it is said. */
export const CARES = ['mobility', 'infants', 'pregnant', 'medical', 'other', 'pets'];

/**
 * The shelter that a scanned code names, whatever host it was printed for. Only the id is taken from it: a code of
 * somebody else leads nowhere.
 * @param {unknown} scanned
 */
export function shelterOf(scanned) {
  const found = /\/checkin\/([a-z2-9]{6,12})$/.exec(String(scanned || '').trim());
  return found && String(scanned).length <= 300 ? found[1] : null;
}

/** A number as people type it: full-width digits and spaces too; NaN for what is none. @param {string} typed */
export function numberOf(typed) {
  const digits = typed.normalize('NFKC').replace(/[\s人,]/g, '');
  return /^\d{1,6}$/.test(digits) ? Number(digits) : NaN;
}

/** Six digits of a code, or empty. @param {string} typed */
export function codeOf(typed) {
  const digits = typed.normalize('NFKC').replace(/[\s\-‐‑–—−ー]/g, '');
  return /^\d{6}$/.test(digits) ? digits : '';
}

/**
 * One step of a counter, kept between its ends.
 * @param {string} shown @param {number} step @param {number} least @param {number} most
 */
export function stepped(shown, step, least, most) {
  const now = numberOf(shown || '0');
  return Math.min(most, Math.max(least, (Number.isNaN(now) ? least : now) + step));
}

/**
 * A family in words, as the server says it: 4人・乳幼児1・ペット1.
 * @param {Words} words @param {Record<string, number>} party
 */
export function partyText(words, party) {
  const cares = CARES.filter((name) => party[name]).map((name) => `${words[`care${name[0].toUpperCase()}${name.slice(1)}`]}${party[name]}`);
  return [fill(words.people, { n: party.people }), ...cares].join('・');
}
