import type { Erasure, Grant } from '../contracts/consent.ts';
import type { OwnerChange, Registration } from '../contracts/passport.ts';
import { openClear } from '../events/sealed.ts';
import { FactName } from '../facts/fact-name.ts';
import { sumNames } from '../facts/sum-names.ts';
import type { KeyId } from '../identifiers/names.ts';
import { memberRef, type OwnerRef, ownerRef } from '../identifiers/owner-ref.ts';
import type { Vid } from '../identifiers/vid.ts';
import { ERASURES, ownerKey, ownersCell } from '../views/owners-view.ts';
import { fieldsOf, partsOf } from './field-parts.ts';
import type { FoldContext } from './fold-context.ts';
import { traitsOf } from './ledger-event.ts';
import { readParts } from './market-reader.ts';
import { reassess } from './reassess.ts';
import {
  noConsent,
  ownerEpochOf,
  readerKeysOf,
  type RecordedAt,
  type VehicleConsent,
  withErasure,
  withGrant,
  withOwner,
} from './vehicle-consent.ts';

/** A vehicle enters the ledger: its papers, as far as they may be read, are its traits. */
export function foldRegistration(registration: Registration, context: FoldContext): void {
  const { vid, registeredBy, sealed } = registration;
  const { memory } = context;
  const before = memory.consent(vid) ?? noConsent;
  const parts = sealed && partsOf(sealed, 'papers');
  const { papers: _, ...rest } = before;
  if (parts === undefined) {
    change(vid, before, { ...rest, registeredBy }, context);
    memory.putTraits(vid, traitsOf(sealed === undefined ? {} : openClear(sealed)));
    return;
  }
  const at = recordedAt(context);
  const of = { vid, event: 'registration', contributor: registeredBy, at };
  const read = readParts(parts, of, before, context.reader);
  change(vid, before, { ...rest, registeredBy, papers: { ...at, parts: read } }, context);
  memory.putTraits(vid, traitsOf(fieldsOf(read)));
}

/**
 * Somebody becomes the owner of a vehicle, or nobody. Answers false where it is an epoch that the vehicle
 * has had: an erasure wrote it again, without the owner's name.
 */
export function foldOwnership(
  vid: Vid,
  { keyId, ownerEpoch }: Pick<OwnerChange, 'keyId' | 'ownerEpoch'>,
  context: FoldContext,
): boolean {
  const before = context.memory.consent(vid) ?? noConsent;
  if (ownerEpoch <= ownerEpochOf(before)) return false;
  const owner = keyId === null ? null : ownerRef(keyId);
  change(vid, before, withOwner(before, { ownerEpoch }, owner, context.address), context);
  return true;
}

/** A grant is made, has more keys, or is revoked: what the market may read of the vehicle follows. */
export function foldGrant(grant: Grant, context: FoldContext): void {
  const { memory, reader } = context;
  const isOurs =
    grant.purpose === 'market' && 'mspId' in grant.grantee && grant.grantee.mspId === reader?.mspId;
  if (!isOurs) return;
  const before = memory.consent(grant.vid) ?? noConsent;
  if (before.erased.includes(grant.ownerEpoch)) return;
  memory.putConsent(grant.vid, withGrant(before, grant, recordedAt(context)));
  reassess(grant.vid, context);
}

/**
 * What one owner left in a vehicle's log book is erased. Answers the market's reader keys that belong to that owner
 * epoch: they are to be destroyed once this is durable.
 */
export function foldErasure({ vid, ownerEpoch }: Erasure, context: FoldContext): KeyId[] {
  const before = context.memory.consent(vid) ?? noConsent;
  if (before.erased.includes(ownerEpoch)) return [];
  const after = withErasure(before, ownerEpoch);
  change(vid, before, after, context);
  context.sink.emit(cellOf(vid), sumNames[ERASURES], 1);
  reassess(vid, context);
  return readerKeysOf(before, ownerEpoch);
}

function recordedAt({ address, ledgerTimeMs }: FoldContext): RecordedAt {
  return { block: address.block, tx: address.tx, ledgerTimeMs };
}

/** Remembers it, and says who owns the vehicle where that is somebody else now. */
function change(
  vid: Vid,
  before: VehicleConsent,
  after: VehicleConsent,
  { memory, sink }: FoldContext,
): void {
  memory.putConsent(vid, after);
  const [from, to] = [nowOwnerOf(before), nowOwnerOf(after)];
  if (from === to) return;
  const cell = cellOf(vid);
  if (from !== undefined) sink.emit(cell, new FactName(ownerKey(from)), -1);
  if (to !== undefined) sink.emit(cell, new FactName(ownerKey(to)), 1);
}

function cellOf(vid: Vid): FactName {
  return new FactName(ownersCell(vid));
}

/** Undefined of a vehicle that is not registered, and that nobody owns. */
function nowOwnerOf({ owners, registeredBy }: VehicleConsent): OwnerRef | undefined {
  const owner = owners.at(-1)?.owner ?? null;
  if (owner !== null) return owner;
  return registeredBy === undefined ? undefined : memberRef(registeredBy);
}
