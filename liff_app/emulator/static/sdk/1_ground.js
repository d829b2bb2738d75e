// @ts-check
// Our own LIFF SDK, part 1: where we are, what is stored, how the emulator is asked.
// The parts are served as one classic script, /sdk.js, inside one function: LINE's own SDK is a
// classic script too, and must set window.liff before the page goes on.

const self = /** @type {HTMLScriptElement} */ (document.currentScript);
const host = new URL(self.src).origin;
const STORED = ['accessToken', 'IDToken', 'decodedIDToken', 'context', 'clientId', 'featureToken', 'loginTmp'];
const IN_CLIENT = 'LIFF_STORE:isInClient';
const TOKEN_NAMES = ['access_token', 'context_token', 'feature_token', 'id_token', 'client_id'];
const NEVER = new Promise(() => {});

class LiffError extends Error {
  /** @param {string} code @param {string} [message] */
  constructor(code, message) {
    super(message || '');
    this.name = 'LiffError';
    this.code = code;
  }
}

/** @type {{liffId?: string}} */
const config = {};
/** @type {(value?: unknown) => void} */
let markReady = () => {};
const ready = new Promise((resolve) => { markReady = resolve; });

const query = () => new URLSearchParams(location.search);
const hash = () => new URLSearchParams(location.hash.replace(/^#\/?/, ''));

const inClient = (() => {
  const byAgent = /Line\/\d+\.\d+\.\d+ LIFF/.test(navigator.userAgent);
  const byHash = hash().has('access_token') && hash().has('context_token');
  const known = sessionStorage.getItem(IN_CLIENT);
  if (known === null || byHash) sessionStorage.setItem(IN_CLIENT, byAgent || byHash ? '1' : '0');
  return sessionStorage.getItem(IN_CLIENT) === '1';
})();
const embedded = inClient && window.parent !== window;

// Tokens live in sessionStorage inside LINE and in localStorage outside.
const box = inClient ? sessionStorage : localStorage;
const keyOf = (/** @type {string} */ name) => `LIFF_STORE:${config.liffId}:${name}`;
const read = (/** @type {string} */ name) => {
  const text = config.liffId ? box.getItem(keyOf(name)) : null;
  return text === null ? null : JSON.parse(text);
};
const write = (/** @type {string} */ name, /** @type {unknown} */ value) => box.setItem(keyOf(name), JSON.stringify(value));
const expiryCookie = () => `LIFF_STORE:expires:${config.liffId}`;

const toBytes = (/** @type {string} */ text) =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const toBase64Url = (/** @type {Uint8Array} */ bytes) =>
  btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const part = (/** @type {string} */ token, /** @type {number} */ index) => {
  try {
    return JSON.parse(new TextDecoder().decode(toBytes(token.split('.')[index])));
  } catch {
    return null;
  }
};

/** Asks the emulator; a refusal becomes a LiffError with the status as code. */
async function ask(/** @type {string} */ path, /** @type {RequestInit} */ options = {}) {
  const answer = await fetch(host + path, options);
  const body = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new LiffError(body.error || String(answer.status), body.error_description || body.message);
  }
  return body;
}

/** Asks with the access token, after the trip to verify it that LINE's SDK makes too. */
async function askAsResident(/** @type {string} */ path, /** @type {RequestInit} */ options = {}) {
  const token = read('accessToken');
  if (!token) throw new LiffError('UNAUTHORIZED', 'Need access_token for api call, Please login first');
  await ask(`/oauth2/v2.1/verify?access_token=${encodeURIComponent(token)}`);
  return ask(path, { ...options, headers: { ...options.headers, Authorization: `Bearer ${token}` } });
}
