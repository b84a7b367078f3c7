import {
  type CellNames,
  canonicalJson,
  type Emit,
  foldEntry,
  foldErasure,
  foldGrant,
  type FoldContext,
  type FoldMemory,
  foldOwnership,
  foldRegistration,
  type LogRow,
  millisecondsOf,
  ownerRef,
  parseDay,
  partitionOf,
  type Registration,
  shownFields,
  type Vid,
} from '@passport/model';

import type { FoldableBlock } from '../blocks/block.ts';
import { type LedgerWrite, readWrite, type VehicleWrite, vidOf } from '../decode/ledger-write.ts';
import { type ValidTransaction, validTransactions } from '../decode/transaction-writes.ts';
import { ListenerHalted, readOrHalt } from '../listener-error.ts';
import type { PreparedReader } from '../opening/market-opener.ts';
import { grantsFor } from '../opening/grants-for.ts';
import type { Erased } from './fold-store.ts';
import { type FoldShare, isOfShare, wholeFold } from './fold-share.ts';
import { erasureRow, grantRow, type LineAt, publicationRow } from './consent-rows.ts';

/** Takes what a block has for one partition, as it comes. */
export type PartTaker = { readonly line: (row: LogRow) => void; readonly fact: Emit };

/** What a block came to, besides its lines and facts. */
export type FoldedBlock = {
  /** The ledger's time at the block: the latest time of a valid transaction so far. */
  readonly ledgerTimeMs: number;
  readonly events: number;
  /** What owners erased in it. */
  readonly erasures: readonly Erased[];
};

/** How blocks are folded. */
export type FoldOptions = {
  readonly chaincode: string;
  /** Who takes lines and facts, by the number of the partition. */
  readonly parts: readonly PartTaker[];
  /** The partitions whose vehicles are folded: all of them without. The others get nothing. */
  readonly share?: FoldShare;
  readonly memory: FoldMemory;
  /** Kept from block to block. */
  readonly names: CellNames;
  /** Who reads for the market; without it, nothing that is sealed is opened. */
  readonly reader?: PreparedReader | undefined;
};

/**
 * Folds one block into lines and facts by partition: a function of the block, and of the memory, which
 * it brings forward. Throws ListenerHalted `BLOCK_MALFORMED` and `LISTENER_OUTDATED`; the memory is
 * of no use then.
 */
export async function foldBlock(
  block: FoldableBlock,
  ledgerTimeMs: number,
  options: FoldOptions,
): Promise<FoldedBlock> {
  const transactions = readOrHalt(block.number, () => [
    ...validTransactions(block, options.chaincode),
  ]);
  let timeMs = ledgerTimeMs;
  for (const transaction of transactions) timeMs = Math.max(timeMs, transaction.timeMs);
  let events = 0;
  const erasures: Erased[] = [];
  const { share = wholeFold } = options;
  const under = { ...options, share, block: block.number, timeMs, erasures };
  for (const transaction of transactions) {
    // Each is read when it is its turn, so that what was read of those before is garbage by then.
    const read = readWrites(readOrHalt(block.number, transaction.read), block.number);
    await prepareOpening(read, under);
    events += orHalt(block.number, read.number, () => foldTransaction(read, under));
  }
  return { ledgerTimeMs: timeMs, events, erasures };
}

/** Gets the keys for what a transaction brings: folding does not wait. */
async function prepareOpening({ writes }: ReadTransaction, under: Under): Promise<void> {
  const { reader, memory } = under;
  if (reader === undefined) return;
  const own = writes.filter((write) => write.type !== 'source' && isOwn(vidOf(write), under));
  await reader.prepare(grantsFor(own, memory, reader.mspId));
}

type Under = FoldOptions & {
  readonly share: FoldShare;
  readonly block: number;
  readonly timeMs: number;
  readonly erasures: Erased[];
};

/** Whether a vehicle is of the share. */
function isOwn(vid: Vid, { share, parts }: Under): boolean {
  return share.of === 1 || isOfShare(share, partitionOf(vid, parts.length));
}

/** What an entry may refer to comes first, and what it may be read by. */
const order: Readonly<Record<LedgerWrite['type'], number>> = {
  source: 0,
  registration: 1,
  ownership: 2,
  publication: 3,
  grant: 4,
  erasure: 5,
  entry: 6,
};

/** A transaction, with what it wrote in the order in which it is folded. */
type ReadTransaction = Omit<ValidTransaction, 'writes'> & {
  readonly writes: readonly LedgerWrite[];
};

function readWrites({ number, timeMs, writes }: ValidTransaction, block: number): ReadTransaction {
  const read = orHalt(block, number, () => writes.map(readWrite));
  const known = read.filter((write) => write !== undefined);
  return { number, timeMs, writes: known.sort((a, b) => order[a.type] - order[b.type]) };
}

/** Throws ListenerHalted where a transaction cannot be read, or refers to what was never there. */
function orHalt<T>(block: number, transaction: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ListenerHalted(
      'LISTENER_OUTDATED',
      block,
      `transaction ${transaction}: ${why}`,
      error,
    );
  }
}

/** Answers the number of lines. */
function foldTransaction({ number: tx, timeMs, writes }: ReadTransaction, under: Under): number {
  let index = 0;
  for (const write of writes) {
    if (write.type === 'source') under.memory.putSourceKind(write.source, write.kind);
    else {
      const vid = vidOf(write);
      const part = isOwn(vid, under) ? partOf(vid, under) : undefined;
      const context = {
        memory: under.memory,
        address: { block: under.block, tx, index },
        ledgerTimeMs: under.timeMs,
        reader: under.reader,
        sink: { emit: part?.fact ?? nowhere, names: under.names },
      };
      if (part === undefined) index += linesElsewhere(write, context);
      else {
        const rows = foldWrite(write, timeMs, context, under.erasures);
        for (const row of rows) part.line(row);
        index += rows.length;
      }
    }
  }
  return index;
}

const nowhere = (): void => {};

/**
 * How many lines another share makes of a write, for they are numbered through the transaction. Of who owns a vehicle
 * this one remembers as much as that takes: an epoch that it has had already makes none.
 */
function linesElsewhere(write: VehicleWrite, context: FoldContext): number {
  if (write.type === 'ownership') return foldOwnership(write.vid, write.change, context) ? 1 : 0;
  return write.type === 'entry' ? write.countEvents() : 1;
}

/** Folds one write about a vehicle, and answers its lines. */
function foldWrite(
  write: VehicleWrite,
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
    case 'entry': {
      const entry = write.readEntry();
      // Its key says which share it is of.
      if (entry.vid !== write.vid) throw new Error(`an entry of ${entry.vid} under another key`);
      return foldEntry(entry, context);
    }
  }
}

function partOf(vid: Vid, { parts }: Under): PartTaker {
  const part = parts[partitionOf(vid, parts.length)];
  if (part === undefined) throw new Error(`no partition for ${vid}`);
  return part;
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
