// @ts-check
/** The two public files of the finder, and the last list kept for the hour without network. */

import { getPublic } from './http.js';

const KEPT = 'machimado.shelters';

/** @type {{url: string, snapshot: any} | undefined} */
let held;

/** @type {{snapshot: any, status: any} | null} */
let feed = null;

/** What was loaded last, or null. It orders a list at once, with or without network. */
export const last = () => feed;

/** @param {string} url @param {RequestCache} [cache] */
async function snapshotOf(url, cache) {
  const snapshot = await getPublic(url, cache);
  held = { url, snapshot };
  return snapshot;
}

/**
 * Places and their state, belonging together. The places are fetched once; the state is asked for again each time.
 * Rejects when the network stays away, and with `stale` true when this page is older than the list.
 * @param {string} snapshotUrl
 * @param {string} statusUrl
 */
export async function load(snapshotUrl, statusUrl) {
  const places = held && held.url === snapshotUrl ? held.snapshot : snapshotOf(snapshotUrl);
  let [snapshot, status] = await Promise.all([places, getPublic(statusUrl)]);
  // Rows of the state count into the places: with another edition every row would name a wrong place.
  if (snapshot.version !== status.snapshot) snapshot = await snapshotOf(snapshotUrl, 'reload');
  if (snapshot.version !== status.snapshot) throw Object.assign(new Error('another edition'), { renewed: true });
  feed = { snapshot, status };
  return feed;
}

/**
 * What is on, by itself: for a page that shows no list. Asked once; the next look is never far.
 * @param {string} statusUrl
 */
export async function loadDisaster(statusUrl) {
  return (await getPublic(statusUrl, 'default', [])).disaster;
}

/** @param {any} view */
function coarse(view) {
  return { ...view, distance_m: Math.max(100, Math.round(view.distance_m / 100) * 100) };
}

/**
 * Keep the list for a time without network. The person's position is not kept; but distances to several known places
 * would give it away to the metre, so they are rounded to 100 m, as coarse as a position with three decimals.
 * @param {{at: number, title: string, hazard: string, disaster: boolean, views: any[]}} list
 */
export function keep(list) {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ ...list, views: list.views.map(coarse) }));
  } catch {
    // Storage full or refused (private window): the list on the screen still works.
  }
}

/**
 * The kept list, or null.
 * @returns {{at: number, title: string, hazard: string, disaster: boolean, views: any[]} | null}
 */
export function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) || 'null');
  } catch {
    return null;
  }
}
