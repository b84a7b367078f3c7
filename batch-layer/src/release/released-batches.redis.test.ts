import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type EventLog, openEventLog } from '@passport/event-log';
import { type LocalRedis, startRedis } from '@passport/local-servers';
import {
  type Batch,
  cellName,
  encodeRecord,
  type Fact,
  FactKeys,
  lastBlockOf,
  type LogRow,
  OwnersOfKeys,
  memberRef,
  nodeFacts,
  ownerKey,
  ownersCell,
  parseDay,
  parseMspId,
  parseSourceId,
  parseVid,
  partitionOf,
  type PendingNode,
  releaseEpoch,
  releaseOrders,
  releaseRule,
  type Vid,
  VIEW_DEFINITIONS,
  vidOfBytes,
} from '@passport/model';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { compactContributions, compactReleased } from '../compaction/compact-released.ts';
import { type Engine, openEngine } from '../duckdb/engine.ts';
import { archiveEpoch } from '../epoch/archive-epoch.ts';
import { openFolderStore } from '../object-store/folder-object-store.ts';
import { openObjectCache } from '../object-store/object-cache.ts';
import { DeltaArchive } from '../reader/delta-archive.ts';
import type { ReleasedBatch } from '../reader/view-archive.ts';
import { openContributions, openReleased, type Storage } from '../storage.ts';
import { Killed, mortalStore } from '../testing/mortal-store.ts';
import { type ArchivedUpTo, Watermarks } from '../watermark/watermarks.ts';
import { ReleaseStates } from './release-state.ts';

const EPOCH_BLOCKS = 2;
const EPOCHS = 8;
const LEDGER = 'fabric:0123456789abcdef0123456789abcdef';
const vids = Array.from({ length: 60 }, (_, number) => vidOfBytes(Buffer.alloc(16, number + 1)));

let root: string;
let redis: LocalRedis;
let engine: Engine;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'passport-released-'));
  redis = await startRedis({ directory: join(root, 'redis'), role: 'durable' });
  engine = await openEngine({ memoryMbMax: 256, threads: 1, spillDirectory: join(root, 'spill') });
}, 120_000);
afterAll(async () => {
  engine.close();
  await redis.stop();
  await rm(root, { recursive: true, force: true });
});

const ownerOf = (vehicle: number): string => `O${vehicle % 7}MSP`;

/** The facts of a block: each vehicle may have a trip, and sometimes one is taken back. */
function factsOf(block: number): (Fact & { readonly vid: Vid })[] {
  return vids.flatMap((vid, vehicle) => {
    const owner = ownerKey(memberRef(parseMspId(ownerOf(vehicle))));
    const born = block === 0 ? [{ vid, cell: ownersCell(vid), key: owner, delta: 1 }] : [];
    if ((vehicle + block) % 3 === 0) return born;
    const sign = (vehicle * 7 + block) % 43 === 0 && block > 2 ? -1 : 1;
    const cell = cellName('usage', [
      `2026-01-0${1 + (block % 3)}`,
      vehicle % 5 === 0 ? 'Rare' : 'Seat',
      `m${vehicle % 2}`,
      ...['DIESEL', `R${vehicle % 4}`, 'telematics', vehicle % 11 === 0 ? 'd' : 'none'],
    ]);
    const keys: [string, number][] = [
      ['trips', 1],
      ['distanceM', 1000 + vehicle],
      [`tripM#${vehicle}`, 1],
      [`vehicle@${vid}`, 1],
      ['contributor@A/b', 1],
    ];
    return [...born, ...keys.map(([key, value]) => ({ vid, cell, key, delta: sign * value }))];
  });
}

const qualityOf = (block: number): number => 500 + block * block;

