// @ts-check
// Starts the phone: who holds it, and asking the server for news once a second.
import { ref, send, toast } from './dom.js';
import { startActions } from './actions.js';
import { forgetMenu, showMenu, startMenu } from './menu.js';
import { log, showTroubles, startPanel } from './panel.js';
import { closeSheet, startSheet } from './sheet.js';
import { append, forgetTalk, startTalk } from './talk.js';

const KEPT = 'emulator:holder';
const EVERY_MS = 1000;
const seen = { after: 0, calls: 0, hooks: 0 };
let holder = '';
let turn = 0;
let asking = false;
let again = false;
let silent = false;

const radios = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll('input[name=holder]')]);

function showFriendship(/** @type {any} */ state) {
  const name = radios.find((radio) => radio.value === holder)?.dataset.name;
  const words = state.blocked ? 'ブロックしています。メッセージは届きません。' : '友だちです。';
  const text = `${name}さん：${state.friend ? words : '友だちではありません。メッセージは届きません。'}`;
  if (ref('friendship').textContent !== text) ref('friendship').textContent = text;
  const reachable = state.friend && !state.blocked;
  document.querySelectorAll('[data-act=befriend]').forEach((button) => { /** @type {HTMLButtonElement} */ (button).disabled = reachable; });
  document.querySelectorAll('[data-act=block], [data-act=part]').forEach((button) => { /** @type {HTMLButtonElement} */ (button).disabled = !reachable; });
}

function show(/** @type {any} */ state) {
  append(state.talk);
  showMenu(state.menu);
  showFriendship(state);
  showTroubles(state.troubles);
  log(state.calls, state.hooks);
  ref('webhook-url').textContent = state.webhook_url;
  const last = (/** @type {any[]} */ list, /** @type {string} */ name, /** @type {number} */ old) => (list.length ? list[list.length - 1][name] : old);
  seen.after = last(state.talk, 'seq', seen.after);
  seen.calls = last(state.calls, 'number', seen.calls);
  seen.hooks = last(state.hooks, 'number', seen.hooks);
}

async function look() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  const mine = turn;
  try {
    const answer = await fetch(`/phone/state?as=${holder}&after=${seen.after}&calls=${seen.calls}&hooks=${seen.hooks}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const state = await answer.json();
    // The phone may have changed hands meanwhile: then this answer is somebody else's.
    if (mine === turn) show(state);
    silent = false;
  } catch {
    if (!silent) toast('練習機のサーバーが答えません。動いているか確かめてください。');
    silent = true;
  }
  asking = false;
  if (again) {
    again = false;
    look();
  }
}

async function handTo(/** @type {string} */ key) {
  turn += 1;
  holder = key;
  seen.after = 0;
  closeSheet();
  forgetTalk();
  forgetMenu();
  localStorage.setItem(KEPT, key);
  radios.forEach((radio) => { radio.checked = radio.value === key; });
  await send('/phone/holder', { as: key }).catch(() => null);
  await look();
  document.documentElement.dataset.ready = key;
}

function startDrawer() {
  const button = ref('drawer-open');
  button.addEventListener('click', () => {
    const open = document.body.classList.toggle('drawer-is-open');
    button.setAttribute('aria-expanded', String(open));
    button.textContent = open ? '閉じる' : '設定';
  });
}

function tick() {
  ref('clock').textContent = new Date().toLocaleTimeString('ja-JP', { hour: 'numeric', minute: '2-digit' });
}

const holderKey = () => holder;
startTalk();
startMenu();
startSheet(holderKey);
startActions(holderKey, look);
startPanel(look);
startDrawer();
radios.forEach((radio) => radio.addEventListener('change', () => handTo(radio.value)));
const wanted = location.hash.slice(1) || localStorage.getItem(KEPT);
handTo(radios.some((radio) => radio.value === wanted) ? String(wanted) : radios[0].value);
tick();
setInterval(() => {
  tick();
  if (document.visibilityState === 'visible') look();
}, EVERY_MS);
document.addEventListener('visibilitychange', look);
