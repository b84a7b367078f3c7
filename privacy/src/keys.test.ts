import { createHmac, randomBytes } from 'node:crypto';

import { instantOf, type KeyScope, keyScopes, type SealingKey, vidOfBytes } from '@passport/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { EventKey, EventKeys } from './event-keys.ts';
import {
  currentKeys,
  deriveSealingKey,
  isKeyOf,
  type KeyAddress,
  publicKeyOfScalar,
} from './sealing-key.ts';
import { ledger, testVid } from './testing/sealed-things.ts';
import { openKeys, type ScopeKey, sealKeys, type WrapContext } from './wrap.ts';

const rootKey = new Uint8Array(32).fill(9);
const address: KeyAddress = { vid: testVid, ownerEpoch: 1, scope: 'usage', epoch: 1 };

describe('a sealing key', () => {
  test('is derived again from root key and address, and another from any other', async () => {
    const { publicKey, scalar } = await deriveSealingKey(rootKey, address);
    expect((await deriveSealingKey(Uint8Array.from(rootKey), { ...address })).scalar).toEqual(
      scalar,
    );
    expect(publicKeyOfScalar(scalar)).toEqual(publicKey);
    const others = await Promise.all([
      deriveSealingKey(new Uint8Array(32).fill(8), address),
      ...[
        { vid: vidOfBytes(new Uint8Array(16)) },
        { ownerEpoch: 2 },
        { scope: 'driving' as const },
        { epoch: 2 },
        { ownerEpoch: 11, epoch: 1 },
        { ownerEpoch: 1, epoch: 11 },
      ].map((changes) => deriveSealingKey(rootKey, { ...address, ...changes })),
    ]);
    const all = [scalar, ...others.map((other) => other.scalar)].map((of) =>
      Buffer.from(of).toString('hex'),
    );
    expect(new Set(all).size).toBe(all.length);
    for (const other of others) expect(isKeyOf(other.scalar, publicKey)).toBe(false);
    expect(isKeyOf(scalar, publicKey)).toBe(true);
    expect(isKeyOf(new Uint8Array(32), publicKey)).toBe(false);
  });

  test('stays the same from version to version', async () => {
    const { scalar } = await deriveSealingKey(rootKey, address);
    // Computed once with HKDF written by hand over Python's hmac.
    expect(Buffer.from(scalar).toString('hex')).toBe(
      '055a00c719cb0d7cb8e9642c059696372dde337c1a63757e6135560ce6f762db',
    );
    await expect(deriveSealingKey(new Uint8Array(16), address)).rejects.toThrow(RangeError);
  });

  test('of the latest epoch that has begun is sealed to', () => {
    const key = (epoch: number, fromMs: number): SealingKey => ({
      ...{ ...address, epoch, suite: 1, from: instantOf(fromMs) },
      key: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) },
    });
    const keys = [key(1, 0), key(3, 2000), key(2, 1000)];
    const epochAt = (ms: number) => currentKeys(keys, instantOf(ms)).usage?.epoch;
    expect([0, 999, 1000, 1999, 2000, 9000].map(epochAt)).toEqual([1, 1, 2, 2, 3, 3]);
    expect(currentKeys([key(1, 1)], instantOf(0))).toEqual({});
  });
});

test('an event’s key is HMAC-SHA-512 of its name under the secret', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 128 }),
      fc.array(fc.stringMatching(/^[A-Za-z0-9._:-]{1,64}$/), { minLength: 1, maxLength: 4 }),
      (secret, events) => {
        const keys = new EventKeys(secret);
        for (const event of events) {
          const memory = new EventKey();
          keys.put(event, memory);
          const expected = createHmac('sha512', secret).update(event).digest();
          expect(Buffer.concat([memory.key, memory.commitment])).toEqual(expected);
        }
      },
    ),
  );
  expect(() => new EventKeys(new Uint8Array(129))).toThrow(RangeError);
  const put = () => new EventKeys(new Uint8Array(32)).put('x'.repeat(65), new EventKey());
  expect(put).toThrow(RangeError);
});

describe('keys wrapped to a reader', () => {
  const reader = { scalar: randomBytes(32).fill(1, 0, 4) };
  const readerKey = publicKeyOfScalar(reader.scalar);
  const context: WrapContext = {
    ...{ ledger, vid: testVid, ownerEpoch: 1, purpose: 'grant', id: 'nonce-of-grant' },
  };
  const someKeys: fc.Arbitrary<ScopeKey[]> = fc.array(
    fc.record({
      scope: fc.constantFrom<KeyScope>(...keyScopes),
      epoch: fc.integer({ min: 1, max: 0xffff }),
      scalar: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    }),
    { maxLength: 80 },
  );

  test('come back, for that reader and that command only', async () => {
    await fc.assert(
      fc.asyncProperty(someKeys, async (keys) => {
        const wrap = await sealKeys(readerKey, keys, context, randomBytes);
        expect(wrap).toMatch(/^[A-Za-z0-9_-]{100,6000}$/);
        expect(await openKeys(reader.scalar, wrap, context)).toEqual(keys);
      }),
      { numRuns: 25 },
    );
  });

  test('for another command, vehicle, ledger, owner, purpose or reader are refused', async () => {
    const [key] = [{ scope: 'usage', epoch: 1, scalar: new Uint8Array(32).fill(3) } as const];
    const wrap = await sealKeys(readerKey, [key], context, randomBytes);
    const changes: Partial<WrapContext>[] = [
      { ledger: 'fabric:0' },
      { vid: vidOfBytes(new Uint8Array(16)) },
      { ownerEpoch: 2 },
      { purpose: 'hand-over' },
      { id: 'nonce-of-other' },
    ];
    for (const change of changes) {
      const there = { ...context, ...change };
      await expect(openKeys(reader.scalar, wrap, there)).rejects.toThrow(/^SEAL_BROKEN: /);
    }
    const stranger = randomBytes(32).fill(1, 0, 4);
    for (const scalar of [stranger, new Uint8Array(32), new Uint8Array(3)]) {
      await expect(openKeys(scalar, wrap, context)).rejects.toThrow(/^SEAL_BROKEN: /);
    }
    const bytes = Buffer.from(wrap, 'base64url');
    for (const at of [0, 1, 64, 65, bytes.length - 1]) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const text = Buffer.from(changed).toString('base64url');
      await expect(openKeys(reader.scalar, text, context)).rejects.toThrow(/^SEAL_BROKEN: /);
    }
    await expect(openKeys(reader.scalar, '', context)).rejects.toThrow(/^SEAL_BROKEN: /);
  });

  test('are refused where the reader’s key is none', async () => {
    const wrong = { ...readerKey, x: 'A'.repeat(43) };
    await expect(sealKeys(wrong, [], context, randomBytes)).rejects.toThrow(/^PUBLIC_KEY_INVALID/);
  });
});
