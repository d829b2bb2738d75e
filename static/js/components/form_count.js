// @ts-check
/** How many letters are left, said once the end is near; as people count them, not as machines do. */

const NEAR = 0.8; // before that nobody needs to know

/** @type {Intl.Segmenter | null} */
const segmenter = 'Segmenter' in Intl ? new Intl.Segmenter('ja', { granularity: 'grapheme' }) : null;

/** @param {string} text */
const lettersIn = (text) => (segmenter ? Array.from(segmenter.segment(text)) : Array.from(text)).length;

/** @param {HTMLElement} root */
export function start(root) {
  const field = /** @type {HTMLTextAreaElement} */ (root.querySelector('textarea'));
  const line = /** @type {HTMLElement} */ (root.querySelector('[data-ref="left"]'));
  const most = Number(root.dataset.most);
  let told = 0;

  function say() {
    const length = lettersIn(field.value.trim());
    const left = most - length;
    line.hidden = !most || length < most * NEAR;
    line.className = left < 0 ? 'field-error' : 'field-hint';
    line.textContent = String(left < 0 ? root.dataset.over : root.dataset.left).replace('{n}', String(Math.abs(left)));
  }

  line.setAttribute('role', 'status');
  field.addEventListener('input', () => {
    clearTimeout(told);
    told = window.setTimeout(say, 400); // a reader need not hear every letter
  });
  say();
}
