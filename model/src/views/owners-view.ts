import { cellName, referenceKey } from '../facts/fact.ts';
import type { OwnerRef } from '../identifiers/owner-ref.ts';
import type { Vid } from '../identifiers/vid.ts';

/**
 * The private view: who owns which vehicle. Releasing needs it, nobody is answered from it. A cell is a
 * vehicle; its owner is the one whose key adds up to more than 0.
 */
export const OWNERS_VIEW = 'owners' as const;

/** The kind of reference that a cell of it has to an owner. */
export const OWNER = 'owner' as const;

/** A sum of its cells: how often an owner of the vehicle has erased what was theirs. */
export const ERASURES = 'erasures' as const;

/** The cell of a vehicle in the view {@link OWNERS_VIEW}. */
export function ownersCell(vid: Vid): string {
  return cellName(OWNERS_VIEW, [vid]);
}

/** The key of a vehicle's owner: 1 when somebody becomes it, -1 when they are it no more. */
export function ownerKey(ref: OwnerRef): string {
  return referenceKey(OWNER, ref);
}