/** A log with all blocks, for so many partitions; a record for each. */
async function logOf(partitions: number): Promise<EventLog> {
  const log = await openEventLog({
    redisUrl: redis.url,
    name: `released-${partitions}`,
    partitions,
  });
  for (let number = 0; number < EPOCHS * EPOCH_BLOCKS; number += 1) {
    for (let partition = 0; partition < partitions; partition += 1) {
      const facts = factsOf(number)
        .filter(({ vid }) => partitionOf(vid, partitions) === partition)
        .map(({ cell, key, delta }) => ({ cell, key, delta }));
      const hash = number.toString(16).padStart(64, '0');
      const value = encodeRecord({
        ledger: LEDGER,
        ...{ partition, partitions, epochBlocks: EPOCH_BLOCKS, definitions: VIEW_DEFINITIONS },
        blocks: [{ number, hash, ledgerTimeMs: number, facts, rows: rowsOf(number, partition) }],
      });
      await log.append([{ partition, value }]);
    }
  }
  return log;

  /** One line for each block, of the one source that there is. */
  function rowsOf(block: number, partition: number): LogRow[] {
    const vid = vids[block];
    if (vid === undefined || partitionOf(vid, partitions) !== partition) return [];
    const place = { source: parseSourceId('A/b'), entry: block, index: 0 };
    return [
      {
        ...{ vid, block, tx: 0, index: 0, kind: 'mileage', at: parseDay('2026-01-01') },
        ...{ recordedAtMs: block, place, odometerKm: 1, quality: qualityOf(block), detail: '{}' },
      },
    ];
  }
}

/** Who is in batches, a line each, and how often. */
function expectedContributions(): string[] {
  const all = Array.from({ length: EPOCHS }, (_, epoch) => lastBlockOf(epoch, EPOCH_BLOCKS));
  return expectedByEpoch()
    .flatMap((batches, epoch) => {
      const block = all[epoch] ?? 0;
      const qualities = Array.from({ length: block + 1 }, (_, at) => qualityOf(at));
      const points = qualities.reduce((sum, quality) => sum + quality, 0);
      return batches.flatMap(({ dimensions, bySource, byOwner }) => [
        ...[...bySource].map(([source, events]) => {
          const weighed = Math.floor((events * points) / qualities.length);
          return JSON.stringify([block, dimensions, source, events, weighed]);
        }),
        ...[...byOwner].map(([owner, events]) =>
          JSON.stringify([block, dimensions, owner, events]),
        ),
      ]);
    })
    .sort();
}

async function readContributions(archive: DeltaArchive, at: ArchivedUpTo, upTo: number) {
  const lines: string[] = [];
  for await (const part of archive.contributions(at, upTo)) {
    for (const { block, dimensions, sources, owners } of part) {
      for (const { source, events, points } of sources) {
        lines.push(JSON.stringify([block, dimensions, source, Number(events), Number(points)]));
      }
      for (const { owner, events } of owners) {
        lines.push(JSON.stringify([block, dimensions, owner, Number(events)]));
      }
    }
  }
  return lines.sort();
}

/** By the state machine alone, kept in memory, over facts one by one. */
function expectedBatches(): string[] {
  return expectedByEpoch()
    .flatMap((batches, epoch) =>
      batches.map((batch) => lineOf(lastBlockOf(epoch, EPOCH_BLOCKS), batch)),
    )
    .sort();
}

function expectedByEpoch(): (readonly Batch[])[] {
  const known = new FactKeys();
  const epochs: (readonly Batch[])[] = [];
  let pending: readonly PendingNode[] = [];
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const cells = new Map<string, Map<string, number>>();
    for (const { cell, key, delta } of [...factsOf(2 * epoch), ...factsOf(2 * epoch + 1)]) {
      if (!cell.startsWith('usage')) continue;
      const keys = cells.get(cell) ?? new Map<string, number>();
      keys.set(key, (keys.get(key) ?? 0) + delta);
      cells.set(cell, keys);
    }
    const released = releaseEpoch({
      ...{ order: releaseOrders.usage, rule: releaseRule, epoch, pending, keys: known },
      cells: [...cells].map(([cell, keys]) => ({
        dimensions: cell.split('\u001f').slice(1),
        facts: nodeFacts(keys, [], known),
      })),
      ownersOf: new OwnersOfKeys(known, (vid) =>
        memberRef(parseMspId(ownerOf(vids.indexOf(parseVid(vid))))),
      ),
    });
    ({ pending } = released);
    epochs.push(released.batches);
  }
  return epochs;
}

function lineOf(block: number, { dimensions, sums, ...crowd }: Batch): string {
  const { vehicles, owners, contributors } = crowd;
  const all = [...sums, ...Object.entries({ batches: 1, vehicles, owners, contributors })];
  return spelled(block, dimensions, all);
}

function readLine({ block, dimensions, sums }: ReleasedBatch): string {
  return spelled(block, dimensions, sums);
}

