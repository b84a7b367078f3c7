import { type KeyId, PassportError, type VehicleAnswer, type Vid } from '@passport/model';
import { type PairwiseId, pairwiseId } from '@passport/privacy';

import type { OperatorSeal } from '../market/operator-seal.ts';
import {
  pairwisePurpose,
  VEHICLE_REFERENCE,
  vehicleReference,
} from '../market/vehicle-reference.ts';
import type { Caller } from './decide.ts';
import { isBuyer, requireOwner } from './vehicle-desk.ts';

/** How one buyer names a vehicle, and finds it in answers, without its vid. */
export type ReferenceNote = {
  readonly buyer: KeyId;
  /** For questions. */
  readonly reference: string;
  /** In answers. */
  readonly vehicle: PairwiseId;
};

/**
 * The names of a vehicle for a buyer: the owner has them for whomever they grant to, a buyer who was granted
 * the vehicle by its vid for themselves. Throws PassportError `QUERY_INVALID`, and as decideAccess does.
 */
export function referenceFor(
  seal: OperatorSeal,
  caller: Caller,
  vid: Vid,
  book: VehicleAnswer,
  wanted: KeyId | undefined,
): ReferenceNote {
  const buyer = buyerOf(caller, book, wanted);
  return {
    buyer,
    reference: vehicleReference(seal.derive(VEHICLE_REFERENCE), buyer, vid),
    vehicle: pairwiseId(seal.derive(pairwisePurpose(buyer)), vid),
  };
}

function buyerOf(caller: Caller, book: VehicleAnswer, wanted: KeyId | undefined): KeyId {
  if (wanted === undefined && 'keyId' in caller && isBuyer(book, caller)) return caller.keyId;
  requireOwner(book, caller);
  if (wanted !== undefined) return wanted;
  throw new PassportError('QUERY_INVALID', '"for" is the key of a buyer');
}
