import type { EventLog } from '@passport/event-log';
import { instantOf, patienceOf, releaseOrders, type Vid } from '@passport/model';
import type { Logger } from '@passport/runtime';
import type { SpeedStore } from '@passport/speed-layer';

import { compactView } from '../compaction/compact-view.ts';
import { withLocalFiles } from '../compaction/local-files.ts';
import type { DeltaTable } from '../delta/delta-table.ts';
import type { StoredFile } from '../delta/forget-history.ts';
import { literal } from '../duckdb/sql.ts';
import type { ObjectCache } from '../object-store/object-cache.ts';
import {
  allTables,
  keyOfFile,
  openEvents,
  openPending,
  openView,
  type Storage,
  tabledViews,
} from '../storage.ts';
import { PENDING } from '../tables/pending-table.ts';
import type { ArchivedUpTo, Watermarks } from '../watermark/watermarks.ts';
import type { Certifier } from './certify.ts';
import {
  type Erasure,
  type ErasureRecords,
  type ErasureSteps,
  type StepRecord,
} from './erasure-records.ts';
import { findChanges, rewriteEvents } from './rewrite-events.ts';

/** What erasures are done with. */
export type ErasureOptions = {
  readonly log: EventLog;
  readonly storage: Storage;
  readonly cache: ObjectCache;
  readonly speed: SpeedStore;
  readonly watermarks: Watermarks;
  readonly records: ErasureRecords;
  /** Signs certificates; without it erasures are done, and stay pending until somebody signs. */
  readonly certify: Certifier | undefined;
  /** Readers have moved on to a newer watermark after so long, milliseconds. */
  readonly readersMs: number;
  readonly logger: Logger;
};

/** Where an erasure is. */
type Under = { readonly erasure: Erasure; readonly steps: ErasureSteps };

/** Versions of tables, by name. */
type Versions = Readonly<Record<string, number>>;

/**
 * Brings all pending erasures on as far as they can come now. What it has to wait for, it leaves to the next call:
 * an epoch that is half archived, readers that are still to move on, a log that has nothing newer. Again
 * is allowed at any time, after a death at any point too. It must not run beside a compaction.
 */
export async function runErasures(options: ErasureOptions): Promise<void> {
  const { records } = options;
  const rewritable: Under[] = [];
  for (const under of await allUnder(records)) if (!under.steps.rewritten) rewritable.push(under);
  if (rewritable.length > 0) await rewrite(rewritable, options);
  await destroy(await allUnder(records), options);
  for (const under of await allUnder(records)) await trim(under, options);
  for (const under of await allUnder(records)) await settle(under, options);
  for (const under of await allUnder(records)) await certifyOne(under, options);
}

async function allUnder(records: ErasureRecords): Promise<Under[]> {
  const under: Under[] = [];
  for (const erasure of await records.pending()) {
    under.push({ erasure, steps: await records.steps(erasure) });
  }
  return under;
}

/** The tables that have something of persons, whole epochs up to a block each; undefined while one has not. */
async function wholeAt(
  { ledger, block }: ArchivedUpTo,
  storage: Storage,
): Promise<Versions | undefined> {
  const versions: Record<string, number> = {};
  for (const table of await personalTables(storage)) {
    const { version, transactions } = await table.readSnapshot();
    if (transactions.get(`passport:${ledger}:${table.name}`) !== block) return undefined;
    versions[table.name] = version;
  }
  return versions;
}

/** Batches that were released are of nobody. */
function personalTables(storage: Storage): Promise<DeltaTable[]> {
  return Promise.all([
    openEvents(storage),
    ...tabledViews.map((view) => openView(storage, view)),
    openPending(storage),
  ]);
}

