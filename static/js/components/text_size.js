// @ts-check
/** The size of letters a person chose, kept in the phone under the same name as the finder keeps it. */

const SIZE = 'machimado.size';

/** @param {HTMLElement} root */
export function start(root) {
  const buttons = Array.from(root.querySelectorAll('button'));
  /** @param {string} size */
  const show = (size) => {
    document.documentElement.dataset.size = size;
    buttons.forEach((button) => button.setAttribute('aria-pressed', String(button.value === size)));
  };
  root.addEventListener('click', (event) => {
    const button = /** @type {Element} */ (event.target).closest('button');
    if (!button) return;
    show(button.value);
    try {
      localStorage.setItem(SIZE, button.value);
    } catch {
      // Refused in a private window: the size holds for this page.
    }
  });
  let size = document.documentElement.dataset.size || 'normal';
  try {
    size = localStorage.getItem(SIZE) || size;
  } catch {
    // As above.
  }
  if (buttons.some((button) => button.value === size)) show(size);
}
