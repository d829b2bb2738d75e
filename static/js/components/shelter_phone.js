// @ts-check
/**
 * A shelter's page on a teacher's phone: a tap shows at once, is kept in the phone, and is sent when it can be. The page
 * looks for what others said every five seconds while somebody looks at it.
 */

import { deviceName, openStore, randomKey } from '../core/change_store.js';
import { getNewer, send } from '../core/http.js';
import { fallen, overlaid, stepFrom, undecided, unsent } from '../lib/change_queue.js';
import { makeSender, verdictOf } from '../lib/change_sender.js';
import { changeText } from '../lib/change_words.js';
import { showAsks } from './shelter_phone_asks.js';
import { ref, sayPeople, showNet, showSince, showStatus, showWaiting } from './shelter_phone_view.js';

/** @typedef {import('../lib/change_queue.js').Change} Change */

const TICK_MS = 500;
const LOOK_MS = 5000;
const OVER_MS = 60000; // a pass that is over rarely comes back
const BUZZ_MS = 20;

/** What the button says, or null where what it says is nothing to send. @param {HTMLButtonElement} button @param {any} seen */
function changeOf(button, seen) {
  const { name, value } = button;
  if (name === 'opening' || name === 'level') return { [name]: value };
  if (name === 'unchanged') return {};
  if (name === 'undo') return { undo: Number(value) };
  if (name === 'need') {
    const need = String(button.dataset.need);
    return seen.needs.includes(need) ? { needs_removed: [need] } : { needs_added: [need] };
  }
  if (name === 'people_change') {
    const step = stepFrom(seen.people, Number(value));
    return step ? { people_change: step } : null;
  }
  return null;
}

/** Digits as people type them; NaN for what is no number of people. @param {string} typed */
function peopleOf(typed) {
  const digits = typed.normalize('NFKC').replace(/[\s,人]/g, '');
  return /^\d{1,6}$/.test(digits) ? Number(digits) : NaN;
}

/** @param {HTMLElement} root */
export async function start(root) {
  const words = ref(root, 'words').dataset;
  const device = deviceName();
  let server = JSON.parse(String(root.dataset.state));
  let etag = '';
  let online = true;
  let over = false;
  let seenAt = Date.now();
  let lookAt = 0;
  let answers = 0;
  let keeping = 0;

  const store = await openStore(String(root.dataset.pass));
  const sender = makeSender({
    store,
    device,
    newKey: randomKey,
    now: () => Date.now(),
    post: (body) => send('POST', String(root.dataset.change), body),
    answered: (answer) => {
      answers += 1;
      [server, etag, seenAt] = [answer.state, '', Date.now()];
    },
    changed: () => show(),
  });

  function show() {
    const entries = sender.entries();
    const waiting = unsent(entries);
    const seen = overlaid(server, entries);
    showStatus(root, seen, server);
    const last = waiting.length ? waiting[waiting.length - 1].at : server.updated_at;
    showSince(root, last, seen.opening);
    showWaiting(root, waiting.map((one) => ({ ...one, text: changeText(words, one.change) })));
    const held = { undecided: undecided(entries), fallen: fallen(entries), over };
    showAsks(ref(root, 'asks'), words, held);
    showNet(root, {
      waiting: waiting.length, undecided: held.undecided.length, over, online, lasts: store.lasts,
      sending: waiting.some((one) => one.tried), at: server.updated_at, seen: seenAt,
    });
  }

  /** @param {Change} change */
  async function say(change) {
    if (navigator.vibrate) navigator.vibrate(BUZZ_MS);
    keeping += 1;
    root.dataset.keeping = String(keeping); // gone once the phone's storage has all of it
    const kept = sender.add(change, server.version);
    if (change.people !== undefined || change.people_change !== undefined) {
      sayPeople(root, overlaid(server, sender.entries()).people || 0);
    }
    await kept;
    keeping -= 1;
    if (!keeping) delete root.dataset.keeping;
    await work();
  }

  function sayTyped() {
    const field = ref(root, 'people');
    const people = peopleOf(field.value);
    field.setAttribute('aria-invalid', String(Number.isNaN(people)));
    if (Number.isNaN(people)) {
      ref(root, 'said').textContent = String(words.digits);
      field.focus();
      return;
    }
    delete field.dataset.typed;
    field.blur();
    say({ people });
  }

  function sayNote() {
    const field = ref(root, 'note');
    delete field.dataset.typed;
    say({ note: field.value.trim() });
  }

  /** Ask how things stand. A look that began before an answer to a change may know less than the answer. */
  async function look() {
    const begun = answers;
    try {
      const newer = await getNewer(`${root.dataset.stateUrl}?device=${device}`, etag);
      if (begun !== answers) return;
      seenAt = Date.now();
      if (newer) [server, etag] = [newer.body, newer.etag];
      [online, over] = [true, false];
    } catch (error) {
      if (verdictOf(error).kind === 'lost') over = true;
      else online = false;
    }
    show();
  }

  async function work() {
    const before = sender.entries();
    const through = await sender.drain();
    if (!through || sender.entries() !== before) online = through;
    if (fallen(sender.entries()).some((one) => one.state === 'lost')) over = true;
    show();
  }

  /** @param {boolean} now */
  async function tick(now = false) {
    const due = now || (!document.hidden && performance.now() >= lookAt); // no clock that is put right at night
    if (!due && (!online || !unsent(sender.entries()).length)) return;
    if (due) lookAt = performance.now() + (over ? OVER_MS : LOOK_MS);
    await work();
    if (due && !over && !unsent(sender.entries()).some((one) => one.tried)) await look();
  }

  /** @param {HTMLButtonElement} button */
  async function decide(button) {
    const { act, key = '' } = button.dataset;
    const entry = sender.entries().find((one) => one.key === key);
    if (act === 'stand' || act === 'drop' || act === 'mend') {
      await sender.decide(key, act === 'stand' ? { base: (entry?.theirs || server).version } : null);
      if (act === 'mend') ref(root, 'people').focus();
    } else {
      for (const one of fallen(sender.entries())) {
        await sender.decide(one.key, act === 'again' ? { base: server.version } : null);
      }
    }
    await tick(true);
  }

  root.addEventListener('click', (event) => {
    const button = /** @type {HTMLButtonElement | null} */ (/** @type {Element} */ (event.target).closest('button'));
    if (!button || button.closest('[data-own-script]')) return;
    if (button.dataset.act) decide(button);
    else if (button.dataset.drop) sender.decide(button.dataset.drop, null).then(show);
    else if (button.dataset.ref === 'set-people') sayTyped();
    else if (button.dataset.ref === 'set-note') sayNote();
    else {
      const change = changeOf(button, overlaid(server, sender.entries()));
      if (change) say(change);
      else if (button.name === 'people_change') ref(root, 'said').textContent = String(words.nobody);
      else return;
    }
    event.preventDefault();
  });
  for (const name of ['people', 'note']) {
    ref(root, name).addEventListener('input', (/** @type {any} */ event) => {
      event.target.dataset.typed = 'yes';
      show();
    });
  }
  ref(root, 'people').addEventListener('focus', (/** @type {any} */ event) => event.target.select());

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
  ref(root, 'keeps').hidden = !store.lasts;
  await wake();
  root.dataset.live = 'yes';
}
