import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type EventLog, openEventLog } from '@passport/event-log';
import { type LocalRedis, startRedis } from '@passport/local-servers';
import { views } from '@passport/model';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { compactPartitions } from './compaction/compact-partitions.ts';
import { compactView } from './compaction/compact-view.ts';
import { type Engine, openEngine } from './duckdb/engine.ts';
import { archiveEpoch } from './epoch/archive-epoch.ts';
import { openFolderStore } from './object-store/folder-object-store.ts';
import { openObjectCache } from './object-store/object-cache.ts';
import type { ObjectStore } from './object-store/object-store.ts';
import { DeltaArchive } from './reader/delta-archive.ts';
import { ReleaseStates } from './release/release-state.ts';
import type { Storage } from './storage.ts';
import { expectExact, logOf } from './testing/archive-cases.ts';
import { Killed, mortalStore } from './testing/mortal-store.ts';
import {
  EPOCH_BLOCKS,
  LEDGER,
  PARTITIONS,
  randomLedger,
  type RandomLedger,
  recordOf,
} from './testing/random-ledger.ts';
import { type ArchivedUpTo, Watermarks } from './watermark/watermarks.ts';

let root: string;
let redis: LocalRedis;
let engine: Engine;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'passport-archive-'));
  redis = await startRedis({ directory: join(root, 'redis'), role: 'durable' });
  engine = await openEngine({ memoryMbMax: 256, threads: 1, spillDirectory: join(root, 'spill') });
}, 120_000);
afterAll(async () => {
  engine.close();
  await redis.stop();
  await rm(root, { recursive: true, force: true });
});

const noLimits = { fileBytesMin: 1 << 30, fileBytesMax: 1 << 30, filesMin: 2 };

async function storageAt(store: ObjectStore, folder: string): Promise<Storage> {
  return {
    store,
    engine,
    scratchFolder: join(folder, 'scratch'),
    now: () => new Date(),
    onCheckpointFailure: (error) => {
      if (!(error instanceof Killed)) throw error;
    },
  };
}

/** A log that tells when it is read. */
function logWith(log: EventLog, onOpen: () => void): EventLog {
  return {
    partitions: log.partitions,
    append: (records) => log.append(records),
    last: (partition) => log.last(partition),
    openReader: (from) => {
      onOpen();
      return log.openReader(from);
    },
    trim: (partition, upTo) => log.trim(partition, upTo),
    purge: () => log.purge(),
    lag: (partition, after) => log.lag(partition, after),
    close: () => log.close(),
  };
}

