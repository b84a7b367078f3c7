import { randomBytes } from 'node:crypto';

import { instantOf, parseEventId, parseMspId, parseSourceId, vidOfBytes } from '@passport/model';
import { deriveSealingKey, Opener, PAPERS, Sealer } from '@passport/privacy';
import { expect, test } from 'vitest';

import { sealPapers, sealWork } from './seal-work.ts';

const ledger = `fabric:${'0'.repeat(32)}`;
const vid = vidOfBytes(new Uint8Array(16).fill(7));
const event = parseEventId('visit-1');
const source = parseSourceId('GarageMSP/p-1');
const now = new Date('2026-11-28T12:00:00Z');

test('work is sealed to the owner’s key of its scope, and what has no key is left out', async () => {
  const address = { vid, ownerEpoch: 1, scope: 'maintenance', epoch: 1 } as const;
  const { publicKey: key, scalar } = await deriveSealingKey(new Uint8Array(32).fill(1), address);
  const keys = [{ ...address, suite: 1, key, from: instantOf(now.getTime() - 1) }];
  const fields = {
    'Passport.Intervention.Jobs': 'brakes,tyres',
    'Passport.Incident.Severity': 'minor',
  };
  const sealer = new Sealer({ ledger, random: randomBytes });
  const { sealed, leftOut } = await sealWork(sealer, fields, { vid, event, source, keys, now });
  expect(leftOut).toEqual(['Passport.Incident.Severity']);
  const opener = new Opener({ ledger });
  opener.addKey({ vid, scope: 'maintenance', epoch: 1 }, scalar);
  const where = { vid, event, contributor: source };
  await opener.prepare([{ sealed, ...where }]);
  expect(opener.openAll(sealed, where)).toEqual({ 'Passport.Intervention.Jobs': 'brakes,tyres' });
});

test('papers are sealed to the first keys of the owner, as the member’s who registers the car', async () => {
  const address = { vid, ownerEpoch: 1, scope: 'ownership', epoch: 1 } as const;
  const { publicKey: key, scalar } = await deriveSealingKey(new Uint8Array(32).fill(2), address);
  const first = { scope: address.scope, epoch: 1, suite: 1, key };
  const keys = [first, { ...first, epoch: 2, from: instantOf(now.getTime() + 1) }];
  const member = parseMspId('GarageMSP');
  const papers = { 'Vehicle.VehicleIdentification.Brand': 'Dacia', 'Passport.Region': 'FR-IDF' };
  const sealer = new Sealer({ ledger, random: randomBytes });
  const sealed = await sealPapers(sealer, papers, { vid, member, keys, now });
  expect(Object.keys(sealed)).toEqual(['ownership']);
  const opener = new Opener({ ledger });
  // The key of the first period opens it: the next one has not begun.
  opener.addKey({ vid, scope: 'ownership', epoch: 1 }, scalar);
  const where = { vid, event: PAPERS, contributor: member } as const;
  await opener.prepare([{ sealed, ...where }]);
  expect(opener.openAll(sealed, where)).toEqual(papers);
});
