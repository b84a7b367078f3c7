import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import * as browser from './browser.ts';
import * as node from './node.ts';

const bytesOf = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const ascii = fc.string({ maxLength: 64 });
const anyText = fc.string({ unit: 'binary', maxLength: 200 });

describe('sealing and opening, in a browser as in Node', () => {
  test('a text that one sealed opens in the other, and with a changed byte in neither', () => {
    const inputs = [bytesOf(32), bytesOf(12), fc.uint8Array({ maxLength: 80 }), anyText] as const;
    fc.assert(
      fc.property(...inputs, fc.nat(), (key, nonce, data, text, place) => {
        const { ciphertext, tag } = node.sealText(key, nonce, data, text);
        const other = browser.sealText(key, nonce, data, text);
        expect([...other.ciphertext]).toEqual([...ciphertext]);
        expect([...other.tag]).toEqual([...tag]);
        const wrong = Uint8Array.from(tag);
        wrong[place % wrong.length] = (wrong[place % wrong.length] ?? 0) ^ 1;
        for (const { openText } of [node, browser]) {
          expect(openText(key, nonce, data, ciphertext, tag)).toBe(text.toWellFormed());
          expect(openText(key, nonce, data, ciphertext, wrong)).toBeUndefined();
        }
      }),
    );
  });

  test('a key derived from a root key is the same, and so is its point', () => {
    const scalar = bytesOf(32).filter((bytes) => (bytes[0] ?? 0) < 0xff && bytes.some(Boolean));
    fc.assert(
      fc.property(bytesOf(32), fc.string({ unit: 'grapheme' }), scalar, (root, info, of) => {
        const bytes = node.hkdfSha256(root, info, 32);
        expect(browser.hkdfSha256(root, info, 32)).toEqual(bytes);
        expect([...browser.pointOf(of)]).toEqual([...node.pointOf(of)]);
      }),
    );
    for (const none of [new Uint8Array(32), new Uint8Array(32).fill(0xff), new Uint8Array(31)]) {
      expect(() => node.pointOf(none)).toThrow(Error);
      expect(() => browser.pointOf(none)).toThrow(Error);
    }
  });

  test('hashes, names of events and texts lie in memory the same way', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), ascii, anyText, (bytes, name, text) => {
        const [one, other] = [node, browser].map((platform) => {
          const memory = platform.newMemory(400);
          platform.putSha512(bytes, memory, 3);
          const written = platform.writeAscii(name, memory, 80);
          const part = platform.newMemory(300);
          const read = platform.writeBase64url(Buffer.from(text).toString('base64url'), part);
          const opened = platform.utf8Of(part, 0, read);
          const spelled = platform.base64urlOf(platform.partOf(memory, 3, 70));
          return [[...memory], [...platform.partOf(memory, 3, 70)], written, read, opened, spelled];
        });
        expect(one).toEqual(other);
      }),
    );
  });

  test('a text that is longer than memory fills it, and no more', () => {
    for (const platform of [node, browser]) {
      const memory = platform.newMemory(3);
      expect(platform.writeBase64url('AQIDBAUG', memory)).toBe(3);
      expect([...memory]).toEqual([1, 2, 3]);
    }
  });
});