function spelled(
  block: number,
  dimensions: readonly string[],
  sums: readonly (readonly [string, number])[],
): string {
  const numbers = sums.filter(([, value]) => value !== 0).map((sum) => sum.join('='));
  return JSON.stringify([block, dimensions, numbers.sort()]);
}

test.each([
  ['in memory', 1, 'kept'],
  ['read from the tables each time, for three partitions', 3, 'read'],
  ['of a process that dies again and again', 2, 'dies'],
] as const)(
  'batches are the same with the state %s',
  async (_, partitions, fate) => {
    const log = await logOf(partitions);
    const folder = join(root, fate);
    const plain = await openFolderStore({ folder, now: () => new Date() });
    let put = 0;
    let deaths = 0;
    // Each attempt dies a few puts later than the last one.
    const store =
      fate === 'dies'
        ? mortalStore(plain, () => {
            put += 1;
            return put % 37 === 0 ? (put % 2 === 0 ? 'before' : 'behind') : undefined;
          })
        : plain;
    const onCheckpointFailure = (): void => undefined;
    const scratchFolder = join(folder, 'scratch');
    const storage: Storage = {
      store,
      engine,
      scratchFolder,
      now: () => new Date(),
      onCheckpointFailure,
    };
    const states = new ReleaseStates();
    let newest: ArchivedUpTo | undefined;
    for (let turn = 0; turn < 1_000 && newest?.block !== EPOCHS * EPOCH_BLOCKS - 1; turn += 1) {
      const fresh = new ReleaseStates();
      try {
        const watermarks = new Watermarks(store);
        const options = { log, storage, epochBlocks: EPOCH_BLOCKS, closedEpochs: EPOCHS };
        newest = await archiveEpoch(
          await watermarks.newest(),
          { ...options, states: fate === 'kept' ? states : fresh },
          new AbortController().signal,
        );
        await watermarks.moveTo(newest);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        deaths += 1;
        newest = undefined;
      }
      await fresh.close();
    }
    if (newest === undefined) throw new Error('it has come to no end');
    expect(deaths > 3).toBe(fate === 'dies');
    const cache = await openObjectCache({ store: plain, folder: `${folder}-c`, bytesMax: 1 << 30 });
    const archive = new DeltaArchive({ ...storage, store: plain }, cache);
    const read: ReleasedBatch[] = [];
    for await (const part of archive.batches(newest, -1)) read.push(...part);
    const expected = expectedBatches();
    expect(expected.length).toBeGreaterThan(10);
    expect(read.map(readLine).sort()).toEqual(expected);
    const contributions = expectedContributions();
    expect(contributions.length).toBeGreaterThan(50);
    expect(await readContributions(archive, newest, newest.block)).toEqual(contributions);
    const early = contributions.filter((line) => Number(/\d+/.exec(line)?.[0]) <= 9);
    expect(await readContributions(archive, newest, 9)).toEqual(early);
    // What was released up to an older watermark is what it was; what is behind it is the rest.
    const middle = await archive.watermarkAt(7);
    if (middle === undefined) throw new Error('a watermark is forgotten');
    const [older, newer]: [ReleasedBatch[], ReleasedBatch[]] = [[], []];
    for await (const part of archive.batches(middle, -1)) older.push(...part);
    for await (const part of archive.batches(newest, 7)) newer.push(...part);
    expect(older.map(readLine).sort()).toEqual(
      read
        .filter(({ block }) => block <= 7)
        .map(readLine)
        .sort(),
    );
    expect([...older, ...newer].map(readLine).sort()).toEqual(expected);
    // Compaction moves rows, and changes none.
    const limits = { fileBytesMin: 1 << 30, fileBytesMax: 1 << 30, filesMin: 2 };
    const own = { ...storage, store: plain };
    expect(await compactReleased(own, cache, 'usage', limits)).toBeDefined();
    expect(await compactContributions(own, cache, limits)).toBeDefined();
    const { version } = await (await openReleased(own, 'usage')).readSnapshot();
    const { version: of } = await (await openContributions(own)).readSnapshot();
    const tables = { ...newest.tables, released_usage: version, contributions: of };
    const compacted = { ...newest, tables };
    expect(await readContributions(archive, compacted, newest.block)).toEqual(contributions);
    const again: ReleasedBatch[] = [];
    for await (const part of archive.batches(compacted, 7)) again.push(...part);
    expect(again.map(readLine).sort()).toEqual(newer.map(readLine).sort());
    await log.close();
  },
  120_000,
);
