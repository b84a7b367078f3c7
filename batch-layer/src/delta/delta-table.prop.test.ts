import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Engine, openEngine } from '../duckdb/engine.ts';
import {
  type Interference,
  MemoryObjects,
  MemoryObjectStore,
} from '../object-store/testing/memory-object-store.ts';
import { commitIdOf, parseCommit } from './actions.ts';
import type { CommitRequest } from './commit-request.ts';
import { DeltaTable, type DeltaTableOptions } from './delta-table.ts';
import { commitName } from './log-names.ts';
import { fleetTable } from './testing/fleet-table.ts';
import { type Asked, type Rows, type Step, Writer } from './testing/writer.ts';

const DAY_MS = 86_400_000;
const TABLE = 'lake/fleet';
const now = (): Date => new Date(1_700_000_000_000);

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passport-delta-'));
  engine = await openEngine({ memoryMbMax: 128, threads: 1, spillDirectory: join(folder, 's') });
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true, force: true });
});

function optionsOver(objects: MemoryObjects, interfere?: Interference): DeltaTableOptions {
  return {
    store: new MemoryObjectStore(objects, now, interfere),
    table: TABLE,
    engine,
    scratchFolder: folder,
    now,
    checkpointInterval: 3,
    onCheckpointFailure: (error) => {
      expect(error).toMatchObject({ code: 'OBJECT_STORE_UNAVAILABLE' });
    },
  };
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), rows: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('archive' as const), epoch: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('compact' as const), pick: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('erase' as const), pick: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'repeat' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
);
const steps = fc.array(step, { minLength: 1, maxLength: 10, size: 'max' });
const fates = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.constant('answered' as const) },
    { weight: 1, arbitrary: fc.constant('lost-request' as const) },
    { weight: 2, arbitrary: fc.constant('lost-answer' as const) },
  ),
  { minLength: 30, maxLength: 60 },
);

/** The table's files and applications. */
type State = { readonly files: string[]; readonly txns: ReadonlyMap<string, number> };

/** What the requests that took effect make of the table, version by version. */
function statesAfter(order: readonly (CommitRequest | undefined)[]): State[] {
  const files = new Set<string>();
  const txns = new Map<string, number>();
  return order.map((request) => {
    for (const path of request?.removes ?? []) {
      if (!files.delete(path)) throw new Error(`${path} was removed twice`);
    }
    for (const { path } of request?.adds ?? []) {
      if (files.has(path)) throw new Error(`${path} was added twice`);
      files.add(path);
    }
    const { txn } = request ?? {};
    if (txn !== undefined) {
      if ((txns.get(txn.appId) ?? -1) >= txn.version) throw new Error('a txn was made twice');
      txns.set(txn.appId, txn.version);
    }
    return { files: [...files].sort(), txns: new Map(txns) };
  });
}

/** The requests in the order of the versions that they made; version 0 is none of theirs. */
function inOrder(objects: MemoryObjects, asked: readonly Asked[]): (CommitRequest | undefined)[] {
  const requests = new Map(asked.map(({ request }) => [request.commitId, request]));
  const order: (CommitRequest | undefined)[] = [];
  for (;;) {
    const bytes = objects.objects.get(`${TABLE}/${commitName(order.length)}`)?.bytes;
    if (bytes === undefined) return order;
    const id = commitIdOf(parseCommit(bytes, 'model')) ?? '';
    const request = requests.get(id);
    expect(request === undefined, id).toBe(order.length === 0);
    if (request !== undefined) expect(order).not.toContain(request);
    order.push(request);
  }
}

function expectOutcomes(
  asked: readonly Asked[],
  order: readonly (CommitRequest | undefined)[],
): void {
  for (const { request, outcome, version } of asked) {
    const made = order.indexOf(request);
    if (outcome === 'committed') expect(made).toBe(version);
    // A repetition of what took effect says so, even if others have changed the table since.
    if (outcome === 'conflict') expect(made).toBe(-1);
    if (outcome === 'already') {
      const { txn } = request;
      expect(made).toBe(-1);
      expect(
        order.some((other) => other?.txn !== undefined && other.txn.version >= (txn?.version ?? 0)),
      ).toBe(true);
    }
  }
}

/** No row is lost or doubled, whatever was compacted. */
function expectRows(
  order: readonly (CommitRequest | undefined)[],
  rows: Rows,
  files: string[],
): void {
  const kept = new Set<string>();
  for (const request of order) {
    if (request?.dataChange !== true) continue;
    for (const { path } of request.adds ?? [])
      for (const row of rows.get(path) ?? []) kept.add(row);
    for (const path of request.removes ?? [])
      for (const row of rows.get(path) ?? []) kept.delete(row);
  }
  expect(files.flatMap((path) => rows.get(path) ?? []).sort()).toEqual([...kept].sort());
}

describe('a table with several writers on a bad network', () => {
  test(
    'is at every version what its commits say, and each takes effect once',
    { timeout: 240_000 },
    async () => {
      const property = fc.asyncProperty(
        fc.array(steps, { minLength: 2, maxLength: 3 }),
        fates,
        fc.scheduler(),
        async (plans, fates, scheduler) => {
          const objects = new MemoryObjects();
          const rows: Rows = new Map();
          const calm = optionsOver(objects);
          await DeltaTable.create(calm, fleetTable);
          let calls = 0;
          const interfere: Interference = async (call, key) => {
            await scheduler.schedule(Promise.resolve(), `${call} ${key}`);
            calls += 1;
            return fates[calls % fates.length] ?? 'answered';
          };
          const writers = plans.map(
            (_, index) => new Writer(`w${index}`, optionsOver(objects, interfere), objects, rows),
          );

          await scheduler.waitFor(
            Promise.all(writers.map((writer, index) => writer.run(plans[index] ?? []))),
          );

          const asked = writers.flatMap((writer) => writer.asked);
          const order = inOrder(objects, asked);
          const states = statesAfter(order);
          expectOutcomes(asked, order);
          const last = states.at(-1)?.files ?? [];
          expectRows(order, rows, last);
          const cold = await DeltaTable.open(calm);
          for (const [version, { files, txns }] of states.entries()) {
            const snapshot = await cold.readSnapshot(version);
            expect([...snapshot.files.keys()].sort()).toEqual(files);
            expect(snapshot.transactions).toEqual(txns);
          }
          await expectVacuumed(objects, cold, last);
        },
      );
      await fc.assert(property, { numRuns: 80 });
    },
  );
});

/** Once everything is old, just the files of the table are left, and it can still be read. */
async function expectVacuumed(
  objects: MemoryObjects,
  table: DeltaTable,
  files: readonly string[],
): Promise<void> {
  const later = new Date(now().getTime() + 3 * DAY_MS);
  await table.vacuum(2 * DAY_MS, later);
  const stored = [...objects.objects.keys()].filter((key) => !key.includes('_delta_log'));
  expect(stored.sort()).toEqual(files.map((path) => `${TABLE}/${path}`));
  const before = await table.readSnapshot();
  const oldest = await table.cleanLog(2 * DAY_MS, later);
  const reopened = await DeltaTable.open(optionsOver(objects));
  const after = await reopened.readSnapshot();
  expect(after.files).toEqual(before.files);
  expect(after.transactions).toEqual(before.transactions);
  expect((await reopened.readSnapshot(oldest)).version).toBe(oldest);
  if (oldest > 0) {
    await expect(reopened.readSnapshot(oldest - 1)).rejects.toMatchObject({
      code: 'DELTA_VERSION_MISSING',
    });
  }
}
