// @ts-check
/**
 * The door of a shelter: every tap is kept in the phone, shown, and sent when it can be. It stands on the same queue as the
 * shelter's page (lib/change_queue.js), in a store of its own.
 */

import { deviceName, openStore, randomKey } from '../core/change_store.js';
import { ApiError, getNewer, send } from '../core/http.js';
import { fallen, unsent } from '../lib/change_queue.js';
import { makeSender } from '../lib/change_sender.js';
import { CARES, codeOf, numberOf } from '../lib/check_in.js';
import { startCounters } from './check_in_counters.js';
import { ref, showDesk, showDone, showFallen, showNet, showWaiting } from './reception_view.js';

const TICK_MS = 500;
const LOOK_MS = 3000; // families check themselves in, and the desk sees them come
const ENDS = ['pass_over', 'disaster_over', 'checkin_off'];

/** A family that is not there any more is one refused act, not the end of the pass. @param {unknown} error */
function milder(error) {
  if (error instanceof ApiError && error.status === 404 && !ENDS.includes(error.code)) {
    return new ApiError(422, { ...error.problem, code: error.code, title: error.title });
  }
  return error;
}

/** The people a form speaks of. @param {HTMLFormElement} form */
function partyOf(form) {
  const given = new FormData(form);
  const typed = String(given.get('people') || '').trim();
  /** @type {Record<string, number>} */
  const party = { people: numberOf(typed || String(given.get('quick') || '')) };
  for (const name of CARES) party[name] = numberOf(String(given.get(name) || '0')) || 0;
  return party;
}

/** @param {HTMLElement} root */
export async function start(root) {
  const words = ref(root, 'words').dataset;
  const { act, stateUrl } = root.dataset;
  let desk = JSON.parse(String(root.dataset.state));
  let etag = '';
  let online = true;
  let over = false;
  let lookAt = Date.now() + LOOK_MS;
  let answers = 0;

  const store = await openStore(`reception.${root.dataset.pass}`);
  const sender = makeSender({
    store,
    device: deviceName(),
    newKey: randomKey,
    now: () => Date.now(),
    // The number of a family is for the words of this page alone.
    post: ({ number, ...body }) => send('POST', String(act), body).catch((error) => { throw milder(error); }),
    answered: (answer) => {
      answers += 1;
      [desk, etag] = [answer.state, ''];
      showDone(root, desk.lines.find((/** @type {any} */ one) => one.id === answer.done));
    },
    changed: () => show(),
  });

  function show() {
    const waiting = unsent(sender.entries());
    const leaving = waiting.map((one) => /** @type {any} */ (one.change)).filter((one) => one.act === 'leave');
    showDesk(root, desk, new Set(leaving.map((one) => one.stay)));
    showWaiting(root, waiting);
    showFallen(root, fallen(sender.entries()), over);
    showNet(root, desk, { waiting: waiting.length, online, lasts: store.lasts });
  }

  /** @param {any} said */
  async function say(said) {
    if (navigator.vibrate) navigator.vibrate(20);
    await sender.add(said, null);
    await work();
  }

  /** Say what is wrong in the form itself, until somebody types or chooses again. @param {HTMLInputElement} field @param {string} sentence */
  function ask(field, sentence) {
    const form = /** @type {HTMLFormElement} */ (field.form);
    const wrong = ref(form, 'wrong');
    const tell = (/** @type {string} */ said) => {
      wrong.textContent = said;
      wrong.hidden = !said;
      field.setAttribute('aria-invalid', String(Boolean(said)));
    };
    tell(sentence);
    field.focus();
    form.addEventListener('input', () => tell(''), { once: true });
  }

  /** @param {HTMLFormElement} form */
  function sayForm(form) {
    const kind = String(form.dataset.say);
    if (kind === 'accept') {
      const field = ref(root, 'code');
      const code = codeOf(field.value);
      if (!code) return ask(field, String(words.askCode));
      form.reset();
      return say({ act: kind, code });
    }
    if (kind === 'walk_in') {
      const party = partyOf(form);
      if (!(party.people >= 1)) return ask(ref(root, 'larger'), String(words.askPeople));
      form.reset();
      return say({ act: kind, ...party });
    }
    return say(kind === 'align' ? { act: kind } : { act: kind, stay: String(form.dataset.stay) });
  }

  async function look() {
    const begun = answers;
    try {
      const newer = await getNewer(String(stateUrl), etag);
      if (begun !== answers) return;
      if (newer) [desk, etag] = [newer.body, newer.etag];
      [online, over] = [true, false];
    } catch (error) {
      const status = Number(/** @type {any} */ (error).status || 0);
      if (status === 404 || status === 410) over = true;
      else online = false;
    }
    show();
  }

  async function work() {
    const before = sender.entries();
    const through = await sender.drain();
    if (!through || sender.entries() !== before) online = through;
    show();
  }

  /** @param {boolean} now */
  async function tick(now = false) {
    const due = now || (!document.hidden && Date.now() >= lookAt);
    if (!due && (!online || !unsent(sender.entries()).length)) return;
    if (due) lookAt = Date.now() + LOOK_MS;
    await work();
    if (due && !over) await look();
  }

  async function told() {
    for (const one of fallen(sender.entries())) await sender.decide(one.key, null);
    show();
  }

  root.addEventListener('submit', (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.dataset.say) return;
    event.preventDefault();
    sayForm(form);
  });
  root.addEventListener('click', (event) => {
    const button = /** @type {HTMLButtonElement | null} */ (/** @type {Element} */ (event.target).closest('button'));
    if (!button) return;
    const { do: doing, stay, number, drop } = button.dataset;
    if (doing) say({ act: doing, stay, number: Number(number) });
    else if (drop) sender.decide(drop, null).then(show);
    else if ('told' in button.dataset) told();
  });

  const wake = () => sender.load().then(() => tick(true));
  window.addEventListener('online', wake);
  window.addEventListener('pageshow', wake);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) wake();
  });
  let ticking = false;
  setInterval(() => {
    if (ticking) return;
    ticking = true;
    tick().finally(() => {
      ticking = false;
    });
  }, TICK_MS);
  startCounters(root);
  await wake();
  root.dataset.live = 'yes';
}