async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describe('an archive', () => {
  test('has at each watermark just what the ledger had, whatever dies and is compacted', async () => {
    const runs = Number(process.env['PROPERTY_RUNS'] ?? 5);
    let deaths = 0;
    await fc.assert(
      fc.asyncProperty(
        randomLedger,
        fc.array(fc.boolean(), { maxLength: 20 }),
        fc.array(fc.constantFrom('before', 'behind', undefined, undefined, undefined), {
          maxLength: 20,
        }),
        fc.array(fc.boolean(), { maxLength: 6 }),
        fc.array(fc.boolean(), { maxLength: 6 }),
        async (ledger, repeats, fates, compactions, restarts) => {
          const folder = await mkdtemp(join(root, 'run-'));
          const log = await logOf(redis, ledger, repeats);
          let put = 0;
          const plain = await openFolderStore({ folder, now: () => new Date() });
          const store = mortalStore(plain, () => fates[put++]);
          const storage = await storageAt(store, folder);
          const cache = await openObjectCache({
            store: plain,
            folder: join(folder, 'copies'),
            bytesMax: 1 << 30,
          });
          const archive = new DeltaArchive(await storageAt(plain, folder), cache);
          const signal = new AbortController().signal;
          const epochs = Math.floor(ledger.parts.length / EPOCH_BLOCKS);
          const seen: ArchivedUpTo[] = [];
          let states = new ReleaseStates();
          for (let turn = 0; seen.length < epochs; turn += 1) {
            const watermarks = new Watermarks(store);
            try {
              const before = await watermarks.newest();
              const next = await archiveEpoch(
                before,
                { log, storage, epochBlocks: EPOCH_BLOCKS, states, closedEpochs: epochs },
                signal,
              );
              await watermarks.moveTo(next);
              if (compactions[turn] === true) {
                const all = { partitions: PARTITIONS, limits: noLimits };
                await compactPartitions(storage, cache, all, () => {});
                await compactView(storage, cache, views.usage, next.ledgerTimeMs, noLimits);
              }
            } catch (error) {
              if (!(error instanceof Killed)) throw error;
              deaths += 1;
            }
            if (restarts[turn] === true) {
              await states.close();
              states = new ReleaseStates();
            }
            const newest = await new Watermarks(plain).newest();
            if (newest !== undefined && newest.block !== seen.at(-1)?.block) seen.push(newest);
          }
          await states.close();
          expect(await filesIn(storage.scratchFolder)).toEqual([]);
          for (const at of seen) await expectExact(archive, ledger, at);
          expect(seen.map(({ block }) => block)).toEqual(
            Array.from({ length: epochs }, (_, epoch) => (epoch + 1) * EPOCH_BLOCKS - 1),
          );
          await log.close();
        },
      ),
      { numRuns: runs },
    );
    // Otherwise nothing of the kind was tried.
    expect(deaths).toBeGreaterThan(0);
  }, 300_000);

  test('waits for an epoch to close, and moves nothing before', async () => {
    const [ledger] = fc.sample(randomLedger, { numRuns: 1, seed: 7 });
    if (ledger === undefined) throw new Error('no sample');
    const folder = await mkdtemp(join(root, 'wait-'));
    const log = await logOf(redis, { parts: ledger.parts.slice(0, EPOCH_BLOCKS - 1) }, []);
    const store = await openFolderStore({ folder, now: () => new Date() });
    const stop = new AbortController();
    const archiving = archiveEpoch(
      undefined,
      { log, storage: await storageAt(store, folder), epochBlocks: EPOCH_BLOCKS },
      stop.signal,
    );
    const outcome = archiving.then(
      () => 'archived',
      () => 'stopped',
    );
    const first = await Promise.race([
      outcome,
      new Promise((done) => {
        setTimeout(() => done('waiting'), 500);
      }),
    ]);
    expect(first).toBe('waiting');
    stop.abort(new Error('the test is over'));
    expect(await outcome).toBe('stopped');
    expect(await new Watermarks(store).newest()).toBeUndefined();
    await log.close();
  });

  test('reads an epoch while the one before is stored, and leaves nothing of it behind', async () => {
    const [ledger] = fc
      .sample(randomLedger, { numRuns: 50, seed: 7 })
      .filter(({ parts }) => parts.length >= 3 * EPOCH_BLOCKS);
    if (ledger === undefined) throw new Error('no sample');
    const folder = await mkdtemp(join(root, 'ahead-'));
    const plain = await logOf(redis, ledger, []);
    let opened = 0;
    const log = logWith(plain, () => (opened += 1));
    const store = await openFolderStore({ folder, now: () => new Date() });
    const storage = await storageAt(store, folder);
    const states = new ReleaseStates();
    const options = { log, storage, epochBlocks: EPOCH_BLOCKS, states, closedEpochs: 3 };
    const signal = new AbortController().signal;
    const first = await archiveEpoch(undefined, options, signal);
    const second = await archiveEpoch(first, options, signal);
    // What was read ahead was taken, and the last epoch is read: all by one reader.
    expect(opened).toBe(1);
    expect(second.block).toBe(2 * EPOCH_BLOCKS - 1);
    // Another one was asked for: what was read ahead is no good.
    const again = await archiveEpoch(first, options, signal);
    expect({ ...again, tables: {} }).toEqual({ ...second, tables: {} });
    expect(opened).toBe(2);
    await states.close();
    expect(await filesIn(storage.scratchFolder)).toEqual([]);
    await plain.close();
  });

  test.each([
    ['a gap', 'LOG_GAP', (ledger: RandomLedger) => [recordOf(ledger, 0, 2, 3)]],
    [
      'another partition',
      'LOG_FOREIGN',
      (ledger: RandomLedger) => [recordOf(ledger, 1, 0, 3), recordOf(ledger, 1, 0, 3)],
    ],
  ])('does not go on over %s', async (_, code, records) => {
    const [ledger] = fc.sample(randomLedger, { numRuns: 1, seed: 7 });
    if (ledger === undefined) throw new Error('no sample');
    const log = await openEventLog({
      redisUrl: redis.url,
      name: `archive-${code}`,
      partitions: PARTITIONS,
    });
    for (const value of records(ledger)) await log.append([{ partition: 0, value }]);
    const folder = await mkdtemp(join(root, 'bad-'));
    const store = await openFolderStore({ folder, now: () => new Date() });
    const storage = await storageAt(store, folder);
    const signal = new AbortController().signal;
    await expect(
      archiveEpoch(undefined, { log, storage, epochBlocks: EPOCH_BLOCKS }, signal),
    ).rejects.toMatchObject({ code });
    expect(await new Watermarks(store).newest()).toBeUndefined();
    await log.close();
  });

  test('is of one ledger', async () => {
    const [ledger] = fc.sample(randomLedger, { numRuns: 1, seed: 7 });
    if (ledger === undefined) throw new Error('no sample');
    const log = await logOf(redis, ledger, []);
    const folder = await mkdtemp(join(root, 'one-'));
    const store = await openFolderStore({ folder, now: () => new Date() });
    const storage = await storageAt(store, folder);
    const options = { log, storage, epochBlocks: EPOCH_BLOCKS };
    const signal = new AbortController().signal;
    const first = await archiveEpoch(undefined, options, signal);
    expect(first).toMatchObject({ ledger: LEDGER, block: EPOCH_BLOCKS - 1 });
    const other = { ...first, block: -1, ledger: 'fabric:other' };
    await expect(archiveEpoch(other, options, signal)).rejects.toMatchObject({
      code: 'LOG_FOREIGN',
    });
    await log.close();
  });
});
