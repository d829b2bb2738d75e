// @ts-check
/** Builds what the page holds: every element with data-module, once, by the component of that name. */

/**
 * Rejects when a page names a component that does not exist: a silent page is worse than a loud one.
 * @param {HTMLElement} root
 */
export async function build(root) {
  const name = String(root.dataset.module);
  if (!/^[a-z]+(-[a-z]+)*$/.test(name)) throw new Error(`not a component name: ${name}`);
  if (root.dataset.started) return;
  root.dataset.started = 'yes';
  const pressed = early(root);
  const component = await import(`../components/${name.replace(/-/g, '_')}.js`);
  component.start(root);
  for (const button of pressed()) button.click();
}

/**
 * Remembers buttons pressed while their component is still on its way: on a bad network that takes seconds.
 * @param {HTMLElement} root
 * @returns {() => Set<HTMLElement>} ends it and gives them, each once
 */
function early(root) {
  /** @type {Set<HTMLElement>} */
  const found = new Set();
  /** @param {Event} event */
  const note = (event) => {
    const button = /** @type {Element} */ (event.target).closest('button[type="button"]');
    if (button instanceof HTMLElement && button.closest('[data-module]') === root) found.add(button);
  };
  root.addEventListener('click', note);
  return () => {
    root.removeEventListener('click', note);
    return found;
  };
}

const roots = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll('[data-module]')));
Promise.all(roots.map(build)).then(() => {
  document.documentElement.dataset.ready = 'yes';
});
