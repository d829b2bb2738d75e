// @ts-check
// The page that slides up over the talk: LIFF windows and links.
import { el, ref, send, toast, askText } from './dom.js';

const { liffId, appOrigin, account } = document.body.dataset;
let opened = 0;
/** @type {() => string} */
let holderKey = () => '';
/** @type {Element|null} */
let cameFrom = null;

/** The path behind our LIFF id, when this is an address of our LIFF app; else null. */
function permalinkOf(/** @type {URL} */ url) {
  const ours = [location.origin, 'https://liff.line.me', 'https://miniapp.line.me'].includes(url.origin);
  const mine = url.pathname === `/${liffId}` || url.pathname.startsWith(`/${liffId}/`);
  return ours && mine ? url.pathname + url.search + url.hash : null;
}

/**
 * Opens an address as LINE would: LIFF and the town's pages here, telephone numbers as words,
 * everything else in a new tab.
 * @param {string} address
 * @param {string} [name] words to show as the title until the page tells its own
 */
export function openAddress(address, name) {
  let url;
  try {
    url = new URL(address, location.origin);
  } catch {
    toast(`開けないアドレスです：${address}`);
    return;
  }
  const permalink = permalinkOf(url);
  if (url.protocol === 'tel:') toast(`電話をかけます：${decodeURIComponent(url.pathname)}`);
  else if (permalink !== null) {
    const inside = `/phone/open?as=${encodeURIComponent(holderKey())}&to=${encodeURIComponent(permalink)}`;
    show(inside, name || account || '', location.origin + permalink);
  } else if (url.origin === appOrigin) show(url.href, name || url.host, url.href);
  else if (url.protocol === 'https:' || url.protocol === 'http:') window.open(url.href, '_blank', 'noopener');
  else toast(`この練習機では開けません：${url.protocol}`);
}

function show(/** @type {string} */ source, /** @type {string} */ title, /** @type {string} */ outside) {
  opened += 1;
  cameFrom = document.activeElement;
  ref('sheet-title').textContent = title;
  ref('sheet-host').textContent = new URL(String(appOrigin)).host;
  ref('sheet-out').href = outside;
  // The name tells our SDK that this is a new LIFF window, whose store starts empty.
  const frame = el('iframe', {
    name: `liff-${Date.now()}-${opened}`,
    title,
    src: source,
    // The product by name: without one the right goes to the address the frame starts at, our own.
    allow: ['geolocation', 'camera', 'clipboard-write'].map((name) => `${name} ${appOrigin}`).join('; '),
  });
  ref('sheet-page').replaceChildren(frame);
  ref('sheet').hidden = false;
  ref('sheet-close').focus();
}

/** Closes the page and gives the focus back. */
export function closeSheet() {
  if (ref('sheet').hidden) return;
  ref('sheet').hidden = true;
  ref('sheet-page').replaceChildren();
  if (cameFrom instanceof HTMLElement) cameFrom.focus();
}

/** @param {MessageEvent} event */
async function hear(event) {
  const frame = ref('sheet-page').querySelector('iframe');
  if (event.origin !== appOrigin || !frame || event.source !== frame.contentWindow) return;
  const said = event.data || {};
  if (said.emulator === 'title' && said.title) {
    ref('sheet-title').textContent = String(said.title);
    frame.title = String(said.title);
  }
  if (said.emulator === 'close') closeSheet();
  if (said.emulator === 'open') {
    if (said.external) window.open(String(said.url), '_blank', 'noopener');
    else openAddress(String(said.url));
  }
  if (said.emulator === 'scan') answer(said.number, await askText('QRコードを読む', 'QRコードの中身'));
  if (said.emulator === 'friendship') {
    await send('/phone/act', { as: holderKey(), kind: 'befriend' });
    answer(said.number, true);
  }
}

function answer(/** @type {string} */ number, /** @type {unknown} */ value) {
  const frame = ref('sheet-page').querySelector('iframe');
  frame?.contentWindow?.postMessage({ answerTo: number, value }, String(appOrigin));
}

/** @param {() => string} holder gives the short name of who holds the phone */
export function startSheet(holder) {
  holderKey = holder;
  window.addEventListener('message', hear);
  ref('sheet-close').addEventListener('click', closeSheet);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !document.querySelector('dialog[open]')) closeSheet();
  });
}
