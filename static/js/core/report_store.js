// @ts-check
/**
 * Reports that are being written or are on their way, and their photos: IndexedDB, else this page alone. Photos lie there
 * as bytes, because old WebKit loses Blobs.
 */

/** @typedef {import('../lib/report_draft.js').Draft} Draft */
/** @typedef {{id: string, type: string, bytes: ArrayBuffer}} Kept */

const NAME = 'machimado.reports';
const OPEN_MS = 3000;

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** Only a finished transaction outlives the page. @param {IDBTransaction} work @returns {Promise<void>} */
const settled = (work) => new Promise((resolve, reject) => {
  work.oncomplete = () => resolve();
  work.onerror = () => reject(work.error);
  work.onabort = () => reject(work.error);
});

/** Rejects where the browser has none, refuses, or (old WebKit) never answers. @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('late')), OPEN_MS);
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('drafts', { keyPath: 'key' });
      request.result.createObjectStore('photos', { keyPath: 'id' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
}

/** @param {IDBDatabase} database */
function inDatabase(database) {
  /** @param {(drafts: IDBObjectStore, photos: IDBObjectStore) => void} change */
  const write = (change) => {
    const work = database.transaction(['drafts', 'photos'], 'readwrite');
    change(work.objectStore('drafts'), work.objectStore('photos'));
    return settled(work);
  };
  return {
    all: () => done(database.transaction('drafts').objectStore('drafts').getAll()),
    /** @param {Draft} draft */
    put: (draft) => write((drafts) => { drafts.put(draft); }),
    /** @param {Draft} draft @param {string[]} ids */
    drop: (draft, ids) => write((drafts, photos) => {
      drafts.delete(draft.key);
      ids.forEach((id) => photos.delete(id));
    }),
    /** @param {Kept} kept */
    putPhoto: (kept) => write((_drafts, photos) => { photos.put(kept); }),
    /** @param {string} id @returns {Promise<Kept | undefined>} */
    photo: (id) => done(database.transaction('photos').objectStore('photos').get(id)),
    /**
     * The draft is on its way from now on, in this page and in every other one. Gives how it stands: where another page
     * was first, that page's.
     * @param {Draft} draft
     */
    claim: async (draft) => {
      const work = database.transaction('drafts', 'readwrite');
      const drafts = work.objectStore('drafts');
      const kept = /** @type {Draft | undefined} */ (await done(drafts.get(draft.key)));
      const first = kept && kept.state === 'sending' ? kept : draft;
      drafts.put(first);
      await settled(work);
      return first;
    },
  };
}

/** @returns {ReturnType<typeof inDatabase>} */
function inPage() {
  /** @type {Map<string, Draft>} */
  const drafts = new Map();
  /** @type {Map<string, Kept>} */
  const photos = new Map();
  return {
    all: async () => [...drafts.values()],
    put: async (draft) => { drafts.set(draft.key, draft); },
    drop: async (draft, ids) => {
      drafts.delete(draft.key);
      ids.forEach((id) => photos.delete(id));
    },
    putPhoto: async (kept) => { photos.set(kept.id, kept); },
    photo: async (id) => photos.get(id),
    claim: async (draft) => {
      drafts.set(draft.key, draft);
      return draft;
    },
  };
}

/**
 * The store. Where the phone's storage refuses, now or later, everything goes on in this page alone and `lasts` is false:
 * the page says so.
 */
export async function openReports() {
  const page = inPage();
  const disk = await openDatabase().then(inDatabase).catch(() => null);
  const store = { ...page, lasts: Boolean(disk) };
  if (!disk) return store;
  /** @type {(name: keyof ReturnType<typeof inPage>) => (...said: any[]) => Promise<any>} */
  const both = (name) => async (...said) => {
    const first = await /** @type {any} */ (page)[name](...said); // the page's own copy first: a full disk loses nothing
    try {
      return await /** @type {any} */ (disk)[name](...said);
    } catch {
      store.lasts = false;
      return first;
    }
  };
  return Object.assign(store, {
    all: () => disk.all().catch(() => page.all()),
    put: both('put'),
    drop: both('drop'),
    putPhoto: both('putPhoto'),
    photo: async (/** @type {string} */ id) => (await page.photo(id)) || disk.photo(id).catch(() => undefined),
    claim: both('claim'),
  });
}

/** @param {Kept} kept */
export const asBlob = (kept) => new Blob([kept.bytes], { type: kept.type });

/** Letters nobody guesses; `crypto.randomUUID` needs iOS 15.4. */
export function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
