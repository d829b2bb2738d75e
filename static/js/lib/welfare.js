// @ts-check
/** 福祉避難所 are in no general list; asked for by name they make a list of their own. Pure. */

/**
 * The same two files with the welfare rows alone, in the shape of ordinary shelters: one order serves both lists.
 * @param {any} snapshot
 * @param {any} status
 */
export function welfareOnly(snapshot, status) {
  const kind = snapshot.fields.indexOf('kind');
  /** @type {number[]} */
  const rows = [];
  snapshot.rows.forEach((/** @type {any[]} */ row, /** @type {number} */ at) => {
    if (row[kind] === 'welfare') rows.push(at);
  });
  /** @param {any} column */
  const only = (column) => rows.map((at) => column[at]);
  return {
    snapshot: {
      ...snapshot,
      rows: only(snapshot.rows).map((row) => row.map((/** @type {any} */ cell, /** @type {number} */ at) => (
        at === kind ? 'shelter' : cell))),
    },
    status: {
      ...status,
      opening: only(status.opening).join(''),
      level: only(status.level).join(''),
      people: only(status.people),
      updated: only(status.updated),
      notes: Object.fromEntries(rows.map((at, place) => [place, status.notes[at]]).filter(([, note]) => note)),
    },
  };
}
