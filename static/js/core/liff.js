// @ts-check
/** The only module that touches window.liff. */

const LIMIT_MS = 8000;

/** LINE did not answer: no SDK, no network, or an app that keeps silent. */
export class LineSilent extends Error {}

/** @returns {any} */
function sdk() {
  const liff = /** @type {any} */ (window).liff;
  if (!liff) throw new LineSilent('the SDK did not load');
  return liff;
}

/**
 * LINE's script, fetched by us: as an element of the page it would hold every module back while LINE keeps silent.
 * @param {string} url
 * @param {string} integrity '' where the town fixed none
 */
function loadSdk(url, integrity) {
  const script = document.createElement('script');
  if (integrity) Object.assign(script, { integrity, crossOrigin: 'anonymous' });
  return new Promise((resolve, reject) => {
    script.addEventListener('load', resolve);
    script.addEventListener('error', () => reject(new LineSilent('the SDK did not load')));
    script.src = url;
    document.body.append(script);
  });
}

/** @param {{liffId: string, sdk: string, integrity: string}} line */
async function begin({ liffId, sdk: url, integrity }) {
  await loadSdk(url, integrity);
  await sdk().init({ liffId, withLoginOnExternalBrowser: true });
}

/**
 * Ask LINE who is here. Resolves with the ID token, or null when the person is not logged in.
 * Inside LINE without its native bridge init never settles, and on a bad network its script never comes: hence the limit.
 * @param {{liffId: string, sdk: string, integrity: string}} line
 * @returns {Promise<string | null>}
 */
export async function identify(line) {
  /** @type {number | undefined} */
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = window.setTimeout(() => reject(new LineSilent('no answer in time')), LIMIT_MS);
  });
  try {
    await Promise.race([begin(line), late]);
  } catch (error) {
    if (error instanceof LineSilent) throw error;
    throw new LineSilent(String(error));
  } finally {
    clearTimeout(timer);
  }
  return sdk().getIDToken();
}

/**
 * What the camera of LINE's app reads; empty where the person turned back. Without a camera that LINE lends, or without
 * an answer from LINE, it rejects. Nobody is asked to log in for it.
 * @param {{liffId: string, sdk: string, integrity: string}} line
 * @returns {Promise<string>}
 */
export async function scanCode({ liffId, sdk: url, integrity }) {
  const late = new Promise((_resolve, reject) => {
    window.setTimeout(() => reject(new LineSilent('no answer in time')), LIMIT_MS);
  });
  const opened = async () => {
    if (!(/** @type {any} */ (window).liff)) await loadSdk(url, integrity);
    await sdk().init({ liffId });
  };
  await Promise.race([opened(), late]);
  const read = await sdk().scanCodeV2();
  return String((read && read.value) || '');
}

/** Forget the token the SDK keeps: it lives one hour and is never refreshed. */
export function forget() {
  sdk().logout();
}

/**
 * Log in again, by LINE's own page where there is one. Inside LINE there is no login page: a reload asks the app.
 */
export function loginAgain() {
  const liff = sdk();
  if (liff.isInClient()) window.location.reload();
  else liff.login({ redirectUri: window.location.href });
}
