// @ts-check
// What happens when something in the talk or in the menu is tapped.
import { askText, asked, ref, send, toast } from './dom.js';
import { openAddress } from './sheet.js';

/** @type {() => string} */
let holderKey = () => '';
/** @type {() => void} */
let refresh = () => {};

/**
 * Does one thing on the server as whoever holds the phone.
 * @param {string} kind
 * @param {Record<string, unknown>} [fields]
 */
export async function act(kind, fields = {}) {
  try {
    const done = await send('/phone/act', { ...fields, as: holderKey(), kind });
    refresh();
    return done;
  } catch {
    toast('練習機のサーバーが答えません。もう一度ためしてください。');
    return {};
  }
}

/** Asks for a place and sends it. */
export async function sendPlace() {
  ref('here-status').textContent = '';
  const place = await asked(ref('ask-place'));
  if (!place) return;
  if ([place.latitude, place.longitude].some((text) => Number.isNaN(Number.parseFloat(text)))) {
    toast('緯度と経度は数字で入れてください。');
    return;
  }
  await act('place', place);
}

/**
 * @param {any} action
 */
async function pick(action) {
  const type = { date: 'date', time: 'time' }[action.mode] || 'datetime-local';
  const value = await askText(action.label || '日時をえらぶ', '日時', type);
  if (!value) return;
  const name = action.mode === 'datetime' ? 'datetime' : action.mode;
  await act('postback', { data: action.data, params: { [name]: value } });
}

/**
 * Does what an action object of LINE says.
 * @param {any} action
 */
export async function perform(action) {
  if (action.type === 'uri') openAddress(action.uri, action.label);
  if (action.type === 'message') await act('say', { text: action.text });
  if (action.type === 'postback') await act('postback', { data: action.data, displayText: action.displayText || action.text });
  if (action.type === 'richmenuswitch') {
    const done = await act('switch', { richMenuAliasId: action.richMenuAliasId, data: action.data });
    if (done.status && done.status !== 'SUCCESS') toast(`メニューを切りかえられません：${done.status}`);
  }
  if (action.type === 'datetimepicker') await pick(action);
  if (action.type === 'location') await sendPlace();
  if (action.type === 'camera' || action.type === 'cameraRoll') ref('photo').click();
  if (action.type === 'clipboard') {
    await navigator.clipboard.writeText(action.clipboardText);
    toast('コピーしました。');
  }
}

/** The words that name an action for someone who cannot see the picture. */
export function wordsOf(/** @type {any} */ action) {
  return action.label || action.displayText || action.text || action.uri || action.richMenuAliasId || action.data || 'ボタン';
}

function fillHere() {
  ref('here-status').textContent = '位置を調べています…';
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    const form = ref('ask-place').querySelector('form');
    form.elements.latitude.value = coords.latitude.toFixed(6);
    form.elements.longitude.value = coords.longitude.toFixed(6);
    ref('here-status').textContent = `位置を入れました（誤差 約${Math.round(coords.accuracy)} m）。`;
  }, () => {
    ref('here-status').textContent = '位置がわかりません。緯度と経度を入れてください。';
  }, { timeout: 10000 });
}

async function sendPhoto(/** @type {Event} */ event) {
  const input = /** @type {HTMLInputElement} */ (event.currentTarget);
  const file = input.files?.[0];
  input.value = '';
  if (!file) return;
  const answer = await fetch(`/phone/photo?as=${encodeURIComponent(holderKey())}`, {
    method: 'POST', headers: { 'Content-Type': file.type }, body: file,
  }).catch(() => null);
  if (!answer?.ok) toast('写真を送れませんでした。JPEGかPNGの写真をえらんでください。');
  refresh();
}

/**
 * @param {() => string} holder
 * @param {() => void} look asks the server for news at once
 */
export function startActions(holder, look) {
  holderKey = holder;
  refresh = look;
  document.querySelectorAll('[data-act]').forEach((button) => {
    button.addEventListener('click', () => act(String(/** @type {HTMLElement} */ (button).dataset.act)));
  });
  ref('place').addEventListener('click', sendPlace);
  ref('here').addEventListener('click', fillHere);
  ref('photo').addEventListener('change', sendPhoto);
  ref('say').addEventListener('submit', (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const field = ref('say').elements.text;
    const text = field.value.trim();
    field.value = '';
    if (text) act('say', { text });
  });
}
