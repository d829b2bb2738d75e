// @ts-check
/**
 * Where changes wait in the phone: IndexedDB, else localStorage, else this page alone. One record each, so that two pages
 * of one phone never write over each other's.
 */

/** @typedef {import('../lib/change_queue.js').Entry} Entry */
/**
 * @typedef {object} Store
 * @property {() => Promise<Entry[]>} all
 * @property {(entry: Entry) => Promise<void>} put
 * @property {(key: string) => Promise<void>} drop
 * @property {boolean} lasts whether it outlives this page
 */

const NAME = 'machimado.changes';
const OPEN_MS = 3000;

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** Rejects where the browser has none, refuses, or (old WebKit) never answers. @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('late')), OPEN_MS);
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('changes', { keyPath: 'key' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
}

/** @param {IDBDatabase} database @param {string} scope @returns {Store} */
function inDatabase(database, scope) {
  /** @param {IDBTransactionMode} mode */
  const records = (mode) => database.transaction('changes', mode).objectStore('changes');
  return {
    lasts: true,
    all: async () => (await done(records('readonly').getAll())).filter((one) => one.scope === scope),
    put: async (entry) => { await done(records('readwrite').put({ ...entry, scope })); },
    drop: async (key) => { await done(records('readwrite').delete(key)); },
  };
}

/** @param {Storage} storage @param {string} scope @returns {Store} */
function inStorage(storage, scope) {
  const prefix = `${NAME}.${scope}.`;
  storage.setItem(`${NAME}.probe`, '1'); // throws in a private window
  storage.removeItem(`${NAME}.probe`);
  const names = () => Object.keys(storage).filter((name) => name.startsWith(prefix));
  return {
    lasts: true,
    all: async () => names().map((name) => JSON.parse(String(storage.getItem(name)))),
    put: async (entry) => storage.setItem(prefix + entry.key, JSON.stringify(entry)),
    drop: async (key) => storage.removeItem(prefix + key),
  };
}

/** @returns {Store} */
function inPage() {
  /** @type {Map<string, Entry>} */
  const held = new Map();
  return {
    lasts: false,
    all: async () => [...held.values()],
    put: async (entry) => { held.set(entry.key, entry); },
    drop: async (key) => { held.delete(key); },
  };
}

/** @param {string} scope @returns {Promise<Store>} */
async function best(scope) {
  try {
    return inDatabase(await openDatabase(), scope);
  } catch {
    // No IndexedDB here: the next best.
  }
  try {
    return inStorage(window.localStorage, scope);
  } catch {
    return inPage();
  }
}

/**
 * The store of one pass. A storage that fails later (full, taken away) loses nothing that this page still knows; from then
 * on `lasts` is false.
 * @param {string} scope
 * @returns {Promise<Store>}
 */
export async function openStore(scope) {
  const held = await best(scope);
  /** @type {Store} */
  const store = {
    lasts: held.lasts,
    all: () => held.all().catch(() => failed([])),
    put: (entry) => held.put(entry).catch(() => failed(undefined)),
    drop: (key) => held.drop(key).catch(() => failed(undefined)),
  };
  /** @template T @param {T} instead */
  const failed = (instead) => {
    store.lasts = false;
    return instead;
  };
  return store;
}

/** Letters nobody guesses and nobody else draws; `crypto.randomUUID` needs iOS 15.4. */
export function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** This phone's own name, drawn once: it tells two phones with one pass apart, and nothing about the person. */
export function deviceName() {
  const name = 'machimado.device';
  try {
    const kept = localStorage.getItem(name);
    if (kept) return kept;
    const drawn = randomKey();
    localStorage.setItem(name, drawn);
    return drawn;
  } catch {
    return randomKey();
  }
}
