import assert from 'node:assert/strict';
import test from 'node:test';

import { afterRefusal, destination, withoutLogin } from '../../static/js/lib/entry_steps.js';

test('what the login left in the address is taken out, the rest stays', () => {
  const href = 'https://town.example/liff/?code=a&state=b&liffClientId=c&liffRedirectUri=d&q=e#access_token=f&id_token=g';
  assert.equal(withoutLogin(href), '/liff/?q=e');
});

test('the page the server allows comes first, then the page that was asked for, then the menu', () => {
  assert.equal(destination('/liff/reports/new?c=road', '/liff/procedures'), '/liff/reports/new?c=road');
  assert.equal(destination('', '/liff/procedures?x=1'), '/liff/procedures?x=1');
  assert.equal(destination('', '/liff/?x=1'), '/liff/menu');
  assert.equal(destination('/liff/', '/liff'), '/liff/menu');
});

test('no other site is ever a destination', () => {
  for (const evil of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/a\\b', '/a b', '/\t/evil']) {
    assert.equal(destination(evil, '/liff/'), '/liff/menu', evil);
  }
});

test('a new login is tried once and never twice', () => {
  assert.equal(afterRefusal('token_expired', 0), 'login');
  assert.equal(afterRefusal('token_invalid', 0), 'login');
  assert.equal(afterRefusal('token_expired', 1), 'give_up');
  assert.equal(afterRefusal('not_allowed', 0), 'give_up');
});
