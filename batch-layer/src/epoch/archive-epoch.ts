import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { EventLog, LogPosition } from '@passport/event-log';
import { lastBlockOf, releaseRule, VIEW_DEFINITIONS } from '@passport/model';

import type { ParquetFile } from '../duckdb/write-parquet.ts';
import { ReleaseStates } from '../release/release-state.ts';
import { type ReleasedEpoch, releaseViews } from '../release/release-views.ts';
import { SourceQuality } from '../release/source-quality.ts';
import { openEvents, openView, type Storage, tabledViews } from '../storage.ts';
import { storeFile } from '../store-file.ts';
import { eventColumns, EVENTS } from '../tables/events-table.ts';
import { viewColumns, viewTableName } from '../tables/view-table.ts';
import type { ArchivedUpTo } from '../watermark/watermarks.ts';
import { archiveRelease } from './archive-release.ts';
import { type Erasure, ErasureRecords, erasuresIn } from '../erasure/erasure-records.ts';
import { CellSums } from './cell-sums.ts';
import { commitEpoch } from './commit-epoch.ts';
import { EpochError } from './epoch-error.ts';
import { LineGatherer } from './line-gatherer.ts';
import { type EpochEnd, EpochPartition } from './read-epoch.ts';

/** What an epoch is archived with. */
export type ArchiveOptions = {
  readonly log: EventLog;
  readonly storage: Storage;
  readonly epochBlocks: number;
  /** What releasing keeps from one epoch to the next; read from the tables each time without. */
  readonly states?: ReleaseStates;
  readonly onProgress?: (done: { readonly step: string; readonly rows: number }) => void;
};

/**
 * Archives the epoch behind a watermark: its lines, its sums in each view, then what it releases, each
 * committed with the block that it goes up to, so that whatever is repeated is done once. Answers the
 * watermark that it comes to; moving it is left to the caller, and comes last. Throws EpochError, and what log and
 * store throw.
 */
export async function archiveEpoch(
  before: ArchivedUpTo | undefined,
  options: ArchiveOptions,
  signal: AbortSignal,
): Promise<ArchivedUpTo> {
  const { storage, epochBlocks } = options;
  const epoch = before === undefined ? 0 : (before.block + 1) / epochBlocks;
  const block = lastBlockOf(epoch, epochBlocks);
  await mkdir(storage.scratchFolder, { recursive: true });
  const { states = new ReleaseStates() } = options;
  const sums = await CellSums.open(storage.engine);
  const release = async (quality: SourceQuality): Promise<ReleasedEpoch> => {
    const state = await states.take(storage, before);
    state.quality.begin(quality);
    return releaseViews(state, sums, epoch, releaseRule);
  };
  try {
    const gathered = await gather({ before, epoch, sums, release }, options, signal);
    const archived = await store(gathered, sums, block, options);
    // Before the watermark moves: nobody reads the epoch again.
    await new ErasureRecords(storage.store).begin(gathered.erasures);
    const { released, first } = gathered;
    const tables = await archiveRelease(storage, released, first);
    const reached = { ...archived, tables: { ...archived.tables, ...tables } };
    states.keep(reached, released.state);
    return reached;
  } finally {
    sums.close();
  }
}

/** Stores and commits what an epoch came to. */
async function store(
  { files, first, positions }: Gathered,
  sums: CellSums,
  block: number,
  { log, storage, epochBlocks, onProgress }: ArchiveOptions,
): Promise<ArchivedUpTo> {
  const stored = await ended(
    files.map((file, partition) =>
      storeFile(storage, EVENTS, file, {
        columns: eventColumns,
        prefix: `partition=${partition}/epoch-${String(block).padStart(15, '0')}`,
        partitionValues: { partition: String(partition) },
      }),
    ),
  );
  const adds = stored.filter((file) => file !== undefined);
  let rows = files.reduce((sum, file) => sum + file.rows, 0);
  onProgress?.({ step: EVENTS, rows });
  const events = await openEvents(storage);
  const tables: Record<string, number> = {
    [EVENTS]: await commitEpoch(events, EVENTS, first, { adds }),
  };
  for (const view of tabledViews) {
    const name = viewTableName(view);
    const path = join(storage.scratchFolder, `${name}-${block}.parquet`);
    const file = await sums.write(view, path);
    const prefix = `epoch-${String(block).padStart(15, '0')}`;
    const columns = viewColumns(view);
    const add = await storeFile(storage, name, file, { columns, prefix, partitionValues: {} });
    const table = await openView(storage, view);
    tables[name] = await commitEpoch(table, name, first, { adds: add === undefined ? [] : [add] });
    rows += file.rows;
    onProgress?.({ step: name, rows });
  }
  const { ledger, hash, ledgerTimeMs } = first;
  return {
    ...{ ledger, block, edition: 0, hash, ledgerTimeMs, epochBlocks, tables },
    partitions: log.partitions,
    definitions: VIEW_DEFINITIONS,
    positions,
  };
}

