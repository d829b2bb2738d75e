// @ts-check
/**
 * The disaster a page tells of: its banner, and the choice of hazards that goes with it. A page may stay open for
 * hours, or come out of a cache a day old; then this brings it up to date. The markup is that of
 * templates/components/disaster_banner.html, cloned from the page.
 */

import { loadDisaster } from '../core/shelter_feed.js';
import { fill, momentText } from '../lib/place_words.js';

/** @typedef {{name: string, hazards: string[], drill: boolean, area: string, started_at: string}} Disaster */

/** @param {ParentNode} root @param {string} name */
const ref = (root, name) => /** @type {HTMLElement} */ (root.querySelector(`[data-ref="${name}"]`));

/** @param {HTMLElement} root @returns {HTMLInputElement[]} */
const hazardsOf = (root) => Array.from(root.querySelectorAll('[name="hazard"]'));

/**
 * The banner as a page made now would have it.
 * @param {HTMLElement} root
 * @param {Disaster} disaster
 */
function made(root, disaster) {
  const words = ref(root, 'words').dataset;
  const blank = /** @type {HTMLTemplateElement} */ (ref(root, 'banner-blank')); // a drill's
  const banner = /** @type {HTMLElement} */ (/** @type {Element} */ (blank.content.firstElementChild).cloneNode(true));
  if (!disaster.drill) {
    banner.removeAttribute('data-drill');
    banner.setAttribute('aria-label', String(words.real));
    ref(banner, 'drill').remove();
    ref(banner, 'unreal').remove();
  }
  const labels = disaster.hazards.map((code) => {
    const input = hazardsOf(root).find(({ value }) => value === code);
    return input ? String(input.dataset.label) : '';
  });
  const lines = {
    disaster: disaster.name,
    dangers: labels.filter(Boolean).join('・'),
    area: disaster.area ? fill(words.area, { text: disaster.area }) : '',
    since: fill(words.since, { moment: momentText(Date.parse(disaster.started_at)) }),
  };
  for (const [name, text] of Object.entries(lines)) {
    const line = ref(banner, name);
    if (text) line.textContent = text;
    else line.remove();
  }
  return banner;
}

/**
 * The hazard of the disaster is asked for, unless the person had chosen another one.
 * @param {HTMLElement} root
 * @param {string} chief code of the disaster's first hazard, '' without one
 * @param {boolean} calm
 */
function choose(root, chief, calm) {
  const before = String(root.dataset.chief);
  const inputs = hazardsOf(root);
  const all = /** @type {HTMLInputElement} */ (inputs.find(({ value }) => value === ''));
  const checked = inputs.find((input) => input.checked);
  /** @type {HTMLElement} */ (all.closest('label')).hidden = !calm;
  root.dataset.chief = chief;
  if (checked && checked.value !== before && !(checked === all && !calm)) return;
  inputs.forEach((input) => {
    input.checked = input.value === chief && (chief !== '' || calm);
  });
}

/** @param {HTMLElement | null} banner */
const said = (banner) => banner && String(banner.textContent).replace(/\s+/g, '');

/**
 * The page tells of `disaster`, or of none. True if it told something else before.
 * @param {HTMLElement} root
 * @param {Disaster | null} disaster
 */
export function showDisaster(root, disaster) {
  const shown = /** @type {HTMLElement | null} */ (document.querySelector('[data-ref="banner"]'));
  const banner = disaster && made(root, disaster);
  if (said(shown) === said(banner)) return false;
  if (shown) shown.remove();
  if (banner) /** @type {HTMLElement} */ (document.querySelector('main')).before(banner);
  choose(root, (disaster && disaster.hazards[0]) || '', !disaster);
  return true;
}

/**
 * A page without a list tells of the disaster that is on.
 * @param {HTMLElement} root
 */
export async function refreshBanner(root) {
  const disaster = await loadDisaster(String(root.dataset.status));
  if (showDisaster(root, disaster)) ref(root, 'net').textContent = String(ref(root, 'words').dataset.changed);
}