/** Takes rows out of the newest versions, and has readers go there. */
async function rewrite(erasures: readonly Under[], options: ErasureOptions): Promise<void> {
  const { storage, cache, watermarks, records, logger, log } = options;
  const at = await watermarks.newest();
  const due = erasures.filter(({ erasure }) => at !== undefined && erasure.block <= at.block);
  if (at === undefined || due.length === 0) return;
  if ((await wholeAt(at, storage)) === undefined) return;
  const archive = { storage, cache, partitions: log.partitions };
  for (const { erasure } of due) {
    const { changes, readerKeys, grantees } = await findChanges(erasure.vid, archive);
    const linesLeftOut = changes.filter(({ detail }) => detail === null).length;
    const linesChanged = changes.length - linesLeftOut;
    await records.note(erasure, 'found', {
      ...{ at: atOf(storage), linesLeftOut, linesChanged },
      readerKeys: [...readerKeys],
      holders: [
        ...(['market', 'registry'] as const).map((part) => ({ part, mspId: null })),
        ...grantees.map((mspId) => ({ part: 'grantee' as const, mspId })),
      ],
    });
    await rewriteEvents(erasure.vid, changes, archive);
  }
  for (const view of tabledViews) {
    await compactView(storage, cache, view, at.ledgerTimeMs, { filesMin: 1 });
  }
  // An epoch that began to be archived meanwhile is in these versions, and must not be in the watermark's.
  const versions = await wholeAt(at, storage);
  if (versions === undefined) return;
  const newest = await watermarks.publish(at, { ...at.tables, ...versions });
  if (newest === undefined || !isAtLeast(newest, versions)) return;
  for (const { erasure } of due) {
    await records.note(erasure, 'rewritten', {
      at: atOf(storage),
      block: at.block,
      edition: newest.block === at.block ? newest.edition : at.edition,
      tables: versions,
      positions: [...at.positions],
    });
  }
  logger.info({ event: 'batch.erasures_rewritten', erasures: due.length, block: at.block });
}

/** Whether readers of a watermark read no version before these. */
function isAtLeast({ tables }: ArchivedUpTo, versions: Versions): boolean {
  return Object.entries(versions).every(([name, version]) => (tables[name] ?? -1) >= version);
}

/** Deletes all that the tables were before, once nobody reads it any more. */
async function destroy(all: readonly Under[], options: ErasureOptions): Promise<void> {
  const { storage, cache, watermarks, records, readersMs, logger } = options;
  const now = storage.now().getTime();
  const due = all.flatMap(({ erasure, steps: { rewritten, destroyed } }) => {
    if (rewritten === undefined || destroyed !== undefined) return [];
    return now - Date.parse(rewritten.at) < readersMs ? [] : [{ erasure, rewritten }];
  });
  const [first] = due;
  if (first === undefined) return;
  const last = due.reduce(
    (latest, { rewritten }) => (isLater(rewritten, latest) ? rewritten : latest),
    first.rewritten,
  );
  const newest = await watermarks.newest();
  if (newest === undefined || !isAtLeast(newest, last.tables)) {
    throw new Error('readers are sent to what is to be destroyed');
  }
  let [dataFiles, logFiles] = [0, 0];
  for (const table of await personalTables(storage)) {
    const version = last.tables[table.name];
    if (version === undefined) throw new Error(`${table.name} was not rewritten`);
    const gone = await table.forgetBefore(version, (file) => isGivenUp(file, last));
    dataFiles += gone.dataFiles.length;
    logFiles += gone.logFiles.length;
  }
  await dropCopies(storage, cache);
  for (const { erasure } of due) {
    await records.note(erasure, 'destroyed', { at: atOf(storage), dataFiles, logFiles });
  }
  logger.info({ event: 'batch.erasures_destroyed', erasures: due.length, dataFiles, logFiles });
}

function isLater(a: StepRecord<'rewritten'>, b: StepRecord<'rewritten'>): boolean {
  return a.block > b.block || (a.block === b.block && a.edition > b.edition);
}

/**
 * Whether a file that no commit names belongs to a run that died: one of a compaction, from before the
 * rewriting, or of an epoch that was archived by then.
 */
function isGivenUp({ path, modifiedAtMs }: StoredFile, at: StepRecord<'rewritten'>): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const epoch = /^epoch-(\d+)-/.exec(name);
  if (epoch !== null) return Number(epoch[1]) <= at.block;
  return name.startsWith('part-') && modifiedAtMs < Date.parse(at.at);
}