type Gathered = {
  /** The end of the epoch; the same block in all partitions. */
  readonly first: EpochEnd;
  readonly positions: readonly LogPosition[];
  /** Local files, by partition. */
  readonly files: readonly ParquetFile[];
  /** What owners had erased in it. */
  readonly erasures: readonly Erasure[];
  /** What it releases; nothing of it is stored yet. */
  readonly released: ReleasedEpoch;
};

/** Which epoch is read, what takes its facts, and what it releases once that has them all. */
type EpochInput = {
  readonly before: ArchivedUpTo | undefined;
  readonly epoch: number;
  readonly sums: CellSums;
  readonly release: (quality: SourceQuality) => Promise<ReleasedEpoch>;
};

/** Reads an epoch from the log: lines and facts go to DuckDB as they come. */
async function gather(
  { before, epoch, sums, release }: EpochInput,
  { log, storage, epochBlocks }: ArchiveOptions,
  signal: AbortSignal,
): Promise<Gathered> {
  const numbers = Array.from({ length: log.partitions }, (_, partition) => partition);
  const ledger = before?.ledger;
  const parts = numbers.map(
    (partition) => new EpochPartition({ partition, epoch, epochBlocks, ledger }),
  );
  const gatherers: LineGatherer[] = [];
  const erasures: Erasure[] = [];
  const quality = new SourceQuality();
  const from = numbers.map((each) => [each, before?.positions[each] ?? 'earliest'] as const);
  const reader = log.openReader(new Map(from));
  const close = (): void => void reader.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    while (gatherers.length < log.partitions) {
      gatherers.push(await LineGatherer.open(storage.engine));
    }
    for await (const { partition, records } of reader) {
      for (const record of records) {
        const part = parts[partition]?.take(record);
        if (part === undefined) continue;
        await sums.add(part.facts, part.reached);
        await gatherers[partition]?.append(part.rows);
        erasures.push(...erasuresIn(part.rows));
        quality.add(part.rows);
      }
      if (parts[partition]?.ending !== undefined) reader.revoke(partition);
      if (parts.every(({ ending }) => ending !== undefined)) break;
    }
    signal.throwIfAborted();
    const end = endOf(parts);
    // One file keeps one thread of DuckDB busy: together they keep all of them. What the epoch releases is
    // work for this thread, which would wait for them.
    const writing = ended(
      gatherers.map((gatherer, partition) =>
        gatherer.write(join(storage.scratchFolder, `events-${partition}-${epoch}.parquet`)),
      ),
    );
    const releasing = sums.finish().then(() => release(quality));
    await Promise.allSettled([writing, releasing]);
    return { files: await writing, released: await releasing, erasures, ...end };
  } finally {
    signal.removeEventListener('abort', close);
    for (const gatherer of gatherers) gatherer.close();
    await reader.close();
  }
}

/** What all of them come to, once the last has ended: nothing works on behind a failure. */
async function ended<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

function endOf(parts: readonly EpochPartition[]): Pick<Gathered, 'first' | 'positions'> {
  const ends = parts.map(({ ending }, partition) => {
    if (ending !== undefined) return ending;
    throw new EpochError('LOG_GAP', partition, 'the log has ended within the epoch');
  });
  const [first] = ends;
  if (first === undefined) throw new RangeError('a ledger has one partition at least');
  const other = ends.findIndex(
    ({ hash, ledger }) => hash !== first.hash || ledger !== first.ledger,
  );
  if (other < 0) return { first, positions: ends.map(({ position }) => position) };
  throw new EpochError('LOG_FOREIGN', other, `another block ${first.block} than partition 0`);
}
