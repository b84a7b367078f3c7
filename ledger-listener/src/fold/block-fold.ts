import { type CellNames, type Emit, type LogRow, partitionOf, type Vid } from '@passport/model';

import type { FoldableBlock } from '../blocks/block.ts';
import { type LedgerWrite, readWrite, type VehicleWrite, vidOf } from '../decode/ledger-write.ts';
import { type ValidTransaction, validTransactions } from '../decode/transaction-writes.ts';
import { ListenerHalted, readOrHalt } from '../listener-error.ts';
import type { PreparedReader } from '../opening/market-opener.ts';
import { grantsFor } from '../opening/grants-for.ts';
import type { Erased } from './fold-store.ts';
import { type FoldShare, isOfShare, wholeFold } from './fold-share.ts';
import type { PreparedMemory } from './prepared-memory.ts';
import type { LineAt } from './consent-rows.ts';
import { foldWrite, linesElsewhere, neededFor, readEntryOf } from './write-fold.ts';

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
  readonly memory: PreparedMemory;
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
    events += await foldTransaction(read, under);
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
async function foldTransaction(
  { number: tx, timeMs, writes }: ReadTransaction,
  under: Under,
): Promise<number> {
  let index = 0;
  for (const write of writes) {
    if (write.type === 'source') under.memory.putSourceKind(write.source, write.kind);
    else index += await foldVehicleWrite(write, { tx, index, timeMs }, under);
  }
  return index;
}

/** Folds a write whose first line has a place. Answers the number of its lines. */
async function foldVehicleWrite(
  write: VehicleWrite,
  { tx, index, timeMs }: Omit<LineAt, 'block'>,
  under: Under,
): Promise<number> {
  const { block, memory, reader, names } = under;
  const vid = vidOf(write);
  const part = isOwn(vid, under) ? partOf(vid, under) : undefined;
  const context = {
    memory,
    address: { block, tx, index },
    ledgerTimeMs: under.timeMs,
    reader,
    sink: { emit: part?.fact ?? nowhere, names },
  };
  const readable = <T>(work: () => T): T => orHalt(block, tx, work);
  if (part === undefined) return readable(() => linesElsewhere(write, context));
  const read = readable(() => readEntryOf(write));
  for (let wait = neededFor(read, memory); wait !== undefined; wait = neededFor(read, memory)) {
    await wait;
  }
  const rows = readable(() => foldWrite(read, timeMs, context, under.erasures));
  for (const row of rows) part.line(row);
  return rows.length;
}

const nowhere = (): void => {};

function partOf(vid: Vid, { parts }: Under): PartTaker {
  const part = parts[partitionOf(vid, parts.length)];
  if (part === undefined) throw new Error(`no partition for ${vid}`);
  return part;
}
