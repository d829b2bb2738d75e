// @ts-check
/**
 * Changes of one shelter on their way to the server: added by taps, folded, sent in order, once each. Pure.
 *
 * A change keeps its request key from the first try on, so sending it again is never counting it twice. What the server
 * cannot take as it is (somebody else was faster, a count nobody believes) waits for the person, and everything behind
 * it that speaks of the same thing waits too. Saying the same thing anew answers the question: it goes, the new one is
 * sent.
 */

/**
 * @typedef {object} Change what one tap says; nothing set is 変わりなし
 * @property {string} [opening]
 * @property {number} [people] a head count
 * @property {number} [people_change] adds to whatever it is by then
 * @property {string} [level] 'auto' gives it back to the computed one
 * @property {string} [note]
 * @property {string[]} [needs_added]
 * @property {string[]} [needs_removed]
 * @property {number} [undo] id of the event that is taken back
 * @property {boolean} [confirmed] the person stands by an improbable count
 */
/**
 * @typedef {object} Entry
 * @property {string} key
 * @property {Change} change
 * @property {number} at when it was so, by this phone's clock
 * @property {number} touched when it was last tapped
 * @property {number | null} base version the person saw
 * @property {boolean} tried its key is known outside this page: it must not change any more
 * @property {number} [from] not to be sent before: another page of this phone may still be tapping at it
 * @property {'waiting' | 'conflict' | 'doubt' | 'refused' | 'lost'} state
 * @property {any} [theirs] the status that stood in the way
 * @property {string} [why]
 */
/** @typedef {{opening: string, people: number | null, level: string | null, level_by_hand: boolean, note: string,
 *   needs: string[], version: number}} Status */
/** @typedef {{kind: 'ok' | 'conflict' | 'doubt' | 'refused' | 'lost' | 'later', theirs?: any, why?: string}} Verdict */

export const FOLD_MS = 1500;
/** What another page of this phone wrote may still be growing there; after this long it is not. */
export const SETTLE_MS = 2 * FOLD_MS;

/** What is set, and not added to. */
const SET = ['people', 'opening', 'level', 'note'];

/** Whether it only adds people. @param {Change} change */
const adds = (change) => change.people_change !== undefined && Object.keys(change).length === 1;

/** Whether it waits for the person. @param {Entry} entry */
const asks = (entry) => entry.state === 'conflict' || entry.state === 'doubt';

/** What a change sets, whatever it was before. @param {Change} change @returns {string[]} */
const setsOf = (change) => Object.keys(change).filter((name) => SET.includes(name));

/** What a change speaks of. @param {Change} change */
export function fieldsOf(change) {
  if (change.undo !== undefined) return ['people', 'opening', 'level', 'note', 'needs'];
  const fields = [];
  if (change.people !== undefined || change.people_change !== undefined) fields.push('people');
  if (change.opening !== undefined) fields.push('opening');
  if (change.level !== undefined) fields.push('level');
  if (change.note !== undefined) fields.push('note');
  if (change.needs_added || change.needs_removed) fields.push('needs');
  return fields;
}

/**
 * The queue without the questions that need no answer any more: all they speak of was said anew behind them. Steps stay:
 * whoever came was counted, before the new count or in it.
 * @param {Entry[]} entries
 */
export function current(entries) {
  return entries.filter((entry, index) => {
    const fields = fieldsOf(entry.change);
    if (!asks(entry) || entry.change.undo !== undefined || !fields.length) return true;
    const anew = entries.slice(index + 1).filter((one) => one.state === 'waiting' || asks(one));
    const said = new Set(anew.flatMap((one) => setsOf(one.change)));
    return !fields.every((field) => said.has(field));
  });
}

/** A step that never goes below nobody, as the person sees it. @param {number | null} shown @param {number} step */
export function stepFrom(shown, step) {
  return Math.max(step, -(shown || 0));
}

/**
 * The queue with one more tap. Steps within a second and a half become one change; steps that cancel out become none.
 * @param {Entry[]} entries
 * @param {Change} change
 * @param {{key: string, now: number, base: number | null}} tap
 * @returns {{entries: Entry[], entry: Entry | null, gone: string[]}} what to keep, what to forget
 */
export function tapped(entries, change, { key, now, base }) {
  const last = entries[entries.length - 1];
  const folds = last && adds(change) && adds(last.change) && last.state === 'waiting' && !last.tried
    && now - last.touched <= FOLD_MS;
  if (!folds) {
    /** @type {Entry} */
    const entry = { key, change, at: now, touched: now, base, tried: false, state: 'waiting' };
    const after = current([...entries, entry]);
    return { entries: after, entry, gone: entries.filter((one) => !after.includes(one)).map((one) => one.key) };
  }
  const sum = Number(last.change.people_change) + Number(change.people_change);
  const before = entries.slice(0, -1);
  if (sum === 0) return { entries: before, entry: null, gone: [last.key] };
  const entry = { ...last, change: { people_change: sum }, touched: now };
  return { entries: [...before, entry], entry, gone: [] };
}

