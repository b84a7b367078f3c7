import { randomBytes } from 'node:crypto';

import {
  instantOf,
  parseDay,
  parseEventId,
  parseMspId,
  parseSourceId,
  type KeyScope,
  type SealingKey,
  vidOfBytes,
} from '@passport/model';
import { deriveSealingKey, Opener, Sealer } from '@passport/privacy';
import { expect, test } from 'vitest';

import { sealToOwners } from './seal-to-owners.ts';

const ledger = `fabric:${'0'.repeat(32)}`;
const source = parseSourceId('GarageMSP/workshop');
const vid = vidOfBytes(new Uint8Array(16).fill(7));
const id = parseEventId('visit-1');
const at = parseDay('2026-11-01');
const nowMs = Date.parse('2026-11-28T12:00:00Z');
const root = new Uint8Array(randomBytes(32));
const fields = { 'Vehicle.TripMeterReading': 12_345, 'Vehicle.TripDuration': 60_000 };

async function keyOf(scope: KeyScope, epoch: number, fromMs: number): Promise<SealingKey> {
  const { publicKey: key } = await deriveSealingKey(root, { vid, ownerEpoch: 1, scope, epoch });
  return { vid, scope, epoch, ownerEpoch: 1, suite: 1, key, from: instantOf(fromMs) };
}

function sealing(
  read: () => Promise<SealingKey[]>,
  onLeftOut: (fields: number) => void = () => {},
) {
  return sealToOwners({
    sealer: new Sealer({ ledger, random: randomBytes }),
    source,
    consent: { readSealingKeys: read },
    now: () => new Date(nowMs),
    onLeftOut,
  });
}

async function openerOf(epoch: number, ...scopes: readonly KeyScope[]): Promise<Opener> {
  const opener = new Opener({ ledger });
  for (const scope of scopes) {
    const { scalar } = await deriveSealingKey(root, { vid, ownerEpoch: 1, scope, epoch });
    opener.addKey({ vid, scope, epoch }, scalar);
  }
  return opener;
}

test('fields are sealed to the latest key of their scope that has begun, and open for its holder', async () => {
  let reads = 0;
  const keys = await Promise.all([
    keyOf('usage', 1, nowMs - 2),
    keyOf('usage', 2, nowMs - 1),
    keyOf('usage', 3, nowMs + 1),
    keyOf('Vehicle.TripMeterReading', 2, nowMs - 1),
  ]);
  const seal = sealing(async () => {
    reads += 1;
    return keys;
  });
  const sealed = await seal(fields, { vid, id, at });
  await seal(fields, { vid, id, at });
  expect(reads).toBe(1);
  const where = { vid, event: id, contributor: source };
  const opener = await openerOf(2, 'usage', 'Vehicle.TripMeterReading');
  await opener.prepare([{ sealed, ...where }]);
  expect(opener.openAll(sealed, where)).toEqual(fields);
  const late = await openerOf(3, 'usage');
  await late.prepare([{ sealed, ...where }]);
  expect(late.open(sealed, where).fields).toEqual({});
});

test('a clock that is behind the owner’s loses nothing: the first key is sealed to', async () => {
  const ahead = await keyOf('usage', 4, nowMs + 60_000);
  const seal = sealing(async () => [ahead, await keyOf('usage', 5, nowMs + 120_000)]);
  const sealed = await seal({ 'Vehicle.TripDuration': 1 }, { vid, id, at });
  const opener = await openerOf(4, 'usage');
  const where = { vid, event: id, contributor: source };
  await opener.prepare([{ sealed, ...where }]);
  expect(opener.openAll(sealed, where)).toEqual({ 'Vehicle.TripDuration': 1 });
});

test('papers are sealed to the keys that come with the registration, as the organisation’s', async () => {
  const seal = sealing(async () => {
    throw new Error('the ledger does not know the vehicle yet');
  });
  const { from: _, vid: __, ownerEpoch: ___, ...key } = await keyOf('ownership', 1, nowMs);
  const papers = { 'Passport.Region': 'DE-BW' };
  const sealed = await seal(papers, { vid, id, at, firstKeys: [key] });
  const opener = await openerOf(1, 'ownership');
  const where = { vid, event: 'registration', contributor: parseMspId('GarageMSP') } as const;
  await opener.prepare([{ sealed, ...where }]);
  expect(opener.openAll(sealed, where)).toEqual(papers);
});

test('without a key fields are left out and counted, and never in clear', async () => {
  const left: number[] = [];
  const seal = sealing(
    async () => [await keyOf('usage', 1, nowMs - 1)],
    (count) => left.push(count),
  );
  const sealed = await seal(fields, { vid, id, at });
  expect(Object.keys(sealed)).toEqual(['usage']);
  expect(left).toEqual([1]);
  expect(JSON.stringify(sealed)).not.toContain(Buffer.from('12345').toString('base64url'));
  expect(await seal({}, { vid, id, at })).toEqual({});
});

test('keys are read again after they were closed, and after a reading that failed', async () => {
  let epoch = 0;
  const seal = sealing(async () => {
    epoch += 1;
    if (epoch === 1) throw new Error('away');
    return [await keyOf('usage', epoch, nowMs - 1)];
  });
  const some = { 'Vehicle.TripDuration': 1 };
  await expect(async () => seal(some, { vid, id, at })).rejects.toThrow('away');
  await seal(some, { vid, id, at });
  seal.renew?.(vid);
  await seal(some, { vid, id, at });
  expect(epoch).toBe(3);
});
