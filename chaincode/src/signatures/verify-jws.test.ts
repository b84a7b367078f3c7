import { createHmac, generateKeyPairSync, sign } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { makeKey, signJws, type TestKey } from '../testing/test-users.ts';
import { verifyJws } from './verify-jws.ts';

const TYPE = 'test+jws';
const key = makeKey();

/** A JWS put together by hand, so that it can be wrong; signed with ES256 unless told otherwise. */
function jwsOf(header: object, payload: string, signature = es256(key)): string {
  const input = [header, payload]
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
  return `${input}.${signature(input).toString('base64url')}`;
}

function es256({ privateKey }: TestKey) {
  return (input: string): Buffer =>
    sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
}

const header = { alg: 'ES256', typ: TYPE, jwk: key.jwk };

describe('verifyJws', () => {
  test('answers what was signed and by whom', async () => {
    const jws = await signJws(key, TYPE, { zürich: 'ok' });
    const payload = JSON.stringify({ zürich: 'ok' });
    expect(await verifyJws(jws, TYPE)).toEqual({ payload, signer: key.keyId });
    expect(await verifyJws(jwsOf(header, 'by hand'), TYPE)).toEqual({
      ...{ payload: 'by hand', signer: key.keyId },
    });
  });

  test('refuses a signature by any other bit, a payload by any other letter', async () => {
    const jws = jwsOf(header, 'pay 1000 to Anna');
    const [head = '', body = '', signature = ''] = jws.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    for (const place of [0, 31, 32, 63]) {
      const wrong = Buffer.from(bytes);
      wrong[place] = (wrong[place] ?? 0) ^ 1;
      const text = `${head}.${body}.${wrong.toString('base64url')}`;
      await expect(verifyJws(text, TYPE)).rejects.toThrow(/^COMMAND_SIGNATURE_INVALID: /);
    }
    const other = Buffer.from('pay 9000 to Anna').toString('base64url');
    await expect(verifyJws(`${head}.${other}.${signature}`, TYPE)).rejects.toThrow(
      /^COMMAND_SIGNATURE_INVALID: /,
    );
  });

  test('refuses a signature by another key than the one that it names', async () => {
    const jws = jwsOf(header, 'text', es256(makeKey()));
    await expect(verifyJws(jws, TYPE)).rejects.toThrow(/^COMMAND_SIGNATURE_INVALID: /);
  });

  const empty = () => Buffer.alloc(64);
  const hmac = (hash: string) => (input: string) =>
    createHmac(hash, Buffer.from(key.jwk.x, 'base64url')).update(input).digest();

  test.each([
    ['alg none', { ...header, alg: 'none' }, empty],
    ['HS256 with the public key as secret', { ...header, alg: 'HS256' }, hmac('sha256')],
    ['HS512, as long as ES256', { ...header, alg: 'HS512' }, hmac('sha512')],
    ['ES384', { ...header, alg: 'ES384' }, es256(key)],
    ['an algorithm of nobody', { ...header, alg: 'ES256K' }, es256(key)],
    ['no algorithm', { typ: TYPE, jwk: key.jwk }, es256(key)],
    ['another type', { ...header, typ: 'JWT' }, es256(key)],
    ['no key', { alg: 'ES256', typ: TYPE }, es256(key)],
    ['an extension that must be understood', { ...header, crit: ['x'], x: 1 }, es256(key)],
  ])('refuses %s as malformed, though the signature is good', async (_, head, signature) => {
    const jws = jwsOf(head, 'text', signature);
    await expect(verifyJws(jws, TYPE)).rejects.toThrow(/^COMMAND_MALFORMED: /);
  });

  test('refuses keys that are none, of another curve, or with their secret', async () => {
    const secret = key.privateKey.export({ format: 'jwk' });
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const other = publicKey.export({ format: 'jwk' });
    const rsa = { kty: 'RSA', n: 'AQAB', e: 'AQAB' };
    const withId = { ...key.jwk, kid: 'mine' };
    for (const jwk of [secret, other, rsa, withId, {}, { ...key.jwk, x: `${key.jwk.x}AA` }]) {
      await expect(verifyJws(jwsOf({ ...header, jwk }, 'text'), TYPE)).rejects.toThrow(
        /^PUBLIC_KEY_INVALID: /,
      );
    }
  });

  test('refuses a key that is no point on the curve', async () => {
    const jwk = { ...key.jwk, y: key.jwk.x };
    await expect(verifyJws(jwsOf({ ...header, jwk }, 'text'), TYPE)).rejects.toThrow(
      /^COMMAND_SIGNATURE_INVALID: /,
    );
  });

  test.each(['', '..', 'a.b.c', 'bm8.bm8.bm8', 'e30.e30', 'bnVsbA.e30.AAAA'])(
    '%j is no JWS',
    async (text) => {
      await expect(verifyJws(text, TYPE)).rejects.toThrow(/^COMMAND_MALFORMED: /);
    },
  );
});
