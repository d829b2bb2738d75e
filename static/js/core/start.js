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
  const component = await import(`../components/${name.replace(/-/g, '_')}.js`);
  component.start(root);
}

const roots = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll('[data-module]')));
Promise.all(roots.map(build)).then(() => {
  document.documentElement.dataset.ready = 'yes';
});