async function dropCopies(storage: Storage, cache: ObjectCache): Promise<void> {
  const wanted: { key: string; bytes: number }[] = [];
  for (const table of await allTables(storage)) {
    for (const { path, bytes } of (await table.readSnapshot()).files.values()) {
      wanted.push({ key: keyOfFile(table.name, path), bytes });
    }
  }
  cache.keepOnly(wanted);
}

/** Drops state of recent blocks, and cuts the log behind them, once it has something newer. */
async function trim({ erasure, steps }: Under, options: ErasureOptions): Promise<void> {
  const { log, speed, storage, records, logger, watermarks } = options;
  const { rewritten, destroyed, trimmed } = steps;
  if (rewritten === undefined || destroyed === undefined || trimmed !== undefined) return;
  const { positions, block } = rewritten;
  // The newest record of a partition tells the listener where to go on.
  for (const [partition, position] of positions.entries()) {
    if ((await log.lag(partition, position)) === 0) return;
  }
  const epochBlocks = (await watermarks.newest())?.epochBlocks;
  if (epochBlocks === undefined) throw new Error('the watermark has gone');
  for (const [partition, position] of positions.entries()) {
    await speed.dropEpochsBefore(partition, (block + 1) / epochBlocks);
    await log.trim(partition, position);
  }
  await log.purge();
  await records.note(erasure, 'trimmed', { at: atOf(storage), block });
  logger.info({ event: 'batch.erasure_trimmed', block });
}

/**
 * Waits until nothing of the vehicle waits to be released that was there when it was erased: what takes it back
 * joins it within the patience of all views, see decision 0010.
 */
async function settle({ erasure, steps }: Under, options: ErasureOptions): Promise<void> {
  const { storage, cache, records, watermarks } = options;
  if (steps.trimmed === undefined || steps.settled !== undefined) return;
  const at = await watermarks.newest();
  const version = at?.tables[PENDING];
  if (at === undefined || version === undefined) throw new Error('the watermark has gone');
  const table = await openPending(storage);
  const epochs = Math.floor(at.block / at.epochBlocks) - Math.floor(erasure.block / at.epochBlocks);
  if (epochs < PATIENCE_EPOCHS) {
    const { files } = await table.readSnapshot(version);
    const isWaiting = await withLocalFiles(cache, PENDING, [...files.values()], (paths) =>
      hasVehicle(storage, erasure.vid, paths),
    );
    if (isWaiting) return;
  }
  await table.forgetBefore(version, () => false);
  await dropCopies(storage, cache);
  await records.note(erasure, 'settled', { at: atOf(storage), block: at.block, version });
}

/** Epochs after which facts, and what takes them back, have met in all views. */
const PATIENCE_EPOCHS = Math.max(...Object.values(releaseOrders).map(patienceOf));

async function hasVehicle(storage: Storage, vid: Vid, paths: readonly string[]): Promise<boolean> {
  if (paths.length === 0) return false;
  const list = `[${paths.map(literal).join(', ')}]`;
  const [found] = await storage.engine.rows(
    `SELECT count(*) AS rows FROM read_parquet(${list}) WHERE part = ${literal(vid)}`,
  );
  return Number(found?.['rows']) > 0;
}

async function certifyOne({ erasure, steps }: Under, options: ErasureOptions): Promise<void> {
  const { certify, records, storage, watermarks, logger } = options;
  const { found, rewritten, destroyed, trimmed, settled } = steps;
  if (found === undefined || rewritten === undefined || destroyed === undefined) return;
  if (trimmed === undefined || settled === undefined || certify === undefined) return;
  const ledger = (await watermarks.newest())?.ledger;
  if (ledger === undefined) throw new Error('the watermark has gone');
  const signed = await certify(
    erasure,
    { ledger, found, rewritten, destroyed, trimmed, settled },
    storage.now(),
  );
  if (signed === undefined) return;
  await records.finish(erasure, signed);
  logger.info({ event: 'batch.erasure_certified', block: erasure.block });
}

function atOf(storage: Storage) {
  return instantOf(storage.now().getTime());
}
