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

  test('bytes that one sealed open in the other, and changed or cut short in neither', () => {
    const some = fc.uint8Array({ maxLength: 80 });
    fc.assert(
      fc.property(bytesOf(32), bytesOf(12), some, some, fc.nat(), (key, nonce, data, text, at) => {
        const sealed = node.sealBytes(key, nonce, data, text);
        expect([...browser.sealBytes(key, nonce, data, text)]).toEqual([...sealed]);
        const wrong = Uint8Array.from(sealed);
        wrong[at % wrong.length] = (wrong[at % wrong.length] ?? 0) ^ 1;
        for (const { openBytes } of [node, browser]) {
          expect([...(openBytes(key, nonce, data, sealed) ?? [])]).toEqual([...text]);
          expect(openBytes(key, nonce, data, sealed)).toBeDefined();
          expect(openBytes(key, nonce, data, wrong)).toBeUndefined();
          expect(
            openBytes(key, nonce, data, sealed.subarray(0, at % sealed.length)),
          ).toBeUndefined();
        }
      }),
    );
  });

  test('codes of parts are those of the whole, whatever the key', () => {
    const some = fc.uint8Array({ maxLength: 80 });
    fc.assert(
      fc.property(some, fc.array(some, { maxLength: 4 }), (key, parts) => {
        const code = [...node.hmacSha256(key, [Buffer.concat(parts)])];
        expect([...node.hmacSha256(key, parts)]).toEqual(code);
        expect([...browser.hmacSha256(key, parts)]).toEqual(code);
      }),
    );
  });

  test.each([['Node', node] as const, ['a browser', browser] as const])(
    'what waits has its turn in %s',
    async (_, { turn }) => {
      const others: string[] = [];
      setImmediate(() => others.push('went on'));
      for (let waited = 0; waited < 100 && others.length === 0; waited += 1) await turn();
      expect(others).toEqual(['went on']);
    },
  );

  test('a key derived from a root key is the same, and so are its point and what two agree on', () => {
    const scalar = bytesOf(32).filter((bytes) => (bytes[0] ?? 0) < 0xff && bytes.some(Boolean));
    fc.assert(
      fc.property(bytesOf(32), fc.string({ unit: 'grapheme' }), scalar, (root, info, of) => {
        const bytes = node.hkdfSha256(root, info, 32);
        expect(browser.hkdfSha256(root, info, 32)).toEqual(bytes);
        const [here, there] = [node.keyPairOf(of), browser.keyPairOf(of)];
        const point = here?.point() ?? new Uint8Array();
        expect(point).toHaveLength(65);
        expect([...(there?.point() ?? [])]).toEqual([...point]);
        const shared = [...(here?.agree(point) ?? [])];
        expect(shared).toHaveLength(32);
        expect([...(there?.agree(point) ?? [])]).toEqual(shared);
        for (const length of [0, 1, 33, 64]) {
          expect(here?.agree(point.subarray(0, length))).toBeUndefined();
          expect(there?.agree(point.subarray(0, length))).toBeUndefined();
        }
        const offCurve = Uint8Array.from(point);
        offCurve[64] = (offCurve[64] ?? 0) ^ 1;
        expect(here?.agree(offCurve)).toBeUndefined();
        expect(there?.agree(offCurve)).toBeUndefined();
      }),
    );
    for (const none of [new Uint8Array(32), new Uint8Array(32).fill(0xff), new Uint8Array(31)]) {
      expect(node.keyPairOf(none)).toBeUndefined();
      expect(browser.keyPairOf(none)).toBeUndefined();
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