/**
 * Whether a wait of `left` has neither passed nor, after the phone's clock was put back, become an absurd one.
 * @param {number} limit @param {number} left
 */
const isWithin = (limit, left) => left > 0 && left <= limit;

/**
 * Whether the person may still be tapping at it.
 * @param {Entry} entry @param {boolean} isLast @param {number} now
 */
function isGrowing(entry, isLast, now) {
  if (isWithin(SETTLE_MS, (entry.from || 0) - now)) return true;
  return isLast && !entry.tried && adds(entry.change) && isWithin(FOLD_MS, entry.touched + FOLD_MS - now);
}

/**
 * The change to send now, or null: the first that waits for nobody.
 * @param {Entry[]} entries @param {number} now
 * @returns {Entry | null}
 */
export function nextToSend(entries, now) {
  /** @type {Set<string>} */
  const held = new Set();
  for (const [index, entry] of entries.entries()) {
    const fields = fieldsOf(entry.change);
    if (entry.state === 'waiting') {
      const waits = fields.some((field) => held.has(field)) || isGrowing(entry, index === entries.length - 1, now);
      if (!waits) return entry;
      fields.forEach((field) => held.add(field));
    } else if (asks(entry) && entry.change.undo === undefined) { // an undo that failed is news, and holds up nothing
      fields.forEach((field) => held.add(field));
    }
  }
  return null;
}

/**
 * What goes over the wire. The age is counted in the phone, so a clock that is wrong does no harm.
 * @param {Entry} entry @param {number} now @param {string} device
 */
export function bodyOf(entry, now, device) {
  return {
    ...entry.change,
    base_version: entry.base,
    request_key: entry.key,
    age_s: Math.max(0, Math.floor((now - entry.at) / 1000)),
    device,
  };
}

/**
 * The queue after an answer to one change. An answer that never came is 'later': the change stays as it is.
 * @param {Entry[]} entries @param {string} key @param {Verdict} verdict
 * @returns {Entry[]}
 */
export function settled(entries, key, verdict) {
  if (verdict.kind === 'ok') return entries.filter((entry) => entry.key !== key);
  const { kind, theirs, why } = verdict;
  if (kind === 'later') return entries;
  if (kind === 'lost') {
    return entries.map((entry) => (entry.state === 'refused' ? entry : { ...entry, state: 'lost', why }));
  }
  return current(entries.map((entry) => (entry.key === key ? { ...entry, state: kind, theirs, why } : entry)));
}

/**
 * The queue after the person decided. To stand by a change is to say it anew: now, knowing what stands there. It keeps
 * its place, also in a page that is opened anew: what was added after it is added to it.
 * @param {Entry[]} entries @param {string} key
 * @param {{key: string, now: number, base: number | null} | null} anew null: it is let go
 * @returns {{entries: Entry[], entry: Entry | null}}
 */
export function decided(entries, key, anew) {
  if (!anew) return { entries: entries.filter((entry) => entry.key !== key), entry: null };
  /** @type {Entry | null} */
  let made = null;
  const after = entries.map((entry) => {
    if (entry.key !== key) return entry;
    const change = entry.state === 'doubt' ? { ...entry.change, confirmed: true } : entry.change;
    made = { key: anew.key, change, at: anew.now, touched: entry.touched, base: anew.base, tried: false, state: 'waiting' };
    return made;
  });
  return { entries: after, entry: made };
}

/** Changes of which the server does not know yet. @param {Entry[]} entries */
export const unsent = (entries) => entries.filter((entry) => entry.state === 'waiting');

/** Changes that need the person. @param {Entry[]} entries */
export const undecided = (entries) => entries.filter(asks);

/** Changes that never arrived and will not. @param {Entry[]} entries */
export const fallen = (entries) => entries.filter((entry) => entry.state === 'lost' || entry.state === 'refused');

/**
 * The status as the person has said it: the server's, with what is still on its way.
 * @template {Status} S
 * @param {S} status @param {Entry[]} entries
 * @returns {S}
 */
export function overlaid(status, entries) {
  return unsent(entries).reduce((seen, { change }) => {
    const next = { ...seen };
    if (change.opening !== undefined) next.opening = change.opening;
    if (change.people !== undefined) next.people = change.people;
    if (change.people_change !== undefined) next.people = Math.max(0, (seen.people || 0) + change.people_change);
    if (change.level !== undefined) {
      next.level_by_hand = change.level !== 'auto';
      next.level = change.level === 'auto' ? null : change.level;
    }
    if (change.note !== undefined) next.note = change.note;
    const gone = change.needs_removed || [];
    next.needs = [...new Set([...seen.needs, ...(change.needs_added || [])])].filter((need) => !gone.includes(need));
    return next;
  }, status);
}
