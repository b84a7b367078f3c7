import {
  amountOf,
  type ErrorCode,
  type LedgerId,
  parseCommandId,
  parseMspId,
  PassportError,
  VOUCHER_TYPE,
} from '@passport/model';
import { CompactSign } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';

import { generateSigningKey, type SigningKey } from '../signing/signing-key.ts';
import { signVoucher } from './sign-voucher.ts';
import { requireCovers, VoucherVerifier } from './verify-voucher.ts';

const place = { ledger: `fabric:${'0a'.repeat(16)}` as LedgerId, channel: 'passport' };
const operator = parseMspId('MarketMSP');
const name = parseCommandId('tab-00001');
const NOW_MS = Date.parse('2026-11-28T12:00:00.000Z');
const expiresAt = new Date(NOW_MS + 60_000);

let buyer: SigningKey;
let other: SigningKey;
beforeAll(async () => {
  [buyer, other] = [await generateSigningKey(), await generateSigningKey()];
});

const sign = (changes: object = {}, key = buyer) =>
  signVoucher(key, {
    ...{ aud: operator, sub: name, ...place, amount: amountOf(500n), seq: 1, expiresAt },
    ...changes,
  });
const expected = (changes: object = {}) => ({
  ...{ place, tab: { buyer: buyer.keyId, tab: name, operator }, nowMs: NOW_MS },
  ...changes,
});
function expectCode(code: ErrorCode, call: () => unknown): void {
  try {
    call();
  } catch (error) {
    if (!(error instanceof PassportError)) throw error;
    expect(error.code).toBe(code);
    return;
  }
  throw new Error(`not refused with ${code}`);
}

describe('a voucher', () => {
  test('that is signed is verified, and says what it promises', async () => {
    const verifier = new VoucherVerifier();
    for (const seq of [1, 2]) {
      const claims = verifier.verify(await sign({ seq }), expected());
      expect(claims).toMatchObject({ iss: buyer.keyId, sub: name, amount: '500', seq });
    }
  });

  test('of somebody or something else is refused', async () => {
    const verifier = new VoucherVerifier();
    const foreign = expected({ tab: { buyer: buyer.keyId, tab: name, operator: 'RivalMSP' } });
    const own = await sign();
    expectCode('VOUCHER_FOREIGN', () => verifier.verify(own, foreign));
    const elsewhere = expected({ place: { ...place, channel: 'other' } });
    expectCode('VOUCHER_FOREIGN', () => verifier.verify(own, elsewhere));
    const forged = await sign({}, other);
    expectCode('VOUCHER_FOREIGN', () => verifier.verify(forged, expected()));
    const late = expected({ nowMs: expiresAt.getTime() });
    expectCode('VOUCHER_EXPIRED', () => verifier.verify(own, late));
  });

  test('that was changed, or carries the key of another, does not verify', async () => {
    const verifier = new VoucherVerifier();
    const [head = '', , signature = ''] = (await sign()).split('.');
    const [otherHead = ''] = (await sign({}, other)).split('.');
    const [, payload = ''] = (await sign({ amount: amountOf(900n) })).split('.');
    const changed = `${head}.${payload}.${signature}`;
    expectCode('VOUCHER_SIGNATURE_INVALID', () => verifier.verify(changed, expected()));
    const [, own = '', sealed = ''] = (await sign()).split('.');
    expectCode('VOUCHER_FOREIGN', () =>
      verifier.verify(`${otherHead}.${own}.${sealed}`, expected()),
    );
  });

  test.each(['', 'a.b', 'a.b.c', `e30.e30.${'A'.repeat(86)}`])('%j is none', (text) => {
    expectCode('VOUCHER_MALFORMED', () => new VoucherVerifier().verify(text, expected()));
  });

  test.each([
    ['another type', { typ: 'passport-command+jws' }],
    ['what has to be understood', { crit: ['exp'], exp: 1 }],
    ['a key that is none', { jwk: { kty: 'EC', crv: 'P-256', x: 'A', y: 'A' } }],
  ])('with %s in its header is none', (_, changes) => {
    const whole = { alg: 'ES256', typ: VOUCHER_TYPE, jwk: buyer.publicKey, ...changes };
    const head = Buffer.from(JSON.stringify(whole)).toString('base64url');
    const text = `${head}.e30.${'A'.repeat(86)}`;
    expect(() => new VoucherVerifier().verify(text, expected())).toThrow(PassportError);
  });

  test('keeps the keys of so many buyers, and forgets the oldest', async () => {
    const verifier = new VoucherVerifier(1);
    const [one, two] = [await sign(), await sign({}, other)];
    const ofOther = expected({ tab: { buyer: other.keyId, tab: name, operator } });
    for (let round = 0; round < 3; round += 1) {
      expect(verifier.verify(one, expected()).iss).toBe(buyer.keyId);
      expect(verifier.verify(two, ofOther).iss).toBe(other.keyId);
    }
  });

  test('is signed with the key of a browser, too', async () => {
    const { subtle } = globalThis.crypto;
    const jwk = buyer.privateKey.export({ format: 'jwk' });
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const privateKey = await subtle.importKey('jwk', jwk, algorithm, false, ['sign']);
    const text = await signVoucher(
      { ...buyer, privateKey },
      { ...{ aud: operator, sub: name, ...place, amount: amountOf(7n), seq: 3, expiresAt } },
    );
    expect(new VoucherVerifier().verify(text, expected()).amount).toBe('7');
  });

  test('covers what is owed, goes on from the one before, and stays within the tab', async () => {
    const claims = new VoucherVerifier().verify(await sign({ seq: 4 }), expected());
    const accepted = { seq: 4, amount: 500n };
    const tab = { escrow: amountOf(450n) };
    expect(() => requireCovers(claims, accepted, 450n, tab)).not.toThrow();
    expectCode('ESCROW_EXCEEDED', () => requireCovers(claims, accepted, 451n, tab));
    expectCode('VOUCHER_EXCEEDED', () => requireCovers(claims, accepted, 501n, tab));
    expectCode('VOUCHER_OUTDATED', () => requireCovers(claims, { seq: 5, amount: 0n }, 1n, tab));
    expectCode('VOUCHER_OUTDATED', () => requireCovers(claims, { seq: 4, amount: 501n }, 1n, tab));
  });

  test('of another algorithm is refused', async () => {
    const text = await new CompactSign(Buffer.from('{}'))
      .setProtectedHeader({ alg: 'HS256', typ: VOUCHER_TYPE })
      .sign(Buffer.alloc(64, 1));
    expectCode('VOUCHER_MALFORMED', () => new VoucherVerifier().verify(text, expected()));
  });
});
