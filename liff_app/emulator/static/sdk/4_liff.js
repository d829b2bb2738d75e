// @ts-check
// Part 4: the phone around the page, and window.liff.

function tellPhone(/** @type {Record<string, unknown>} */ message) {
  if (embedded) window.parent.postMessage(message, host);
}

function askPhone(/** @type {string} */ what) {
  if (!embedded) return Promise.reject(new LiffError('FORBIDDEN', `${what} needs the phone around the page.`));
  const number = toBase64Url(crypto.getRandomValues(new Uint8Array(9)));
  return new Promise((resolve) => {
    window.addEventListener('message', function hear(event) {
      if (event.origin !== host || event.data?.answerTo !== number) return;
      window.removeEventListener('message', hear);
      resolve(event.data.value);
    });
    tellPhone({ emulator: what, number });
  });
}

const liff = {
  init,
  ready,
  get id() { return config.liffId || null; },
  isInClient: () => inClient,
  isLoggedIn: () => Boolean(read('accessToken')),
  login,
  logout,
  getIDToken: () => read('IDToken'),
  getDecodedIDToken: () => read('decodedIDToken'),
  getAccessToken: () => read('accessToken'),
  getContext: () => read('context'),
  getProfile: () => askAsResident('/v2/profile'),
  getFriendship: () => askAsResident('/friendship/v1/status'),
  requestFriendship: async () => { await askPhone('friendship'); },
  getLanguage: () => navigator.language,
  getAppLanguage: () => navigator.language,
  getVersion: () => '2.31.0',
  getLineVersion: () => (inClient ? (/Line\/(\d+\.\d+\.\d+)/.exec(navigator.userAgent) || [])[1] || '15.6.0' : null),
  getOS: () => {
    if (/iPhone|iPad/.test(navigator.userAgent)) return 'ios';
    return inClient || /Android/.test(navigator.userAgent) ? 'android' : 'web';
  },
  isApiAvailable: (/** @type {string} */ name) => ({ scanCodeV2: embedded, shareTargetPicker: false })[name] ?? false,
  permission: {
    query: async (/** @type {string} */ scope) => {
      const token = read('accessToken');
      if (!token) throw new LiffError('UNAUTHORIZED', 'Need access_token for api call, Please login first');
      const known = await ask(`/oauth2/v2.1/verify?access_token=${encodeURIComponent(token)}`);
      return { state: decodeURIComponent(known.scope).split(' ').includes(scope) ? 'granted' : 'unavailable' };
    },
    requestAll: async () => {},
  },
  permanentLink: {
    createUrlBy: async (/** @type {string} */ url) => {
      const endpoint = liff.getContext().endpointUrl.replace(/\/$/, '');
      const rest = url.slice(endpoint.length);
      if (!url.startsWith(endpoint) || (rest && !/^[/?#]/.test(rest))) {
        throw new LiffError('INVALID_ARGUMENT', `invalid URL: ${url} is not under the endpoint URL`);
      }
      return `${host}/${config.liffId}${rest === '/' ? '' : rest.replace(/^\/(?=[?#])/, '')}`;
    },
  },
  openWindow: (/** @type {{url: string, external?: boolean}} */ { url, external = false }) => {
    if (!url) throw new LiffError('INVALID_ARGUMENT', 'invalid arguments.');
    if (embedded) tellPhone({ emulator: 'open', url: new URL(url, location.href).href, external });
    else window.open(url, '_blank');
  },
  closeWindow: () => (embedded ? tellPhone({ emulator: 'close' }) : window.close()),
  sendMessages: async (/** @type {unknown[]} */ messages) => {
    if (!inClient) throw new LiffError('FORBIDDEN', 'Messages can be sent from inside LINE only.');
    await askAsResident('/message/v3/share', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ messages }),
    });
  },
  scanCodeV2: async () => ({ value: await askPhone('scan') }),
  shareTargetPicker: () => Promise.reject(new LiffError('FORBIDDEN', 'Please enable the shareTargetPicker in LINE Developers Console.')),
};

/** @type {any} */ (window).liff = liff;
