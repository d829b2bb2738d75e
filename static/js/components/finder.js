// @ts-check
/**
 * The finder: position, order and refresh in the phone, on top of a page that works without any of it.
 * The first visit loads this file alone. The rest comes with the first touch, while the person still reads.
 */

const LOCATE_MS = 10000;
const VAGUE_M = 1000;
const REFRESH_MS = 30000; // give or take a third, so that phones do not come in waves (ADR 0020)
const PAGE = 15;
const SIZE = 'machimado.size';

/** @typedef {{lat: number, lon: number, label: string}} Origin */
/**
 * @typedef {{origin: Origin | null, purpose: string, shown: number}} Ask
 *   What is asked for, beside the hazard in the form.
 */

/** @typedef {(focus: boolean) => Promise<void>} Refresh */

/** The element; the template vouches for its kind. @param {ParentNode} root @param {string} name @returns {any} */
const ref = (root, name) => root.querySelector(`[data-ref="${name}"]`);

/** Asked for together, so that no file waits for another to name it. */
const loadList = () => Promise.all([
  import('./finder_list.js'), import('./finder_banner.js'), import('./place_cards.js'), import('../core/shelter_feed.js'),
  import('../core/http.js'), import('../lib/shelters.js'), import('../lib/place_words.js'), import('../lib/welfare.js'),
]).then(([list]) => list);

const loadMaps = () => Promise.all([
  import('./finder_maps.js'), import('./shelter_map.js'), import('../core/leaflet.js'),
]).then(([maps]) => maps);

/** A cached page is the same for all, so the size a person chose lives in the phone. @param {HTMLElement | null} bar */
function startSize(bar) {
  if (!bar) return;
  const buttons = Array.from(bar.querySelectorAll('button'));
  /** @param {string} size */
  const show = (size) => {
    document.documentElement.dataset.size = size;
    buttons.forEach((button) => button.setAttribute('aria-pressed', String(button.value === size)));
  };
  bar.addEventListener('click', (event) => {
    const button = /** @type {Element} */ (event.target).closest('button');
    if (!button) return;
    show(button.value);
    try {
      localStorage.setItem(SIZE, button.value);
    } catch {
      // Refused in a private window: the size holds for this page.
    }
  });
  try {
    const size = localStorage.getItem(SIZE);
    if (buttons.some((button) => button.value === size)) show(String(size));
  } catch {
    // As above.
  }
}

/**
 * Where the phone is. Rejects with 'refused' or 'late'. The own timer runs because some in-app browsers never answer.
 * @returns {Promise<GeolocationCoordinates>}
 */
function locate() {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) {
      reject(new Error('refused'));
      return;
    }
    setTimeout(() => reject(new Error('late')), LOCATE_MS);
    navigator.geolocation.getCurrentPosition(
      (found) => resolve(found.coords),
      (error) => reject(new Error(error.code === error.TIMEOUT ? 'late' : 'refused')),
      { enableHighAccuracy: true, timeout: LOCATE_MS, maximumAge: 60000 },
    );
  });
}

/**
 * Nothing was found out: say so and put the person on the next equal way.
 * @param {HTMLElement} root
 * @param {string | undefined} sentence
 */
function toTown(root, sentence) {
  ref(root, 'status').textContent = sentence || '';
  ref(root, 'town').focus();
}

/** @param {HTMLElement} root */
function toAnswer(root) {
  const answer = ref(root, 'answer');
  answer.focus({ preventScroll: true });
  answer.scrollIntoView();
}

/**
 * A select and a text box name the same thing: the one touched last counts.
 * @param {HTMLElement} root
 */
function startTown(root) {
  const town = ref(root, 'town');
  const typed = ref(root, 'typed');
  town.addEventListener('change', () => {
    typed.value = '';
  });
  typed.addEventListener('input', () => {
    town.value = '';
  });
  ref(root, 'search').addEventListener('click', (/** @type {Event} */ event) => {
    if (town.value || typed.value.trim()) return;
    event.preventDefault();
    toTown(root, ref(root, 'words').dataset.choose);
  });
}

/**
 * Run `work` for a tap on `button`, which is busy meanwhile and takes no second tap.
 * @param {HTMLElement} button
 * @param {() => Promise<void>} work
 */
function onTap(button, work) {
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    work().finally(() => button.removeAttribute('aria-busy'));
  });
}

