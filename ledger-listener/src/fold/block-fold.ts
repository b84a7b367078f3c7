import {
  type BlockPart,
  type CellNames,
  canonicalJson,
  FactSum,
  foldEntry,
  type FoldMemory,
  type LogRow,
  millisecondsOf,
  openClear,
  parseDay,
  partitionOf,
  type RecordedEvent,
  type Registration,
  traitsOf,
  type Vid,
} from '@passport/model';

import type { Block } from '../blocks/block.ts';
import { type LedgerWrite, readWrite } from '../decode/ledger-write.ts';
import { type ValidTransaction, validTransactions } from '../decode/transaction-writes.ts';
import { ListenerHalted, readOrHalt } from '../listener-error.ts';

/** What a block came to. */
export type FoldedBlock = {
  /** What it has for each partition, by its number. */
  readonly parts: readonly BlockPart[];
  /** The ledger's time at the block: the latest time of a valid transaction so far. */
  readonly ledgerTimeMs: number;
  readonly events: number;
};

/** How blocks are folded. */
export type FoldOptions = {
  readonly chaincode: string;
  readonly partitions: number;
  readonly memory: FoldMemory;
  /** Kept from block to block. */
  readonly names: CellNames;
};

type Part = { readonly rows: LogRow[]; readonly facts: FactSum };

/**
 * Folds one block into lines and facts by partition: a function of the block, and of the memory, which
 * it brings forward. Throws ListenerHalted `BLOCK_MALFORMED` and `LISTENER_OUTDATED`; the memory is
 * of no use then.
 */
export function foldBlock(block: Block, ledgerTimeMs: number, options: FoldOptions): FoldedBlock {
  const parts = Array.from({ length: options.partitions }, (): Part => ({
    rows: [],
    facts: new FactSum(),
  }));
  const transactions = readOrHalt(block.number, () => [
    ...validTransactions(block, options.chaincode),
  ]);
  let timeMs = ledgerTimeMs;
  for (const transaction of transactions) timeMs = Math.max(timeMs, transaction.timeMs);
  let events = 0;
  for (const transaction of transactions) {
    try {
      events += foldTransaction(transaction, { ...options, block, timeMs, parts });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const at = `transaction ${transaction.number}: ${why}`;
      throw new ListenerHalted('LISTENER_OUTDATED', block.number, at, error);
    }
  }
  const hash = block.hash.toString('hex');
  const { number } = block;
  return {
    ledgerTimeMs: timeMs,
    events,
    parts: parts.map(({ rows, facts }) => ({
      number,
      hash,
      ledgerTimeMs: timeMs,
      rows,
      facts: [...facts.facts()],
    })),
  };
}

type Under = FoldOptions & {
  readonly block: Block;
  readonly timeMs: number;
  readonly parts: readonly Part[];
};

/** Sources and registrations come first: entries of the same transaction may refer to them. */
const order: Readonly<Record<LedgerWrite['type'], number>> = {
  source: 0,
  registration: 1,
  ownership: 2,
  entry: 3,
};

/** Answers the number of lines. */
function foldTransaction({ number: tx, timeMs, writes }: ValidTransaction, under: Under): number {
  const read = writes.map(readWrite).filter((write) => write !== undefined);
  let index = 0;
  for (const write of read.sort((a, b) => order[a.type] - order[b.type])) {
    const address = { block: under.block.number, tx, index };
    if (write.type === 'source') under.memory.putSourceKind(write.source, write.kind);
    else if (write.type === 'registration') {
      const { registration } = write;
      const papers = registration.sealed === undefined ? {} : openClear(registration.sealed);
      under.memory.putTraits(registration.vid, traitsOf(papers));
      partOf(registration.vid, under).rows.push(registeredRow(registration, papers, address));
      index += 1;
    } else if (write.type === 'ownership') {
      partOf(write.vid, under).rows.push(ownershipRow(write, timeMs, address));
      index += 1;
    } else {
      const part = partOf(write.entry.vid, under);
      const rows = foldEntry(write.entry, {
        memory: under.memory,
        address,
        ledgerTimeMs: under.timeMs,
        open,
        sink: { emit: part.facts.add, names: under.names },
      });
      part.rows.push(...rows);
      index += rows.length;
    }
  }
  return index;
}

function partOf(vid: Vid, { parts, partitions }: Under): Part {
  const part = parts[partitionOf(vid, partitions)];
  if (part === undefined) throw new Error(`no partition for ${vid}`);
  return part;
}

/** What is not sealed; what is, stays closed. */
function open({ sealed }: RecordedEvent): ReturnType<typeof openClear> {
  return sealed === undefined ? {} : openClear(sealed);
}

type Address = Pick<LogRow, 'block' | 'tx' | 'index'>;

function registeredRow(
  { vid, day, registeredBy, registeredAt, generated }: Registration,
  papers: ReturnType<typeof openClear>,
  address: Address,
): LogRow {
  const mark = generated === undefined ? {} : { generated };
  return {
    ...address,
    vid,
    kind: 'registered',
    at: day,
    recordedAtMs: millisecondsOf(registeredAt),
    place: null,
    odometerKm: null,
    quality: null,
    detail: canonicalJson({ registeredBy, ...mark, fields: papers }),
  };
}

/** Who the owner is stays on the ledger: a key's thumbprint stands for a person. */
function ownershipRow(
  { vid, change }: Extract<LedgerWrite, { type: 'ownership' }>,
  timeMs: number,
  address: Address,
): LogRow {
  return {
    ...address,
    vid,
    kind: 'ownership-transferred',
    at: parseDay(change.since.slice(0, 10)),
    recordedAtMs: timeMs,
    place: null,
    odometerKm: null,
    quality: null,
    detail: canonicalJson({ ownerEpoch: change.ownerEpoch }),
  };
}
