// @ts-check
/** Photos of a report: taken or chosen, shrunk on the phone, kept with the draft, shown small. */

import { asBlob, randomKey } from '../core/report_store.js';
import { MOST_PHOTOS } from '../lib/report_draft.js';
import { MOST_RAW_BYTES, sizeWithin, smallEnough, stepsFor } from '../lib/report_shrink.js';
import { filled, finder, say } from './report_form_fields.js';

/** @typedef {import('../lib/report_draft.js').Draft} Draft */

/** A drawing of the file, upright. Rejects where the browser cannot decode it. @param {File} file @returns {Promise<any>} */
async function drawn(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    // An older WebKit, or a kind of picture that only <img> knows.
  }
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

/** @param {HTMLCanvasElement} canvas @param {number} quality @returns {Promise<Blob>} */
const encoded = (canvas, quality) => new Promise((resolve, reject) => {
  canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/jpeg', quality);
});

/**
 * The photo as it leaves the phone: pixels alone, without the place and everything else that a camera writes.
 * @param {File} file @param {boolean} disaster
 * @returns {Promise<Blob | null>} null: this cannot be sent
 */
export async function shrunk(file, disaster) {
  let picture;
  try {
    picture = await drawn(file);
  } catch {
    const heic = /heic|heif/i.test(file.type + file.name);
    return heic && file.size <= MOST_RAW_BYTES ? file : null; // the server can, and strips it there
  }
  const [width, height] = [picture.naturalWidth || picture.width, picture.naturalHeight || picture.height];
  const canvas = document.createElement('canvas');
  try {
    return await smallEnough(({ side, quality }) => {
      Object.assign(canvas, sizeWithin(width, height, side));
      const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
      pen.fillStyle = 'white'; // behind what is see-through in a screenshot
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      return encoded(canvas, quality);
    }, stepsFor(disaster));
  } finally {
    if (picture.close) picture.close();
    Object.assign(canvas, { width: 0, height: 0 }); // iOS gives the memory back only so
  }
}

/**
 * @param {HTMLElement} root
 * @param {{store: any, draft: () => Draft, save: () => Promise<void>, words: DOMStringMap,
 *   originals: (files: File[]) => void}} world
 */
export function startPhotos(root, { store, draft, save, words, originals }) {
  const ref = finder(root);
  const list = /** @type {HTMLElement} */ (ref('photos'));
  /** @type {Map<string, File>} */
  const files = new Map(); // originals of this page, for their place; never stored

  /** @param {import('../lib/report_draft.js').Photo} photo @param {number} index */
  async function item(photo, index) {
    const kept = await store.photo(photo.id);
    const box = document.createElement('li');
    if (kept && photo.type !== 'image/jpeg') {
      box.append(Object.assign(document.createElement('span'), { textContent: filled(String(words.photoRaw), { n: index + 1 }) }));
    } else if (kept) {
      const image = new Image();
      image.alt = filled(String(words.photoOf), { n: index + 1 });
      image.src = URL.createObjectURL(asBlob(kept));
      image.addEventListener('load', () => URL.revokeObjectURL(image.src));
      box.append(image);
    }
    const drop = Object.assign(document.createElement('button'), {
      type: 'button', className: 'button', textContent: filled(String(words.photoDrop), { n: index + 1 }),
    });
    drop.dataset.kind = 'secondary';
    drop.addEventListener('click', () => remove(photo.id));
    box.append(drop);
    return box;
  }

  async function show() {
    const { photos } = draft();
    list.replaceChildren(...await Promise.all(photos.map(item)));
    ref('photo-ways').hidden = photos.length >= MOST_PHOTOS;
    originals(photos.map((one) => files.get(one.id)).filter(Boolean).map((one) => /** @type {File} */ (one)));
  }

  /** @param {string} id */
  async function remove(id) {
    draft().photos = draft().photos.filter((one) => one.id !== id);
    files.delete(id);
    say(ref('photo-said'), '');
    await save();
    await show();
    ref('camera').focus();
  }

  /** @param {File[]} chosen */
  async function add(chosen) {
    say(ref('photo-said'), String(words.shrinking));
    let sentence = '';
    for (const file of chosen) {
      if (draft().photos.length >= MOST_PHOTOS) {
        sentence = String(words.photoMany);
        break;
      }
      const small = await shrunk(file, 'disaster' in root.dataset);
      if (!small) {
        sentence = String(words.photoBad);
        continue;
      }
      const id = randomKey();
      const type = small.type || 'image/heic';
      await store.putPhoto({ id, type, bytes: await small.arrayBuffer() });
      files.set(id, file);
      draft().photos.push({ id, type, size: small.size, sent: false });
      await save();
    }
    await show();
    const count = filled(String(words.photoCount), { n: draft().photos.length });
    say(ref('photo-said'), sentence || (draft().photos.length ? count : ''));
  }

  for (const name of ['camera', 'choose']) {
    const input = /** @type {HTMLInputElement} */ (ref(name));
    // A camera may cost this page its life (low-end Android): what was said is kept before it opens.
    input.addEventListener('click', () => { save(); });
    input.addEventListener('change', async () => {
      const chosen = Array.from(input.files || []);
      input.value = ''; // the same photo may be chosen again, and a plain post must not carry the originals
      if (chosen.length) await add(chosen);
    });
  }
  return { show };
}
