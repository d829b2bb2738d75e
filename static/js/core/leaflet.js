// @ts-check
/** Loads Leaflet on demand and alone touches window.L and the page's Trusted Types policy. */

/** The only markup Leaflet writes when it gets no text of ours; anything else throws. */
const OWN_MARKUP = new Set([
  '<svg/>',
  '<span aria-hidden="true">+</span>',
  '<span aria-hidden="true">&#x2212;</span>',
  '<span aria-hidden="true">&#215;</span>',
]);

/** @type {Promise<any> | undefined} */
let loading;

/** Leaflet assigns innerHTML while it loads, so the policy must stand first. @param {string} script */
function allowOwnMarkup(script) {
  const types = /** @type {any} */ (window).trustedTypes;
  if (!types || types.defaultPolicy) return;
  const allowed = new URL(script, document.baseURI).href;
  types.createPolicy('default', {
    /** @param {string} markup */
    createHTML: (markup) => (OWN_MARKUP.has(markup) ? markup : null),
    /** @param {string} url */
    createScriptURL: (url) => (new URL(url, document.baseURI).href === allowed ? url : null),
  });
}

/** @param {HTMLLinkElement | HTMLScriptElement} element */
function added(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener('load', resolve);
    element.addEventListener('error', () => {
      element.remove();
      reject(new Error('Leaflet did not load'));
    });
    document.head.append(element);
  });
}

/**
 * Leaflet, fetched once. After a failure the next call tries again.
 * @param {string} script
 * @param {string[]} styles Leaflet's sheet and, after it, ours
 * @returns {Promise<any>}
 */
export function loadLeaflet(script, styles) {
  if (!loading) {
    allowOwnMarkup(script);
    const links = styles.map((href) => Object.assign(document.createElement('link'), { rel: 'stylesheet', href }));
    const code = document.createElement('script');
    code.src = script;
    loading = Promise.all([...links, code].map(added)).then(() => /** @type {any} */ (window).L);
    loading.catch(() => {
      loading = undefined;
    });
  }
  return loading;
}
