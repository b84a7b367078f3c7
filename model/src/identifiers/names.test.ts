import { describe, expect, test } from 'vitest';

import { holderOf, keyAccount, organisationAccount, parseAccount } from './account.ts';
import {
  organisationOfSource,
  parseCommandId,
  parseEventId,
  parseKeyId,
  parseMspId,
  parseSourceId,
} from './names.ts';

const key = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';

const spellings = [
  [
    'MSP_ID_INVALID',
    parseMspId,
    ['M', 'Org1MSP', 'a.b-c', 'x'.repeat(64)],
    ['', '-a', 'x'.repeat(65), 'a_b', 'a/b'],
  ],
  [
    'SOURCE_ID_INVALID',
    parseSourceId,
    ['M/a', 'Org1MSP/workshop-7'],
    ['M', 'M/', '/a', 'M/A', 'M/a/b', `M/${'x'.repeat(33)}`],
  ],
  [
    'EVENT_ID_INVALID',
    parseEventId,
    ['1', 'a:b._-', 'x'.repeat(64)],
    ['', ':a', 'a b', 'a/b', 'x'.repeat(65)],
  ],
  [
    'COMMAND_ID_INVALID',
    parseCommandId,
    ['12345678', 'x'.repeat(64)],
    ['1234567', 'x'.repeat(65), '_2345678'],
  ],
  [
    'KEY_ID_INVALID',
    parseKeyId,
    [key, 'A'.repeat(43)],
    ['A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}B`],
  ],
  [
    'ACCOUNT_INVALID',
    parseAccount,
    ['org:M', 'org:M/fleet-2', `key:${key}`],
    ['M', 'org:', 'org:M/', 'org:M/A', 'key:abc', `key:${key}A`, 'ORG:M', 'bank:M'],
  ],
] as const;

describe.each(spellings)('%s', (code, read, good, bad) => {
  test.each(good)('%j is read', (text) => {
    expect(read(text)).toBe(text);
  });

  test.each(bad.flatMap((text) => [text, ` ${text}`]))('%j is refused', (text) => {
    expect(() => read(text)).toThrow(`${code}: `);
  });

  test('nothing that ends or breaks a line, a key of the state or an encoding is read', () => {
    for (const text of good) {
      for (const end of ['\n', '\0', '|', '\u2028', '\ud800', 'ſ']) {
        expect(() => read(`${text}${end}`)).toThrow(`${code}: `);
      }
    }
  });
});

describe('accounts', () => {
  test('say who holds them', () => {
    const mspId = parseMspId('Org1MSP');
    expect(organisationAccount(mspId)).toBe('org:Org1MSP');
    expect(organisationAccount(mspId, 'fleet')).toBe('org:Org1MSP/fleet');
    for (const account of [organisationAccount(mspId), organisationAccount(mspId, 'fleet')]) {
      expect(holderOf(account)).toEqual({ kind: 'organisation', mspId });
    }
    const keyId = parseKeyId(key);
    expect(parseAccount(keyAccount(keyId))).toBe(keyAccount(keyId));
    expect(holderOf(keyAccount(keyId))).toEqual({ kind: 'key', keyId });
    expect(() => organisationAccount(mspId, 'Fleet')).toThrow(/^ACCOUNT_INVALID: /);
  });

  test('a source belongs to the organisation before its slash', () => {
    expect(organisationOfSource(parseSourceId('Org1MSP/a-b'))).toBe('Org1MSP');
  });
});
