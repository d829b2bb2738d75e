// @ts-check
/**
 * A family's check-in page. A form is sent by us first, so that a missing network is told in words and a second sending is
 * the same one; what the server refuses is posted again as a plain form, whose page says why. The page follows what the
 * desk does: it asks for its mark every three seconds while somebody looks at it.
 */

import { getNewer, send } from '../core/http.js';
import { startCounters } from './check_in_counters.js';

const LOOK_MS = 3000;
const CALM_MS = 10000;
const RENEW_BEFORE_MS = 20000;
const RENEWALS = 6; // an hour; whoever still shows a code after that may tap

/** @param {HTMLElement} root */
export function start(root) {
  /** @param {string} name @returns {any} */
  const ref = (name) => root.querySelector(`[data-ref="${name}"]`);
  const words = ref('words').dataset;
  let sending = false;

  /** @param {string} sentence @param {(() => void) | null} again */
  function say(sentence, again) {
    const line = ref('net');
    line.hidden = !sentence;
    line.replaceChildren(document.createTextNode(sentence));
    if (!again) return;
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', className: 'button', textContent: String(words.again) });
    button.addEventListener('click', again);
    line.append(document.createElement('br'), button);
    line.scrollIntoView({ block: 'nearest' });
  }

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLButtonElement | null} button
   */
  async function bring(form, button) {
    if (sending) return;
    sending = true;
    const body = Object.fromEntries(new FormData(form));
    if (button && button.name) body[button.name] = button.value;
    button?.setAttribute('aria-busy', 'true');
    say(String(words.sending), null);
    try {
      const answer = await send('POST', form.action, body);
      window.location.assign(answer.next);
    } catch (error) {
      sending = false;
      if (Number(/** @type {any} */ (error).status || 0) >= 400) post(form, button);
      else say(String(words.offline), () => bring(form, button));
    } finally {
      button?.removeAttribute('aria-busy');
    }
  }

  /** As a browser would without us: the page that comes says what was wrong. @param {HTMLFormElement} form @param {HTMLButtonElement | null} button */
  function post(form, button) {
    if (button && button.name) {
      const field = document.createElement('input');
      Object.assign(field, { type: 'hidden', name: button.name, value: button.value });
      form.append(field);
    }
    form.submit();
  }

  root.addEventListener('submit', (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!('send' in form.dataset)) return;
    event.preventDefault();
    bring(form, /** @type {HTMLButtonElement | null} */ (/** @type {SubmitEvent} */ (event).submitter));
  });

  let lookAt = Date.now() + LOOK_MS;
  async function look() {
    lookAt = Date.now() + ('calm' in root.dataset ? CALM_MS : LOOK_MS);
    try {
      const newer = await getNewer(String(root.dataset.stateUrl), '');
      if (newer && newer.body.mark !== root.dataset.mark && !sending) window.location.reload();
    } catch {
      // Without network the page stays as it is; the code on it still works.
    }
  }

  const endsAt = root.dataset.ends ? Date.now() + Number(root.dataset.ends) * 1000 : Infinity;
  const renewed = 'machimado.checkin.renewed';
  function renew() {
    const times = Number(sessionStorage.getItem(renewed) || 0);
    if (times >= RENEWALS) return;
    sessionStorage.setItem(renewed, String(times + 1));
    ref('renew').requestSubmit(ref('renew').querySelector('button'));
  }

  const follows = root.dataset.ends || 'calm' in root.dataset;
  setInterval(() => {
    if (document.hidden || sending || !follows) return;
    if (Date.now() >= endsAt - RENEW_BEFORE_MS && navigator.onLine && ref('renew')) renew();
    else if (Date.now() >= lookAt) look();
  }, 500);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && follows) look();
  });
  if (!root.dataset.ends) sessionStorage.removeItem(renewed);
  startCounters(root);
}
