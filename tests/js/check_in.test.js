import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { codeOf, numberOf, partyText, shelterOf, stepped } from '../../static/js/lib/check_in.js';

test('a shelter is read from the code of its poster, whatever host it was printed for', () => {
  const id = 'zaedws6xdy';
  for (const host of ['https://liff.line.me/1650000000-AbCdEfGh', 'https://machi.example.lg.jp/liff', 'http://localhost:9/x']) {
    assert.equal(shelterOf(`${host}/checkin/${id}`), id);
  }
});

test('any other code leads nowhere', () => {
  const foreign = [
    '', null, undefined, 'https://evil.example/', 'javascript:alert(1)//checkin/', '/checkin/', '/checkin/../x', '/checkin/ABC123',
    'https://a/checkin/abc?x=1', 'https://a/checkin/abcdef#b', `${'x'.repeat(400)}/checkin/zaedws6xdy`, 'https://a/s/secretsecretsecretsecretsecr',
  ];
  for (const one of foreign) assert.equal(shelterOf(one), null, String(one));
});

test('codes are read however they are typed', () => {
  for (const typed of ['123456', '123 456', '１２３４５６', ' 123-456 ', '123ー456']) assert.equal(codeOf(typed), '123456');
  for (const typed of ['', '12345', '1234567', 'abcdef', '12345x']) assert.equal(codeOf(typed), '');
});

test('numbers are read however they are typed', () => {
  assert.equal(numberOf('３人'), 3);
  assert.equal(numberOf(' 1,200 '), 1200);
  for (const typed of ['', 'x', '-1', '1.5', '1234567']) assert.ok(Number.isNaN(numberOf(typed)), typed);
});

test('a counter stays between its ends, whatever stands in it', () => {
  assert.equal(stepped('3', 1, 1, 20), 4);
  assert.equal(stepped('20', 1, 1, 20), 20);
  assert.equal(stepped('1', -1, 1, 20), 1);
  assert.equal(stepped('', 1, 0, 20), 1);
  assert.equal(stepped('many', 1, 1, 20), 2);
  assert.equal(stepped('99', -1, 0, 20), 20);
});

test('a family reads as the server says it', () => {
  const words = { people: '{n}人', careInfants: '乳幼児', careMobility: '車いす・歩行', carePets: 'ペット' };
  const party = { people: 4, pets: 1, infants: 1, mobility: 0 };
  assert.equal(partyText(words, party), '4人・乳幼児1・ペット1');
  assert.equal(partyText(words, { people: 2 }), '2人');
});
