// @ts-check
// Part 2: login with PKCE, and the check of the ID token that the browser does itself.

async function login(/** @type {{redirectUri?: string}} */ options = {}) {
  if (!config.liffId) throw new LiffError('INVALID_CONFIG', 'liffId is necessary for liff.login()');
  const verifier = toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  write('loginTmp', { codeVerifier: verifier });
  const parameters = new URLSearchParams({
    app_id: config.liffId,
    state: toBase64Url(crypto.getRandomValues(new Uint8Array(9))),
    response_type: 'code',
    code_challenge: toBase64Url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
    liff_sdk_version: liff.getVersion(),
  });
  if (options.redirectUri) parameters.set('redirect_uri', options.redirectUri);
  location.href = `${host}/liff/v1/authorize?${parameters}`;
}

function logout() {
  STORED.forEach((name) => box.removeItem(keyOf(name)));
  document.cookie = `${expiryCookie()}=; path=/; max-age=0`;
}

async function exchange(/** @type {string} */ issuer) {
  const given = query();
  const clientId = given.get('liffClientId') || String(config.liffId).split('-')[0];
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    appId: String(config.liffId),
    code: given.get('code') || '',
    code_verifier: read('loginTmp').codeVerifier,
    redirect_uri: given.get('liffRedirectUri') || '',
    id_token_key_type: 'JWK',
  });
  const tokens = await ask('/oauth2/v2.1/token', { method: 'POST', body: form });
  write('accessToken', tokens.access_token);
  write('clientId', clientId);
  box.removeItem(keyOf('loginTmp'));
  document.cookie = `${expiryCookie()}=${Date.now() + tokens.expires_in * 1000}; path=/; max-age=${tokens.expires_in}; SameSite=Lax`;
  await keepIdToken(tokens.id_token, clientId, issuer);
}

/** Stores a fresh ID token, and only then checks it: LINE's SDK leaves a refused token stored too. */
async function keepIdToken(/** @type {string} */ token, /** @type {string} */ clientId, /** @type {string} */ issuer) {
  write('IDToken', token);
  write('decodedIDToken', await checked(token, clientId, issuer));
}

/** Claims of an ID token that this browser has checked itself. */
async function checked(/** @type {string} */ token, /** @type {string} */ clientId, /** @type {string} */ issuer) {
  const refuse = (/** @type {string} */ what) => new LiffError('INVALID_ID_TOKEN', `Invalid ${what} in ID_TOKEN`);
  const header = part(token, 0);
  const claims = part(token, 1);
  if (!header || header.alg !== 'ES256') throw refuse('"alg" value');
  if (!claims) throw refuse('payload');
  const { keys } = await ask('/oauth2/v2.1/certs');
  const jwk = keys.find((/** @type {{kid: string}} */ key) => key.kid === header.kid);
  if (!jwk) throw refuse('"kid" value');
  if (claims.iss !== issuer) throw refuse('"iss" value');
  if (claims.aud !== clientId) throw refuse('"aud" value');
  if (claims.exp * 1000 < Date.now()) throw refuse('"exp" value');
  const key = await crypto.subtle.importKey('jwk', { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y },
    { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
  const [head, body, signature] = token.split('.');
  const fits = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, toBytes(signature),
    new TextEncoder().encode(`${head}.${body}`));
  if (!fits) throw refuse('signature');
  return claims;
}
