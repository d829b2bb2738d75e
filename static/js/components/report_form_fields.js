// @ts-check
/** The plain fields of the form, its questions and its ends: what they show, and what they say. */

/** @typedef {import('../lib/report_draft.js').Draft} Draft */

/** @param {string} text @param {Record<string, string | number>} [values] */
export const filled = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? ''));

/** Finds parts of the page by name; the template vouches for their kind. @param {ParentNode} root @returns {(name: string) => any} */
export const finder = (root) => (name) => root.querySelector(`[data-ref="${name}"]`);

/** @param {HTMLElement} line @param {string} text */
export function say(line, text) {
  if (line.textContent !== text) line.textContent = text;
}

/** Buttons say that they work, and take no second tap. @param {HTMLElement} button @param {() => Promise<unknown>} work */
export async function busy(button, work) {
  if (button.getAttribute('aria-busy') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  try {
    await work();
  } finally {
    button.removeAttribute('aria-busy');
  }
}

/** Without motion where the person wants none. @param {HTMLElement} part */
export function lead(part) {
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  part.focus({ preventScroll: true });
  part.scrollIntoView({ block: 'start', behavior: calm ? 'auto' : 'smooth' });
}

/** @param {HTMLElement} root */
export function startFields(root) {
  const ref = finder(root);
  const form = /** @type {HTMLFormElement} */ (ref('form'));
  const blocks = /** @type {HTMLFieldSetElement[]} */ (Array.from(root.querySelectorAll('[data-category]')));
  const tiles = /** @type {HTMLInputElement[]} */ (Array.from(root.querySelectorAll('input[name="category"]')));

  const tile = () => tiles.find((one) => one.checked);
  const block = () => blocks.find((one) => !one.disabled);

  /** The questions of the chosen kind, and no others. @param {string} category */
  function ask(category) {
    blocks.forEach((one) => {
      const asked = one.dataset.category === category;
      Object.assign(one, { hidden: !asked, disabled: !asked });
    });
    const label = ref('asset-label');
    const chosen = tiles.find((one) => one.value === category);
    say(label, String((chosen && chosen.dataset.number) || label.dataset.plain));
  }

  /** The choice that ends the form, if one does. @returns {HTMLInputElement | undefined} */
  function ending() {
    const inputs = [tile(), ...Array.from((block() || form).querySelectorAll('.report-question input:checked'))];
    return /** @type {any} */ (inputs.find((one) => one && 'stop' in /** @type {HTMLElement} */ (one).dataset));
  }

  /** Where to turn stands beside the choice, and in place of the sending. @returns {boolean} whether the form ends here */
  function showEnd() {
    const end = ending();
    root.querySelectorAll('[data-stop-box]').forEach((box) => ref('stops').append(box));
    ref('stopped').hidden = !end;
    ref('send').hidden = Boolean(end);
    ref('stopped-call').replaceChildren();
    if (!end) return false;
    const box = /** @type {HTMLElement} */ (root.querySelector(`[data-stop-box="${end.dataset.stop}"]`));
    const call = box.querySelector('[data-phone]');
    if (call) ref('stopped-call').append(call.cloneNode(true));
    /** @type {HTMLElement} */ (end.closest('.report-question') || end.closest('.report-tiles')).after(box);
    box.setAttribute('role', 'alert');
    return true;
  }

  return {
    showEnd,
    category: () => ({ code: tile()?.value || '', name: String(tile()?.dataset.name || '') }),

    /** What the fields say goes into the draft. @param {Draft} draft */
    read(draft) {
      const code = tile()?.value || '';
      if (draft.category !== code) {
        // An answer to another kind's question must not pass for one to this kind's.
        form.querySelectorAll('.report-question input[type="radio"]').forEach((one) => { /** @type {HTMLInputElement} */ (one).checked = false; });
        ask(code);
      }
      draft.category = code;
      draft.answers = {};
      (block() || document.createElement('i')).querySelectorAll('input').forEach((one) => {
        const named = one.name.replace('answers.', '');
        if ((one.type !== 'radio' || one.checked) && one.value.trim()) draft.answers[named] = one.value.trim();
      });
      draft.placeText = ref('landmark').value;
      draft.assetNumber = ref('asset').value;
      draft.description = ref('description').value;
    },

    /** The draft goes into the fields. @param {Draft} draft */
    write(draft) {
      tiles.forEach((one) => { one.checked = one.value === draft.category; });
      ask(draft.category);
      (block() || document.createElement('i')).querySelectorAll('input').forEach((one) => {
        const answer = draft.answers[one.name.replace('answers.', '')] || '';
        if (one.type === 'radio') one.checked = one.value === answer;
        else one.value = answer;
      });
      ref('landmark').value = draft.placeText;
      ref('asset').value = draft.assetNumber;
      ref('description').value = draft.description;
      ref('key').value = draft.key;
    },

    /** Codes of the questions that need an answer. */
    required: () => Array.from((block() || document.createElement('i')).querySelectorAll('[data-required]'))
      .map((one) => String(/** @type {HTMLElement} */ (one).dataset.question)),

    /** Sentences beside their fields; the first one is led to. @param {{field: string, message: string}[]} faults @param {string} title */
    blame(faults, title) {
      root.querySelectorAll('[data-error]').forEach((line) => Object.assign(line, { hidden: true, textContent: '' }));
      const top = ref('faults');
      top.hidden = faults.length === 0;
      if (!faults.length) return;
      const heading = Object.assign(document.createElement('p'), { className: 'notice-title', textContent: title });
      const list = document.createElement('ul');
      const shown = faults.map(({ field, message }) => {
        const lines = Array.from(root.querySelectorAll('[data-error]'));
        const line = /** @type {HTMLElement | undefined} */ (lines.find((one) => (
          /** @type {HTMLElement} */ (one).dataset.error === field && !one.closest('[disabled]'))));
        if (line) Object.assign(line, { hidden: false, textContent: message });
        const item = document.createElement('li');
        if (line) item.append(Object.assign(document.createElement('a'), { href: `#${line.id}`, textContent: message }));
        else item.textContent = message;
        list.append(item);
        return line;
      });
      top.replaceChildren(heading, list);
      const first = shown.find(Boolean);
      if (first) lead(/** @type {HTMLElement} */ (first.closest('.report-part')?.querySelector('h2') || top));
      else lead(top);
    },
  };
}
