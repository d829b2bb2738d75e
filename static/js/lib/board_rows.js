// @ts-check
/** How an open board follows a new answer without moving what somebody is reading. Pure. */

/**
 * The values of a row under their names.
 * @param {string[]} fields
 * @param {any[]} values
 * @returns {Record<string, any>}
 */
export function named(fields, values) {
  return Object.fromEntries(fields.map((field, at) => [field, values[at]]));
}

/**
 * Where rows that are not shown yet belong: each before a row that stands there by then, or at the end.
 * Done in this order, every `before` exists; rows that are shown already are not moved.
 * @param {string[]} shown
 * @param {string[]} wanted
 * @returns {{id: string, before: string | null}[]}
 */
export function insertions(shown, wanted) {
  const there = new Set(shown);
  /** @type {{id: string, before: string | null}[]} */
  const found = [];
  /** @type {string | null} */
  let before = null;
  for (let at = wanted.length - 1; at >= 0; at -= 1) {
    const id = wanted[at];
    if (!there.has(id)) found.push({ id, before });
    before = id;
  }
  return found;
}

/**
 * What was ticked and what was cleared, as the API takes it; null where nothing was.
 * @param {string[]} was
 * @param {string[]} now
 * @returns {{add: string[], remove: string[]} | null}
 */
export function needsMoved(was, now) {
  const add = now.filter((one) => !was.includes(one));
  const remove = was.filter((one) => !now.includes(one));
  return add.length + remove.length ? { add, remove } : null;
}

/**
 * Whether the rows stand as the answer has them.
 * @param {string[]} shown
 * @param {string[]} wanted
 */
export function inOrder(shown, wanted) {
  return shown.length === wanted.length && shown.every((id, at) => id === wanted[at]);
}
