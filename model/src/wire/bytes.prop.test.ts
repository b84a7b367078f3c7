import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import * as browser from './bytes-browser.ts';
import * as node from './bytes-node.ts';

const bytes = fc.uint8Array({ maxLength: 200 });

describe('bytes as texts, in a browser as in Node', () => {
  test('any bytes have the same base64url, and come back from it', () => {
    fc.assert(
      fc.property(bytes, (some) => {
        const text = node.base64urlOf(some);
        expect(browser.base64urlOf(some)).toBe(text);
        for (const { bytesOfBase64url } of [node, browser]) {
          expect(bytesOfBase64url(text)).toEqual(some);
        }
      }),
    );
  });

  test('any bytes have the same SHA-256', () => {
    fc.assert(
      fc.property(bytes, (some) => {
        expect(browser.sha256Hex(some)).toBe(node.sha256Hex(some));
      }),
    );
    // FIPS 180-4, of "abc".
    expect(node.sha256Hex(Uint8Array.of(0x61, 0x62, 0x63))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  test('a text that a source made up stands for the same bytes', () => {
    const characters = fc.constantFrom(...Array.from('ABab09-_+/'));
    const made = fc.string({ unit: characters, maxLength: 40 });
    fc.assert(
      fc.property(made, (text) => {
        expect(browser.bytesOfBase64url(text)).toEqual(node.bytesOfBase64url(text));
      }),
    );
  });

  test.each(['', 'A', 'AA', 'AB', 'AAA', 'AAB', 'AAAAA', 'A A\nA', 'AAAA=AAA', 'é', 'AAé'])(
    '%j stands for the same bytes',
    (text) => {
      expect(browser.bytesOfBase64url(text)).toEqual(node.bytesOfBase64url(text));
    },
  );

  test('any bytes are the same text, from any byte on', () => {
    const broken = fc.oneof(
      bytes,
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(broken, fc.nat(20), (some, from) => {
        expect(browser.textOfUtf8(some, from)).toBe(node.textOfUtf8(some, from));
      }),
    );
    const bom = Uint8Array.of(0xef, 0xbb, 0xbf, 0x41);
    expect(browser.textOfUtf8(bom)).toBe('\ufeffA');
  });

  test('what a view shows is read, not what it lies on', () => {
    const view = Uint8Array.of(9, 1, 2, 3, 9).subarray(1, 4);
    for (const { base64urlOf } of [node, browser]) expect(base64urlOf(view)).toBe('AQID');
  });
});
