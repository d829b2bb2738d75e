// @ts-check
/**
 * A report on one page. Everything is kept in the phone with every input, put back after the page was killed, and sent by
 * itself once there is a network. Without this script the same form is posted page by page.
 */

import { openReports, randomKey } from '../core/report_store.js';
import { fieldOf, isBlank, lacking, newDraft, sortedOut } from '../lib/report_draft.js';
import { filled, finder, lead, say, startFields } from './report_form_fields.js';
import { startNear } from './report_form_near.js';
import { startParcels } from './report_form_parcels.js';
import { startPhotos } from './report_form_photos.js';
import { startPlace } from './report_form_place.js';

/** @typedef {import('../lib/report_draft.js').Draft} Draft */

/** @param {HTMLElement} root */
export function start(root) {
  const ref = finder(root);
  const words = /** @type {HTMLElement} */ (ref('words')).dataset;
  const owner = String(root.dataset.owner);
  const form = /** @type {HTMLFormElement} */ (ref('form'));
  let draft = newDraft(ref('key').value, owner, Date.now());
  let sending = false;
  /** @type {Promise<any>} */
  let opened = openReports();
  /** @type {any} */
  let store = null;

  const fields = startFields(root);

  async function save() {
    fields.read(draft);
    draft.savedAt = Date.now();
    store = store || await opened;
    if (isBlank(draft) || sending) return;
    await store.put({ ...draft });
    ref('clear').hidden = false;
    say(ref('kept'), String(store.lasts ? words.kept : words.unkept));
  }

  /** What others will see, as it stands now. */
  function preview() {
    const { name } = fields.category();
    if (name) say(ref('public-now'), filled(String(words.publicNow), { category: name }));
    const later = [String(words.publicPlace), draft.description.trim() ? String(words.publicWords) : '', draft.photos.length ? filled(String(words.publicPhotos), { n: draft.photos.length }) : ''];
    say(ref('public-later'), later.filter(Boolean).join('・'));
  }

  async function changed() {
    await save();
    fields.showEnd();
    preview();
    near.look();
  }

  /** @type {any} */
  let photos = null;
  /** @type {any} */
  let parcels = null;
  const place = startPlace(root, { draft: () => draft, changed, words });
  const near = startNear(root, {
    draft: () => draft,
    words,
    file: () => submit(),
    joined: async (receipt) => {
      await forget();
      form.hidden = true;
      parcels.arrived(receipt, String(words.sameDone));
    },
    failed: (error) => {
      if (parcels.mayLeave(error)) return;
      fields.blame([{ field: '', message: error.title || String(words.noNet) }], String(words.lack));
    },
  });

  async function forget() {
    await store.drop(draft, draft.photos.map((one) => one.id));
    draft = newDraft(randomKey(), owner, Date.now());
    fields.write(draft);
  }

  async function clear() {
    if (!window.confirm(String(words.sure))) return;
    await forget();
    window.location.replace(String(root.dataset.home));
  }

  /** @param {Draft} kept */
  async function restore(kept) {
    draft = kept;
    fields.write(draft);
    place.restore();
    await photos.show();
    fields.showEnd();
    preview();
    ref('clear').hidden = false;
    near.look();
  }

  /** What the town would not take comes back to be mended, under the same key unless that key is used up. @param {Draft} refused @param {any} outcome */
  async function back(refused, outcome) {
    sending = false;
    const key = outcome.kind === 'twice' ? randomKey() : refused.key;
    if (key !== refused.key) await store.drop(refused, []);
    form.hidden = false;
    await restore({ ...refused, key, state: 'draft' });
    await store.put({ ...draft });
    const said = outcome.kind === 'twice' ? [{ field: '', message: String(words.twice) }]
      : outcome.errors.map((/** @type {any} */ one) => ({ field: fieldOf(one.field), message: one.message }));
    fields.blame(said.length ? said : [{ field: '', message: outcome.why }], outcome.why || String(words.lack));
  }

  /** @returns {{field: string, message: string}[]} */
  function faults() {
    const sentences = { category: words.lackCategory, place: words.lackPlace };
    return lacking(draft, fields.required()).map((field) => (
      { field, message: String(/** @type {any} */ (sentences)[field] || words.lackAnswer) }));
  }

  async function submit() {
    if (sending) return;
    await save();
    const lack = faults();
    fields.blame(lack, String(words.lack));
    if (lack.length || fields.showEnd() || near.asks()) return;
    if (sending) return; // a second tap while the first was being kept
    sending = true;
    const claimed = await store.claim({ ...draft, state: 'sending' });
    form.hidden = true;
    parcels.add(claimed, true);
  }

  form.addEventListener('submit', (event) => {
    if (!store) return; // no storage yet: the plain way works
    event.preventDefault();
    submit();
  });
  form.addEventListener('keydown', (event) => {
    // Enter in a line of text would send the whole form.
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault();
  });
  form.addEventListener('input', () => { changed(); });
  form.addEventListener('change', () => { changed(); });
  ref('clear').addEventListener('click', clear);
  ref('start-photo').addEventListener('click', () => ref('camera').click());
  ref('start-place').addEventListener('click', () => {
    lead(/** @type {HTMLElement} */ (root.querySelector('#l-place')));
    place.here();
  });

  async function begin() {
    store = await opened;
    parcels = startParcels(root, { store, words, back, home: String(root.dataset.home) });
    photos = startPhotos(root, { store, draft: () => draft, save: async () => { await save(); preview(); }, words, originals: place.originals });
    const found = sortedOut(await store.all(), owner, Date.now());
    await Promise.all(found.over.map((one) => store.drop(one, one.photos.map((photo) => photo.id))));
    found.sending.forEach((one) => parcels.add(one));
    // What was typed before this script arrived counts more than what was typed another day.
    fields.read(draft);
    if (found.draft && isBlank(draft)) {
      await restore(found.draft);
      ref('restored').hidden = false;
    }
    root.dataset.whole = '';
  }

  // A page taken out of the browser's memory may be older than what the phone has kept since.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) window.location.reload();
  });
  begin();
}
