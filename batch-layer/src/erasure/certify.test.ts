import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { KeyRing, verifyErasure } from '@passport/ledger-client';
import { parseInstant, parseMspId, vidOfBytes } from '@passport/model';
import { issueCertificate, strangeAuthority } from '@passport/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { certifyAs, type DoneSteps } from './certify.ts';

const vid = vidOfBytes(Buffer.alloc(16, 1));
const at = parseInstant('2026-11-28T12:00:00.000Z');
const erasure = { vid, ownerEpoch: 1, block: 3, tx: 0, at };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passport-certify-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a certificate waits for the keys of the ring, and names those that it destroyed', async () => {
  const authority = await strangeAuthority('MarketMSP');
  const market = await issueCertificate(authority, { units: ['client'] });
  const roots = new Map([[parseMspId('MarketMSP'), [new X509Certificate(authority.certificate)]]]);
  const ring = await KeyRing.open(folder);
  const { keyId } = await ring.make(vid);
  const done: DoneSteps = {
    ledger: 'fabric:a',
    found: { at, linesLeftOut: 4, linesChanged: 2, readerKeys: [keyId], holders: [] },
    rewritten: { at, block: 3, edition: 1, tables: { events: 7 }, positions: ['1'] },
    destroyed: { at, dataFiles: 5, logFiles: 6 },
    trimmed: { at, block: 3 },
    settled: { at, block: 7, version: 9 },
  };
  const certify = certifyAs(market, folder);
  const now = new Date();
  expect(await certify(erasure, done, now)).toBeUndefined();
  await ring.destroy([keyId], at);
  const signed = await certify(erasure, done, now);
  expect(signed?.mspId).toBe('MarketMSP');
  const claims = await verifyErasure(signed?.jws ?? '', roots);
  expect(claims).toMatchObject({
    part: 'market',
    sub: vid,
    ownerEpoch: 1,
    saidIn: { block: 3, tx: 0, at },
  });
  expect(claims.destroyed.map(({ store, count }) => [store, count])).toEqual([
    ['events', 4],
    ['events', 2],
    ['views', null],
    ['object store', 5],
    ['object store', 6],
    ['recent blocks', null],
    ['log', null],
    ['pending releases', null],
    ['key ring', 1],
  ]);
  expect(claims.destroyed.at(-1)?.evidence).toEqual({ [keyId]: at });
  // Who looks at no ring says nothing of keys.
  const without = await certifyAs(market)(erasure, done, now);
  expect((await verifyErasure(without?.jws ?? '', roots)).destroyed).toHaveLength(8);
});
