// @ts-check
/**
 * LINE puts tokens behind the "#" of the address it opens. A page that needs no sign-in takes them out of sight at once,
 * so that an address people share holds none, and keeps them in this window for a sign-in that may come later.
 */

const KEPT = 'machimado.liff.hash';

/** Takes the tokens out of the address bar. */
export function putAway() {
  if (!window.location.hash.includes('access_token=')) return;
  try {
    sessionStorage.setItem(KEPT, window.location.hash);
  } catch {
    // Refused in a private window: the sign-in will ask LINE again.
  }
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
}

/** Puts them back where LINE's SDK looks for them, once, unless newer ones are there. */
export function bringBack() {
  try {
    const kept = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    if (kept && !window.location.hash) window.history.replaceState(null, '', window.location.href + kept);
  } catch {
    // As above.
  }
}
