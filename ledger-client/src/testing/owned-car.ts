import {
  instantOf,
  type SealingKey,
  type SignedCommand,
  signedCommand,
  vidOfBytes,
} from '@passport/model';
import { decodeJwt } from 'jose';

import type { OwnerView } from '../owner/owner-view.ts';
import { makePerson, type TestPerson } from './test-person.ts';

/** The time at which {@link ownedCar} is looked at. */
export const startMs = Date.UTC(2026, 10, 28);
export const start = instantOf(startMs);

/** The vehicle of {@link ownedCar}. */
export const vid = vidOfBytes(Buffer.alloc(16, 3));

/** A person who owns a car, and what they see of it: its first keys, and no grant yet. */
export async function ownedCar(): Promise<{
  readonly owner: TestPerson;
  readonly view: OwnerView;
}> {
  const owner = await makePerson({ now: () => new Date(startMs) });
  await owner.desk.enrol(vid, owner.signer);
  const keys = await owner.desk.firstKeys(vid);
  const view = {
    ownership: { vid, owner: owner.signer, ownerEpoch: 1, since: start, handOver: null },
    keys: keys.map((key): SealingKey => ({ ...key, vid, ownerEpoch: 1, from: key.from ?? start })),
    closed: {},
    grants: [],
  };
  return { owner, view };
}

/** What a command says. */
export type Claims = {
  readonly fn: string;
  readonly jti: string;
  readonly args: Record<string, unknown>;
};

/** Reads a command without verifying it. */
export function claimsOf(command: SignedCommand | undefined): Claims {
  return decodeJwt<Claims>(signedCommand.parse(command));
}
