// @ts-check
/** A form that holds nothing but counters. */

import { startCounters } from './check_in_counters.js';

/** @param {HTMLElement} root */
export function start(root) {
  startCounters(root);
}