/** @param {HTMLElement} root @param {Ask} ask @param {Refresh} refresh */
function startWays(root, ask, refresh) {
  const words = ref(root, 'words').dataset;
  onTap(ref(root, 'here'), async () => {
    ref(root, 'status').textContent = String(words.locating);
    try {
      const { latitude, longitude, accuracy } = await locate();
      ask.origin = { lat: latitude, lon: longitude, label: String(words.here) };
      const sentence = String(accuracy > VAGUE_M ? words.vague : words.located);
      ref(root, 'status').textContent = sentence.replace('{n}', String(Math.max(10, Math.round(accuracy / 10) * 10)));
    } catch (error) {
      toTown(root, /** @type {Error} */ (error).message === 'late' ? words.late : words.refused);
      return;
    }
    await refresh(true);
  });
  const pick = ref(root, 'pick');
  onTap(pick, async () => {
    if (pick.getAttribute('aria-expanded') === 'true') return;
    try {
      const { startPicking } = await loadMaps();
      const chosen = await startPicking(root, ask.origin);
      pick.setAttribute('aria-expanded', 'true');
      onTap(ref(root, 'picked'), () => {
        ask.origin = { ...chosen(), label: String(words.point) };
        return refresh(true);
      });
    } catch (error) {
      toTown(root, words.pickFailed);
      throw error; // told to the person; the console is for whoever repairs it
    }
  });
}

/** @param {HTMLElement} root @param {Ask} ask @param {Refresh} refresh */
function startAnswer(root, ask, refresh) {
  const words = ref(root, 'words').dataset;
  ref(root, 'hazards').addEventListener('change', () => refresh(false));
  ref(root, 'found').addEventListener('click', (/** @type {any} */ event) => {
    const link = event.target.closest('a');
    // Without a position the link asks the server, which knows the town in the address.
    if (link?.dataset.purpose && ask.origin) {
      event.preventDefault();
      ask.purpose = link.dataset.purpose;
      refresh(true);
    }
  });
  onTap(ref(root, 'more'), () => {
    ask.shown += PAGE;
    return refresh(false);
  });
  const button = ref(root, 'show-map');
  onTap(button, async () => {
    try {
      const { showPlaces } = await loadMaps();
      await showPlaces(root, () => ask.origin);
      button.setAttribute('aria-expanded', 'true');
    } catch (error) {
      ref(root, 'net').textContent = String(words.mapFailed);
      throw error;
    }
  });
}

/** @param {HTMLElement} root */
export function start(root) {
  const { lat, lon, label, purpose } = root.dataset;
  /** @type {Ask} */
  const ask = {
    origin: lat ? { lat: Number(lat), lon: Number(lon), label: String(label) } : null,
    purpose: String(purpose),
    shown: PAGE,
  };

  /** @param {boolean} focus the person waits for the answer, so it takes the focus */
  async function refresh(focus) {
    if (!ask.origin) return;
    try {
      const { refreshList } = await loadList();
      await refreshList(root, ask);
    } catch (error) {
      ref(root, 'net').textContent = String(ref(root, 'words').dataset.nothing);
      throw error;
    } finally {
      if (focus) toAnswer(root);
    }
  }

  startSize(ref(document, 'size'));
  startTown(root);
  startWays(root, ask, refresh);
  startAnswer(root, ask, refresh);
  // Ahead of need; a failure here is met again, and told, when the list is asked for.
  root.addEventListener('pointerdown', () => {
    loadList().then(({ startSharing }) => startSharing(root)).catch(() => undefined);
  }, { once: true });
  const renew = () => {
    if (document.hidden) return;
    if (ask.origin) refresh(false);
    else import('./finder_banner.js').then(({ refreshBanner }) => refreshBanner(root)).catch(() => undefined);
  };
  setInterval(renew, REFRESH_MS * (0.7 + Math.random() * 0.6));
  document.addEventListener('visibilitychange', renew);
  window.addEventListener('online', renew);
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted || Date.now() - Number(root.dataset.at) > REFRESH_MS) renew();
  });
  if (!navigator.onLine) loadList().then(({ showKept }) => showKept(root)).catch(() => undefined);
}

const root = /** @type {HTMLElement | null} */ (document.querySelector('[data-module="finder"]'));
if (root && !root.dataset.started) {
  root.dataset.started = 'yes';
  start(root);
  document.documentElement.dataset.ready = 'yes';
}
