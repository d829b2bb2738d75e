// @ts-check
// Building nodes and talking to the emulator's server. Text becomes text nodes, never HTML.

/**
 * A new element; properties are set as attributes, `on…` functions as listeners.
 * @param {string} tag
 * @param {Record<string, unknown>} [properties]
 * @param {...(Node|string|null|undefined)} children
 * @returns {HTMLElement}
 */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/**
 * The element with this data-ref.
 * @param {string} name
 * @returns {any}
 */
export function ref(name) {
  const found = document.querySelector(`[data-ref="${name}"]`);
  if (!found) throw new Error(`no element ${name}`);
  return found;
}

/**
 * Posts JSON; throws when the server refuses.
 * @param {string} path
 * @param {unknown} body
 * @param {string} [method]
 */
export async function send(path, body, method = 'POST') {
  const answer = await fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.status === 204 ? {} : answer.json();
}

/** @type {number|undefined} */
let fading;

/**
 * Says one sentence over the phone for four seconds.
 * @param {string} text
 */
export function toast(text) {
  const node = ref('toast');
  node.textContent = text;
  node.hidden = false;
  clearTimeout(fading);
  fading = window.setTimeout(() => { node.hidden = true; }, 4000);
}

/**
 * Opens a dialog and gives its fields, or null when it was left.
 * @param {HTMLDialogElement} dialog
 * @returns {Promise<Record<string, string>|null>}
 */
export function asked(dialog) {
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      const form = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
      const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
      resolve(dialog.returnValue === 'ok' ? fields : null);
    }, { once: true });
  });
}

/**
 * Asks for one line of text.
 * @param {string} title
 * @param {string} label
 * @param {string} [type]
 * @returns {Promise<string|null>}
 */
export async function askText(title, label, type = 'text') {
  ref('ask-text-title').textContent = title;
  ref('ask-text-label').textContent = label;
  const input = ref('ask-text').querySelector('input');
  input.type = type;
  input.value = '';
  const fields = await asked(ref('ask-text'));
  return fields ? fields.value : null;
}
