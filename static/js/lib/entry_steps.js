// @ts-check
/** Decisions of the entry page, without a browser. */

/** What LINE Login adds to the address. Tokens must not stay where a screenshot or a log finds them. */
const FROM_LOGIN = [
  'code', 'state', 'liffClientId', 'liffRedirectUri', 'friendship_status_changed',
  'error', 'error_description', 'liffOAuth2Error',
];
const HOME = '/liff/menu';

/**
 * The path and query without what the login left there; the fragment, where LINE's app puts tokens, is dropped.
 * @param {string} href
 */
export function withoutLogin(href) {
  const url = new URL(href);
  for (const name of FROM_LOGIN) url.searchParams.delete(name);
  return url.pathname + url.search;
}

/** Whether LINE's login led to this address. @param {string} href */
export function cameBack(href) {
  const given = new URL(href).searchParams;
  return FROM_LOGIN.some((name) => given.has(name));
}

/**
 * Where to go after signing in: what the server allowed, else the page that was asked for below /liff/, else the menu.
 * Only a path of this site is ever given: "//host" and "/\host" are other sites to a browser.
 * @param {string} allowed
 * @param {string} current path and query of the page
 */
export function destination(allowed, current) {
  for (const path of [allowed, current]) {
    if (/^\/(?![/\\])[^\\\s]*$/.test(path) && !/^\/liff\/?(\?|$)/.test(path)) return path;
  }
  return HOME;
}

/**
 * After the server refused a token: a new login is worth one try, never two.
 * @param {string} code
 * @param {number} tries
 * @returns {'login' | 'give_up'}
 */
export function afterRefusal(code, tries) {
  return (code === 'token_expired' || code === 'token_invalid') && tries < 1 ? 'login' : 'give_up';
}
