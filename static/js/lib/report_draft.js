// @ts-check
/** A report while it is being written and until the town has it: what it holds, how long, and what goes to the server. */

/**
 * @typedef {object} Photo
 * @property {string} id its bytes lie beside the draft under this name
 * @property {string} type
 * @property {number} size
 * @property {boolean} sent the town has it, or will not take it
 */
/**
 * @typedef {object} Place
 * @property {'position' | 'pin' | 'town' | 'asset' | 'photo'} way how it was said
 * @property {number} lat
 * @property {number} lon
 * @property {number | null} accuracy in metres, where a device told it
 * @property {string} name what it is called, for the page alone
 */
/**
 * @typedef {object} Draft
 * @property {string} key makes every repeat the same report; drawn once, when the draft begins
 * @property {string} owner a mark of the resident whose draft it is
 * @property {'draft' | 'sending'} state
 * @property {number} savedAt
 * @property {string} category
 * @property {Record<string, string>} answers
 * @property {Place | null} place
 * @property {string} placeText
 * @property {string} assetNumber
 * @property {string} description
 * @property {Photo[]} photos
 * @property {{id: string, number: string, url: string} | null} receipt
 */

/** So long a draft waits on the phone; the server knows its key for a week. */
export const LIFE_MS = 72 * 3600 * 1000;

export const MOST_PHOTOS = 3;

/** A position worse than this is no place for a report. */
export const VAGUE_M = 1000;

/** @param {string} key @param {string} owner @param {number} now @returns {Draft} */
export function newDraft(key, owner, now) {
  return {
    key, owner, state: 'draft', savedAt: now, category: '', answers: {}, place: null, placeText: '', assetNumber: '',
    description: '', photos: [], receipt: null,
  };
}

/** Whether nothing was said yet, so that nothing is worth keeping. @param {Draft} draft */
export const isBlank = (draft) => !draft.category && !draft.place && !draft.placeText && !draft.assetNumber
  && !draft.description && draft.photos.length === 0;

/**
 * What a storage holds, sorted out: the draft to go on with (the newest; the others wait their turn), what is still to be
 * sent, and what is too old to keep. What is being sent is kept until the town answers.
 * @param {Draft[]} kept @param {string} owner @param {number} now
 */
export function sortedOut(kept, owner, now) {
  const mine = kept.filter((one) => one.owner === owner);
  const old = (/** @type {Draft} */ one) => now - one.savedAt >= LIFE_MS;
  const drafts = mine.filter((one) => one.state === 'draft' && !old(one)).sort((a, b) => b.savedAt - a.savedAt);
  return {
    draft: drafts[0] || null,
    sending: mine.filter((one) => one.state === 'sending'),
    // Another person's on the same phone goes with its own age, so that it is not there for ever.
    over: kept.filter((one) => old(one) && (one.owner !== owner || one.state === 'draft')),
  };
}

/** The text of a report as the server reads it. Photos follow by themselves. @param {Draft} draft */
export function bodyOf(draft) {
  const { place } = draft;
  return {
    category: draft.category,
    description: draft.description.trim(),
    lat: place ? place.lat : null,
    lon: place ? place.lon : null,
    accuracy_m: place && place.accuracy !== null ? Math.round(place.accuracy) : null,
    place_way: place ? place.way : 'pin',
    place_text: draft.placeText.trim(),
    asset_number: draft.assetNumber.trim(),
    answers: draft.answers,
  };
}

/**
 * What is still to be said before it can be sent, in the order of the page.
 * @param {Draft} draft @param {string[]} required codes of the questions that need an answer
 */
export function lacking(draft, required) {
  const names = required.filter((code) => !(draft.answers[code] || '').trim()).map((code) => `answers.${code}`);
  return [...(draft.category ? [] : ['category']), ...names, ...(draft.place ? [] : ['place'])];
}

/** The field of the page that an error of the server belongs to. @param {string} field */
export function fieldOf(field) {
  if (['lat', 'lon', 'accuracy_m', 'place_way', 'place', 'position', 'town'].includes(field)) return 'place';
  return field;
}

/** @param {Draft} draft */
export const unsentPhotos = (draft) => draft.photos.filter((one) => !one.sent);
