// @ts-check
/** The only module that calls fetch: deadline, CSRF header, problem+json, quiet retries. */

/** An answer that says no. `code` is stable; `title` can be shown. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {{code?: string, title?: string, errors?: {field: string, code: string, message: string}[], current?: any}}
   *   problem
   */
  constructor(status, problem) {
    super(problem.title || `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code || 'unknown';
    this.title = problem.title || '';
    this.errors = problem.errors || [];
    this.problem = problem; // some carry more, such as what stands there now
  }
}

const DEADLINE_MS = 10000;
const UPLOAD_MS = 180000; // 400 KB at 3 KB/s, on the edge of a cell
const PAUSES_MS = [1000, 2000, 4000];

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {Response} answer */
const jsonOf = (answer) => (answer.status === 204 ? null : answer.json());

/**
 * One request. Rejects with ApiError for an answer that is not 2xx, with TypeError or AbortError when none came.
 * @template T
 * @param {string} url
 * @param {RequestInit} init
 * @param {(answer: Response) => T | Promise<T>} read
 * @param {number} [deadline] milliseconds
 */
async function ask(url, init, read, deadline = DEADLINE_MS) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), deadline);
  try {
    const answer = await fetch(url, { ...init, signal: stop.signal });
    if (answer.ok || answer.status === 304) return await read(answer);
    if (answer.type === 'opaqueredirect') throw new ApiError(401, { code: 'not_signed_in' });
    throw new ApiError(answer.status, await problemOf(answer));
  } finally {
    clearTimeout(timer);
  }
}

/** @param {Response} answer */
async function problemOf(answer) {
  const type = answer.headers.get('Content-Type') || '';
  if (!type.startsWith('application/problem+json')) return {};
  return answer.json().catch(() => ({}));
}

/** Only what may pass by itself is worth another try. @param {unknown} error */
function mayPass(error) {
  return !(error instanceof ApiError) || error.status >= 500 || error.status === 429;
}

/**
 * Public data, tried four times in seven seconds. No cookie is sent, so that shared caches may answer; the browser's
 * own cache keeps the ETag.
 * @param {string} url
 * @param {RequestCache} [cache] 'reload' to pass every cache by
 * @param {number[]} [pauses] before each further try; none for what is asked again soon anyway
 */
export async function getPublic(url, cache = 'default', pauses = PAUSES_MS) {
  for (const ms of pauses) {
    try {
      return await ask(url, { cache, credentials: 'omit' }, jsonOf);
    } catch (error) {
      if (!mayPass(error)) throw error;
    }
    await pause(ms);
  }
  return ask(url, { cache, credentials: 'omit' }, jsonOf);
}

/** @param {string} type of what is sent @returns {Record<string, string>} */
function headersFor(type) {
  const token = /** @type {HTMLMetaElement | null} */ (document.querySelector('meta[name="csrf-token"]'));
  return { 'Content-Type': type, Accept: 'application/json', ...(token ? { 'X-CSRF-Token': token.content } : {}) };
}

/**
 * Send a file as it stands, as the signed-in person, once. It may take minutes.
 * @param {string} url
 * @param {Blob} file
 */
export function upload(url, file) {
  const headers = headersFor(file.type || 'application/octet-stream');
  const init = { method: 'POST', headers, body: file };
  return ask(url, { ...init, credentials: 'same-origin', cache: 'no-store' }, jsonOf, UPLOAD_MS);
}

/**
 * Send JSON as the signed-in person, once. `key` makes a repeat safe: the server answers a repeat as it answered first.
 * @param {string} method
 * @param {string} url
 * @param {unknown} body
 * @param {string} [key]
 */
export function send(method, url, body, key) {
  const headers = headersFor('application/json');
  if (key) headers['Idempotency-Key'] = key;
  const init = { method, headers, body: JSON.stringify(body) };
  return ask(url, { ...init, credentials: 'same-origin', cache: 'no-store' }, jsonOf);
}

/**
 * A small file asked for again and again, once each time. No browser cache keeps it, so its ETag is the caller's to hold.
 * A redirect can only lead to a sign-in: it is refused as 401.
 * @param {string} url
 * @param {string} etag of what is in hand, or empty
 * @returns {Promise<{etag: string, body: any} | null>} null: nothing changed
 */
export function getNewer(url, etag) {
  const headers = etag ? { 'If-None-Match': etag } : undefined;
  return ask(url, { headers, credentials: 'same-origin', cache: 'no-store', redirect: 'manual' }, async (answer) => (
    answer.status === 304 ? null : { etag: answer.headers.get('ETag') || '', body: await answer.json() }
  ));
}
