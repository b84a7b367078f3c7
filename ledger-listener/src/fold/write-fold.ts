import {
  canonicalJson,
  foldEntry,
  foldErasure,
  foldGrant,
  type FoldContext,
  foldOwnership,
  foldRegistration,
  type LogBookEntry,
  type LogRow,
  millisecondsOf,
  ownerRef,
  parseDay,
  type Registration,
  shownFields,
} from '@passport/model';

import type { LedgerWrite, VehicleWrite } from '../decode/ledger-write.ts';
import { erasureRow, grantRow, type LineAt, publicationRow } from './consent-rows.ts';
import type { Erased } from './fold-store.ts';
import type { PreparedMemory } from './prepared-memory.ts';

/** A write about a vehicle, its entry read. */
export type ReadWrite =
  | Exclude<VehicleWrite, { type: 'entry' }>
  | { readonly type: 'entry'; readonly entry: LogBookEntry };

/** Reads the entry of a write. Throws Error where it cannot be read, or is of another vehicle than its key. */
export function readEntryOf(write: VehicleWrite): ReadWrite {
  if (write.type !== 'entry') return write;
  const entry = write.readEntry();
  // Its key says which share it is of.
  if (entry.vid !== write.vid) throw new Error(`an entry of ${entry.vid} under another key`);
  return { type: 'entry', entry };
}

/** What is to be waited for before a write is folded: a memory reads what that asks for. Undefined where all is at hand. */
export function neededFor(write: ReadWrite, memory: PreparedMemory): Promise<void> | undefined {
  switch (write.type) {
    case 'entry':
      return memory.prepare?.(write.entry.vid, write.entry);
    // What the market may read changes, and with it any fact of the vehicle.
    case 'grant':
      return memory.prepare?.(write.grant.vid);
    case 'erasure':
      return memory.prepare?.(write.erasure.vid);
    case 'registration':
    case 'ownership':
    case 'publication':
      return undefined;
  }
}

/**
 * How many lines another share makes of a write, for they are numbered through the transaction. Of who owns a vehicle
 * this one remembers as much as that takes: an epoch that it has had already makes none.
 */
export function linesElsewhere(write: VehicleWrite, context: FoldContext): number {
  if (write.type === 'ownership') return foldOwnership(write.vid, write.change, context) ? 1 : 0;
  return write.type === 'entry' ? write.countEvents() : 1;
}

/** Folds one write about a vehicle, and answers its lines. */
export function foldWrite(
  write: ReadWrite,
  timeMs: number,
  context: FoldContext,
  erasures: Erased[],
): readonly LogRow[] {
  const at = { ...context.address, timeMs };
  switch (write.type) {
    case 'registration':
      foldRegistration(write.registration, context);
      return [registeredRow(write.registration, context.address)];
    case 'ownership':
      return foldOwnership(write.vid, write.change, context) ? [ownershipRow(write, at)] : [];
    case 'publication':
      return [publicationRow(write.vid, write.keys, at)];
    case 'grant':
      foldGrant(write.grant, context);
      return [grantRow(write.grant, at)];
    case 'erasure': {
      const { vid, erasedAt } = write.erasure;
      const readerKeys = foldErasure(write.erasure, context);
      erasures.push({ vid, block: at.block, readerKeys, at: erasedAt });
      return [erasureRow(write.erasure, at)];
    }
    case 'entry':
      return foldEntry(write.entry, context);
  }
}

function registeredRow(
  { vid, day, registeredBy, registeredAt, generated, sealed }: Registration,
  address: FoldContext['address'],
): LogRow {
  const papers = shownFields(sealed);
  const mark = generated === undefined ? {} : { generated };
  const closed = papers.sealed === undefined ? {} : { sealed: papers.sealed };
  return {
    ...address,
    vid,
    kind: 'registered',
    at: day,
    recordedAtMs: millisecondsOf(registeredAt),
    place: null,
    odometerKm: null,
    quality: null,
    detail: canonicalJson({ registeredBy, ...mark, ...closed, fields: papers.fields }),
  };
}

/** Who the owner is stays on the ledger, for a key's thumbprint stands for a person: a reference tells. */
function ownershipRow(
  { vid, change }: Extract<LedgerWrite, { type: 'ownership' }>,
  { timeMs, ...address }: LineAt,
): LogRow {
  const { ownerEpoch, keyId, since, handOver } = change;
  const owner = keyId === null ? null : ownerRef(keyId);
  return {
    ...address,
    vid,
    kind: 'ownership-transferred',
    at: parseDay(since.slice(0, 10)),
    recordedAtMs: timeMs,
    place: null,
    odometerKm: null,
    quality: null,
    detail: canonicalJson({ ownerEpoch, owner, ...(handOver === undefined ? {} : { handOver }) }),
  };
}
