import { join } from 'node:path';

import type { EventLog } from '@passport/event-log';
import { lastBlockOf, releaseRule, VIEW_DEFINITIONS, type View } from '@passport/model';

import type { ParquetFile } from '../duckdb/write-parquet.ts';
import { ended } from '../ended.ts';
import { ErasureRecords } from '../erasure/erasure-records.ts';
import { ReleaseStates } from '../release/release-state.ts';
import { releaseViews } from '../release/release-views.ts';
import { openEvents, openView, type Storage, tabledViews } from '../storage.ts';
import { storeFile } from '../store-file.ts';
import { eventColumns, EVENTS } from '../tables/events-table.ts';
import { viewColumns, viewTableName } from '../tables/view-table.ts';
import type { ArchivedUpTo } from '../watermark/watermarks.ts';
import { archiveRelease } from './archive-release.ts';
import { commitEpoch } from './commit-epoch.ts';
import type { LineFiles } from './line-files.ts';
import { epochAfter, type EpochEnd } from './read-epoch.ts';

/** What an epoch is archived with. */
export type ArchiveOptions = {
  readonly log: EventLog;
  readonly storage: Storage;
  readonly epochBlocks: number;
  /** What releasing keeps from one epoch to the next; read from the tables each time without. */
  readonly states?: ReleaseStates;
  /** How many epochs the log has to the end, as far as is known: the one behind is read while one is stored. */
  readonly closedEpochs?: number;
  readonly onProgress?: (done: { readonly step: string; readonly rows: number }) => void;
};

/**
 * Archives the epoch behind a watermark: its lines, its sums in each view, and what it releases, each
 * committed with the block that it goes up to, so that whatever is repeated is done once. Answers the
 * watermark that it comes to; moving it is left to the caller, and comes last. Throws EpochError, and what log and
 * store throw.
 */
export async function archiveEpoch(
  before: ArchivedUpTo | undefined,
  options: ArchiveOptions,
  signal: AbortSignal,
): Promise<ArchivedUpTo> {
  const { log, storage, epochBlocks, onProgress } = options;
  const { states = new ReleaseStates(), closedEpochs = 0 } = options;
  const epoch = epochAfter(before, epochBlocks);
  const block = lastBlockOf(epoch, epochBlocks);
  const read = await states.ahead.take(before, options, signal);
  const { lines } = read;
  const views = new Map<View, Promise<ParquetFile>>();
  try {
    const { first, positions, facts, erasures, quality } = await read.gathered;
    if (epoch + 1 < closedEpochs)
      states.ahead.begin(read, { ...first, positions }, options, signal);
    const sums = facts.summedUp();
    for (const view of tabledViews) {
      const path = join(storage.scratchFolder, `${viewTableName(view)}-${block}.parquet`);
      const file = sums.write(storage.engine, view, path);
      // It is waited for later, and fails there.
      file.catch(() => undefined);
      views.set(view, file);
    }
    const state = await states.take(storage, before);
    state.quality.begin(quality);
    const released = releaseViews(state, sums, epoch, releaseRule);
    let rows = 0;
    const onStored: OnStored = (step, more) => onProgress?.({ step, rows: (rows += more) });
    const storeFacts = async (): Promise<Tables[]> => {
      const stored = await ended([
        archiveLines(storage, lines, first, onStored),
        ...Array.from(views, ([view, file]) => archiveView(storage, view, file, first, onStored)),
      ]);
      // Before the watermark moves: nobody reads the epoch again.
      await new ErasureRecords(storage.store).begin(erasures);
      return stored;
    };
    const storeReleased = async () => [await archiveRelease(storage, released, first)];
    const tables = await ended([storeFacts(), storeReleased()]);
    const { ledger, hash, ledgerTimeMs } = first;
    const reached: ArchivedUpTo = {
      ...{ ledger, block, edition: 0, hash, ledgerTimeMs, epochBlocks },
      tables: Object.assign({}, ...tables.flat()) as Readonly<Record<string, number>>,
      partitions: log.partitions,
      definitions: VIEW_DEFINITIONS,
      positions,
    };
    states.keep(reached, released.state);
    return reached;
  } finally {
    await read.close();
    await Promise.allSettled(views.values());
  }
}

/** Told when rows of a table are stored. */
type OnStored = (step: string, rows: number) => void;

/** Versions of tables by name. */
type Tables = Readonly<Record<string, number>>;

async function archiveLines(
  storage: Storage,
  lines: LineFiles,
  end: EpochEnd,
  onStored: OnStored,
): Promise<Tables> {
  const files = await lines.files();
  const stored = await ended(
    files.map((file, partition) =>
      storeFile(storage, EVENTS, file, {
        columns: eventColumns,
        prefix: `partition=${partition}/${prefixOf(end)}`,
        partitionValues: { partition: String(partition) },
      }),
    ),
  );
  const adds = stored.filter((file) => file !== undefined);
  const version = await commitEpoch(await openEvents(storage), EVENTS, end, { adds });
  onStored(
    EVENTS,
    files.reduce((sum, { rows }) => sum + rows, 0),
  );
  return { [EVENTS]: version };
}

async function archiveView(
  storage: Storage,
  view: View,
  written: Promise<ParquetFile>,
  end: EpochEnd,
  onStored: OnStored,
): Promise<Tables> {
  const name = viewTableName(view);
  const file = await written;
  const add = await storeFile(storage, name, file, {
    columns: viewColumns(view),
    prefix: prefixOf(end),
    partitionValues: {},
  });
  const adds = add === undefined ? [] : [add];
  const version = await commitEpoch(await openView(storage, view), name, end, { adds });
  onStored(name, file.rows);
  return { [name]: version };
}

function prefixOf({ block }: EpochEnd): string {
  return `epoch-${String(block).padStart(15, '0')}`;
}
