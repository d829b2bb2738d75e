// @ts-check
/** The only module that calls fetch: deadline, CSRF header, problem+json, quiet retries. */

/** An answer that says no. `code` is stable; `title` can be shown. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {{code?: string, title?: string, errors?: {field: string, code: string, message: string}[]}} problem
   */
  constructor(status, problem) {
    super(problem.title || `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code || 'unknown';
    this.title = problem.title || '';
    this.errors = problem.errors || [];
  }
}

const DEADLINE_MS = 10000;
const PAUSES_MS = [1000, 2000, 4000];

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * One request. Rejects with ApiError for an answer that is not 2xx, with TypeError or AbortError when none came.
 * @param {string} url
 * @param {RequestInit} init
 */
async function ask(url, init) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), DEADLINE_MS);
  try {
    const answer = await fetch(url, { ...init, signal: stop.signal });
    if (answer.ok) return answer.status === 204 ? null : await answer.json();
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
 */
export async function getPublic(url, cache = 'default') {
  for (const ms of PAUSES_MS) {
    try {
      return await ask(url, { cache, credentials: 'omit' });
    } catch (error) {
      if (!mayPass(error)) throw error;
    }
    await pause(ms);
  }
  return ask(url, { cache, credentials: 'omit' });
}

/**
 * Send JSON as the signed-in person, once. `key` makes a repeat safe: the server answers a repeat as it answered first.
 * @param {string} method
 * @param {string} url
 * @param {unknown} body
 * @param {string} [key]
 */
export function send(method, url, body, key) {
  /** @type {Record<string, string>} */
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const token = /** @type {HTMLMetaElement | null} */ (document.querySelector('meta[name="csrf-token"]'));
  if (token) headers['X-CSRF-Token'] = token.content;
  if (key) headers['Idempotency-Key'] = key;
  return ask(url, { method, headers, body: JSON.stringify(body), credentials: 'same-origin', cache: 'no-store' });
}
