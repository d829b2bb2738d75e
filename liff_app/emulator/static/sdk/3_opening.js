// @ts-check
// Part 3: liff.init(), outside and inside LINE, and the second step to liff.state.

async function init(/** @type {{liffId?: string, withLoginOnExternalBrowser?: boolean}} */ options = {},
  /** @type {(() => void)|undefined} */ onSuccess = undefined, /** @type {((error: unknown) => void)|undefined} */ onFailure = undefined) {
  try {
    await start(options);
  } catch (error) {
    if (onFailure) onFailure(error);
    throw error;
  }
  markReady();
  if (onSuccess) onSuccess();
}

async function start(/** @type {{liffId?: string, withLoginOnExternalBrowser?: boolean}} */ options) {
  if (!options.liffId) throw new LiffError('INVALID_CONFIG', 'liffId is necessary for liff.init()');
  config.liffId = options.liffId;
  const { trouble, issuer } = await ask('/liff/emulated/init', { method: 'POST' });
  if (trouble === 'hangs') await NEVER;
  if (trouble === 'rejects') throw new LiffError('INIT_FAILED', 'Scripted trouble: liff.init() fails.');
  const given = query();
  if (given.get('error') && given.get('liffOAuth2Error')) {
    throw new LiffError('INIT_FAILED', `${given.get('error')}: ${given.get('error_description') || ''}`);
  }
  // Outside LINE a token without the cookie that dates it counts as expired.
  if (!inClient && liff.isLoggedIn() && !document.cookie.includes(`${expiryCookie()}=`)) logout();
  if (given.get('code') && !liff.isLoggedIn() && read('loginTmp')) await exchange(issuer);
  if (inClient) await enterInside(issuer);
  else await enterOutside();
  await followState();
  if (!location.href.startsWith(liff.getContext().endpointUrl.replace(/\/$/, ''))) {
    console.warn(`liff.init() was called with a current URL that is not related to the endpoint URL. ${location.href}`);
  }
  if (!inClient && options.withLoginOnExternalBrowser && !liff.isLoggedIn()) {
    // Without an address, as LINE's SDK does it: the login returns to the endpoint, not to this page.
    await login();
    await NEVER;
  }
  await meetAgedToken();
  dropTokensFromAddress();
  tellPhone({ emulator: 'title', title: document.title });
}

async function enterOutside() {
  const { contextToken } = await ask(`/liff/v2/apps/${encodeURIComponent(String(config.liffId))}/contextToken`);
  keepContext(contextToken);
}

async function enterInside(/** @type {string} */ issuer) {
  // A LIFF window opened anew by the phone starts empty, like a new one in LINE. Within one window
  // stored tokens win over the hash, stale ones too: that is what LINE's SDK does.
  if (embedded && sessionStorage.getItem('LIFF_STORE:window') !== window.name) {
    logout();
    sessionStorage.setItem('LIFF_STORE:window', window.name);
  }
  const given = hash();
  if (!read('accessToken') && given.get('access_token')) {
    write('accessToken', given.get('access_token'));
    write('featureToken', given.get('feature_token'));
    write('clientId', given.get('client_id'));
  }
  if (given.get('context_token')) keepContext(String(given.get('context_token')));
  else if (!read('context')) await enterOutside();
  const token = read('accessToken');
  if (!token) {
    await login();
    await NEVER;
  }
  const known = await ask(`/oauth2/v2.1/verify?access_token=${encodeURIComponent(token)}`);
  if (known.client_id !== String(config.liffId).split('-')[0]) throw new LiffError('INIT_FAILED', 'Failed to verify access_token');
  const idToken = given.get('id_token');
  if (!read('IDToken') && idToken) await keepIdToken(idToken, known.client_id, issuer);
}

function keepContext(/** @type {string} */ token) {
  const context = part(token, 1);
  if (!context) throw new LiffError('INIT_FAILED', 'Could not get Context from server.');
  for (const name of ['endpointUrl', 'permanentLinkPattern']) {
    if (!context[name]) throw new LiffError('INIT_FAILED', `Could not get ${name} from server.`);
  }
  write('context', context);
}

/** The second step of opening: from the endpoint to the path in liff.state, by replacing the page. */
async function followState() {
  const state = query().get('liff.state');
  if (state === null) return;
  const endpoint = new URL(liff.getContext().endpointUrl);
  const wanted = new URL(endpoint.origin + (state.startsWith('/') ? state : `/${state}`));
  const keepSlash = endpoint.pathname.endsWith('/') || wanted.pathname.endsWith('/');
  let path = `${endpoint.pathname}${wanted.pathname}`.replace(/\/{2,}/g, '/');
  if (path.endsWith('/') && !keepSlash) path = path.slice(0, -1);
  const target = endpoint.origin + path + wanted.search + wanted.hash;
  if (target === location.href) return;
  location.replace(target);
  await NEVER;
}

/** A scripted trouble swaps the checked token for what an hour, or a forger, would have made of it. */
async function meetAgedToken() {
  if (!read('IDToken')) return;
  const { id_token: aged } = await askAsResident('/liff/emulated/aged', { method: 'POST' });
  if (!aged) return;
  write('IDToken', aged);
  write('decodedIDToken', part(aged, 1));
}

function dropTokensFromAddress() {
  const given = hash();
  if (!TOKEN_NAMES.some((name) => given.has(name))) return;
  TOKEN_NAMES.forEach((name) => given.delete(name));
  const rest = given.toString();
  history.replaceState(history.state, '', location.pathname + location.search + (rest ? `#${rest}` : ''));
}
