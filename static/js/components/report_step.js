// @ts-check
/** The form that tells residents what comes next: sentences by step, and what its readers will see. */

import { fits, inserted } from '../lib/report_templates.js';

/** @param {HTMLElement} root */
export function start(root) {
  /** The element; the template vouches for its kind. @param {string} name @returns {any} */
  const ref = (name) => root.querySelector(`[data-ref="${name}"]`);
  const choices = /** @type {HTMLInputElement[]} */ (Array.from(root.querySelectorAll('[data-ref="choice"]')));
  const text = /** @type {HTMLTextAreaElement} */ (ref('text'));
  const pick = /** @type {HTMLSelectElement | null} */ (ref('template'));
  /** @type {HTMLOptionElement[]} */
  const sentences = pick ? Array.from(pick.options).filter((one) => one.value) : [];
  let earlier = sentences.find((one) => one.dataset.text === text.value)?.dataset.text || '';

  const chosen = () => choices.find((one) => one.checked);

  function preview() {
    const one = chosen();
    ref('preview').hidden = !one;
    ref('said').textContent = text.value;
    if (!one) return;
    ['line', 'message', 'label'].forEach((name) => { ref(name).textContent = String(one.dataset[name]); });
  }

  function follow() {
    const one = chosen();
    if (ref('receiver')) ref('receiver').hidden = !one || one.dataset.receiver !== 'yes';
    text.required = Boolean(one && one.dataset.text === 'yes');
    sentences.forEach((sentence) => {
      const shown = fits(String(sentence.dataset.for), one ? one.value : '');
      sentence.hidden = !shown;
      sentence.disabled = !shown;
    });
    preview();
  }

  function insert() {
    const sentence = sentences.find((one) => pick && one.value === pick.value);
    if (!sentence) return;
    const step = choices.find((one) => one.value === sentence.dataset.for);
    if (step && !chosen()) step.checked = true;
    text.value = inserted(text.value, earlier, String(sentence.dataset.text));
    earlier = String(sentence.dataset.text);
    follow();
  }

  choices.forEach((one) => one.addEventListener('change', follow));
  text.addEventListener('input', preview);
  if (pick) pick.addEventListener('change', insert);
  follow();
}
