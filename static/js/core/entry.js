// @ts-check
/** The LIFF entry page: LINE's ID token becomes our session, once, and the person goes on to the page they wanted. */

import { ApiError, send } from './http.js';
import { bringBack } from './liff_tokens.js';
import { LineSilent, forget, identify, loginAgain } from './liff.js';
import { afterRefusal, cameBack, destination, withoutLogin } from '../lib/entry_steps.js';

const TRIES = 'machimado.entry.tries';
const WANTED = 'machimado.entry.next';

const root = /** @type {HTMLElement} */ (document.querySelector('[data-module="entry"]'));

/** @param {string} name */
const ref = (name) => /** @type {HTMLElement} */ (root.querySelector(`[data-ref="${name}"]`));

/**
 * Where the person wanted to go. LINE's login in an outside browser comes back without it, so this window remembers;
 * the server has already checked the path it gave.
 */
function wanted() {
  const kept = sessionStorage.getItem(WANTED);
  const next = (cameBack(window.location.href) && kept) || String(root.dataset.next || '');
  sessionStorage.setItem(WANTED, next);
  return next;
}

/** @param {string} sentence */
function giveUp(sentence) {
  ref('status').textContent = sentence;
  ref('again').hidden = false;
  ref('rest').hidden = false;
  document.documentElement.dataset.ready = 'stopped';
}

function countTry() {
  const tries = Number(sessionStorage.getItem(TRIES) || 0);
  sessionStorage.setItem(TRIES, String(tries + 1));
  return tries;
}

/** @param {ApiError} error */
function refused(error) {
  const server = error.status >= 500 || error.status === 429;
  if (server) {
    giveUp(String(root.dataset.msgServer));
  } else if (afterRefusal(error.code, countTry()) === 'login') {
    forget();
    loginAgain();
  } else {
    giveUp(String(root.dataset.msgRefused));
  }
}

async function enter() {
  const next = wanted();
  const { liffId, sdk, integrity } = root.dataset;
  const token = await identify({ liffId: String(liffId), sdk: String(sdk), integrity: String(integrity) });
  // Only now: before init has run, these parameters are the login itself.
  const here = withoutLogin(window.location.href);
  window.history.replaceState(null, '', here);
  if (!token) {
    if (countTry() < 1) loginAgain();
    else giveUp(String(root.dataset.msgRefused));
    return;
  }
  await send('POST', '/api/v1/session', { id_token: token });
  sessionStorage.removeItem(TRIES);
  sessionStorage.removeItem(WANTED);
  window.location.replace(destination(next, here));
}

function begin() {
  const denied = new URL(window.location.href).searchParams.has('error');
  enter().catch((error) => {
    if (error instanceof ApiError) refused(error);
    else if (error instanceof LineSilent) giveUp(String(denied ? root.dataset.msgRefused : root.dataset.msgSilent));
    else giveUp(String(root.dataset.msgServer));
  });
}

ref('retry').addEventListener('click', () => {
  // A person who asks again gets the whole way again, not the counter of the last try.
  sessionStorage.removeItem(TRIES);
  // A login that came back, refused or with a spent code, would come to nothing by a mere reload too.
  if (!cameBack(window.location.href)) window.location.reload();
  else window.location.replace(`/liff/?${new URLSearchParams({ next: sessionStorage.getItem(WANTED) || '' })}`);
});
bringBack();
begin();
