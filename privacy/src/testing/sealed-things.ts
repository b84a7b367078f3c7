import { randomBytes } from 'node:crypto';

import {
  type Fields,
  type KeyScope,
  keyScopes,
  parseEventId,
  parseSourceId,
  type Vid,
  vidOfBytes,
} from '@passport/model';

import type { SealedFor } from '../associated-data.ts';
import { Opener } from '../opener.ts';
import { Sealer, type SealingKeys } from '../sealer.ts';
import { deriveSealingKey } from '../sealing-key.ts';

/** The ledger of the tests. */
export const ledger = 'fabric:00112233445566778899aabbccddeeff';

/** A vehicle of the tests. */
export const testVid = vidOfBytes(Buffer.from('vehicle of tests'));

/** What the tests seal for, unless they say otherwise. */
export const testPlace: SealedFor = {
  vid: testVid,
  event: parseEventId('event-1'),
  contributor: parseSourceId('GarageMSP/main'),
};

/** Fields of four scopes. */
export const testFields: Fields = {
  'Passport.Trip.Start': '2026-11-23T08:00:00.000Z',
  'Vehicle.TripDuration': 1_800_000,
  'Vehicle.TripMeterReading': 24_000,
  'Passport.Trip.StartCell': '871fb4670ffffff',
  'Passport.Intervention.Jobs': 'Ölwechsel, brakes',
};

/** Keys of all scopes of a vehicle in one epoch, public and private. */
export async function testKeys(
  epoch = 1,
  vid: Vid = testVid,
  rootKey: Uint8Array = randomBytes(32),
): Promise<{ readonly keys: SealingKeys; readonly scalars: ReadonlyMap<KeyScope, Uint8Array> }> {
  const pairs = await Promise.all(
    keyScopes.map(async (scope) => {
      const pair = await deriveSealingKey(rootKey, { vid, ownerEpoch: 1, scope, epoch });
      return [scope, pair] as const;
    }),
  );
  return {
    keys: Object.fromEntries(
      pairs.map(([scope, { publicKey }]) => [scope, { epoch, suite: 1, key: publicKey }]),
    ),
    scalars: new Map(pairs.map(([scope, { scalar }]) => [scope, scalar])),
  };
}

/** A sealer of the tests' ledger. */
export function testSealer(): Sealer {
  return new Sealer({ ledger, random: randomBytes });
}

/** An opener with keys of some scopes. */
export function openerWith(
  scalars: ReadonlyMap<KeyScope, Uint8Array>,
  { vid = testVid, epoch = 1, ownerEpoch = 1, on = ledger } = {},
): Opener {
  const opener = new Opener({ ledger: on });
  for (const [scope, scalar] of scalars) opener.addKey({ vid, ownerEpoch, scope, epoch }, scalar);
  return opener;
}
