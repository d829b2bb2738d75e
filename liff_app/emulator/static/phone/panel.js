// @ts-check
// The drill panel: troubles to come, and the record of calls and webhooks.
import { el, ref, send, toast } from './dom.js';

const clock = new Intl.DateTimeFormat('ja-JP', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const MAX_LINES = 120;
const REASONS = { COULD_NOT_CONNECT: 'アプリにつながりません', REQUEST_TIMEOUT: 'アプリが時間内に答えません' };

/** @param {any[]} troubles */
export function showTroubles(troubles) {
  const options = [...ref('trouble').elements.what.options];
  const lines = troubles.map((one) => {
    const option = options.find((item) => item.value === `${one.target} ${one.kind}`);
    return `${option ? option.textContent : `${one.target} ${one.kind}`} ×${one.times}`;
  });
  const text = lines.length ? `予約中：${lines.join('、')}` : '予約はありません。すべて正常に動きます。';
  if (ref('waiting').textContent !== text) ref('waiting').textContent = text;
  ref('calm').hidden = lines.length === 0;
}

function line(/** @type {number} */ at, /** @type {boolean} */ good, /** @type {string} */ way, /** @type {string} */ what, /** @type {string} */ outcome, /** @type {unknown} */ detail) {
  const head = [
    el('time', {}, clock.format(new Date(at * 1000))),
    el('span', { class: 'log-way' }, way),
    el('span', { class: 'log-what' }, what),
    el('span', { class: good ? 'log-good' : 'log-bad' }, outcome),
  ];
  if (!detail) return el('li', {}, el('p', { class: 'log-line' }, ...head));
  return el('li', {}, el('details', {}, el('summary', { class: 'log-line' }, ...head), el('pre', {}, JSON.stringify(detail, null, 2))));
}

function callLine(/** @type {any} */ call) {
  const detail = call.body || call.retry_key ? { body: call.body, retry_key: call.retry_key, trouble: call.trouble } : null;
  const way = call.path.startsWith('/v2/bot') ? 'アプリ→LINE' : 'ページ→LINE';
  // Long ids say nothing to a reader; the record keeps them.
  const path = call.path.replace('/v2/bot', '').replace(/([0-9a-f]{6})[0-9a-f]{26}/g, '$1…');
  return line(call.at, call.status < 400, way, `${call.method} ${path}`, String(call.status), detail);
}

function hookLine(/** @type {any} */ hook) {
  const what = hook.events.length ? hook.events.join('、') : '空（確認）';
  const outcome = REASONS[/** @type {keyof typeof REASONS} */ (hook.reason)] || String(hook.status);
  return line(hook.at, hook.success, 'LINE→アプリ', what + (hook.redelivery ? '（再送）' : ''), outcome, null);
}

/**
 * Puts new lines on top.
 * @param {any[]} calls
 * @param {any[]} hooks
 */
export function log(calls, hooks) {
  const fresh = [...calls.map((call) => ({ at: call.at, node: callLine(call) })), ...hooks.map((hook) => ({ at: hook.at, node: hookLine(hook) }))];
  fresh.sort((one, other) => one.at - other.at);
  for (const { node } of fresh) ref('log').prepend(node);
  while (ref('log').children.length > MAX_LINES) ref('log').lastChild.remove();
}

/**
 * Wires the panel.
 * @param {() => void} refresh
 */
export function startPanel(refresh) {
  ref('trouble').addEventListener('submit', async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const { what, times } = ref('trouble').elements;
    const [target, kind] = what.value.split(' ');
    await send('/emulator/troubles', { target, kind, times: Number(times.value) || 1, seconds: 3 })
      .then(() => toast('予約しました。'), () => toast('予約できませんでした。'));
    refresh();
  });
  ref('calm').addEventListener('click', async () => {
    await fetch('/emulator/troubles', { method: 'DELETE' }).catch(() => null);
    refresh();
  });
}
