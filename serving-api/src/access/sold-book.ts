import { instantOf, type VehicleAnswer } from '@passport/model';
import type { PairwiseId } from '@passport/privacy';

import type { Seen, GrantInForce } from './vehicle-desk.ts';

/**
 * A log book as it is sold: the vehicle is named by an id that only this buyer has. Nothing in it depends on
 * anything but block and grants, so that it is the same bytes when it is computed again.
 */
export type SoldBook = Omit<VehicleAnswer, 'vid'> & {
  readonly vehicle: PairwiseId;
  readonly access: {
    readonly as: 'grantee';
    readonly ownerEpoch: number;
    readonly grants: readonly Omit<GrantInForce, 'queriesLeft'>[];
  };
};

/** What was seen of a log book, as it is sold. */
export function soldBook(
  book: VehicleAnswer,
  { access, events }: Seen,
  vehicle: PairwiseId,
): SoldBook {
  const { vid: _, ...rest } = book;
  const grants = access.as === 'owner' ? [] : access.grants;
  return {
    ...rest,
    vehicle,
    events,
    access: {
      as: 'grantee',
      ownerEpoch: access.ownerEpoch,
      grants: grants.map(({ grantId, purpose, scopes, expiresAtMs, includesPast }) => ({
        ...{ grantId, purpose, scopes, expiresAt: instantOf(expiresAtMs), includesPast },
      })),
    },
  };
}

/** The mean quality index of lines, thousandths, rounded down; null where none has one. */
export function meanQuality(events: Seen['events']): number | null {
  const known = events.flatMap(({ quality }) => quality ?? []);
  if (known.length === 0) return null;
  return Math.floor(known.reduce((sum, quality) => sum + quality, 0) / known.length);
}
