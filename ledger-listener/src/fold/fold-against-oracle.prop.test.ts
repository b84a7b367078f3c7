import {
  CellNames,
  type ExactAt,
  logBookOf,
  type LogRow,
  OWNERS_VIEW,
  PARTITIONS_MAX,
  parseVid,
  readCellName,
  readKey,
  type View,
  type ViewQuery,
  views,
  type ViewName,
  type Vid,
} from '@passport/model';
import { answerVehicle, answerView, type GrowingHistory } from '@passport/oracle';
import { testKey } from '@passport/oracle/testing';
import { temporaryFolder } from '@passport/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { readBlock } from '../blocks/block.ts';
import { type FoldedParts, foldParts } from '../testing/fold-parts.ts';
import { FoldStore } from './fold-store.ts';
import { Cells, rowsFromFacts } from './testing/answer-from-facts.ts';
import { regressions, sameKeyAfterErasure } from './testing/once-different.ts';
import { type Acts, randomActs, vids } from './testing/random-acts.ts';
import { ledgerOf, type RandomLedger } from './testing/random-ledger.ts';
import { CHAINCODE, fold, historyOf, readerOf } from './testing/both-readings.ts';

/** How often each property is tried; more by hand, after a change: `PROPERTY_RUNS=5000`. */
const asked = process.env['PROPERTY_RUNS'];
const runs = (usual: number): number => Number(asked ?? usual);
const TIMEOUT_MS = asked === undefined ? 240_000 : 3_600_000;

/** How questions are broken down and narrowed, drawn once for all blocks and views. */
const asking = fc.record({
  dimensions: fc.array(fc.nat({ max: 7 }), { maxLength: 3 }),
  filtered: fc.option(fc.nat({ max: 7 }), { nil: undefined }),
  row: fc.nat({ max: 100 }),
  from: fc.constantFrom(undefined, '2026-01-27', '2026-02-01'),
  to: fc.constantFrom(undefined, '2026-01-30', '2026-02-03'),
});
type Asking = typeof asking extends fc.Arbitrary<infer Value> ? Value : never;

function queriesOf(name: ViewName, cells: Cells, how: Asking): ViewQuery[] {
  const view: View = views[name];
  const all = view.dimensions.map((dimension) => dimension.name);
  const shared = { view: name, metrics: Object.keys(view.metrics), from: undefined, to: undefined };
  const isActivity = name === 'activity';
  const windows = isActivity ? ['1h', '24h', '7d'].map((window) => ({ window: [window] })) : [{}];
  return windows.flatMap((window): ViewQuery[] => {
    const free = isActivity ? all.filter((dimension) => dimension !== 'window') : all;
    const some = [...new Set(how.dimensions.map((pick) => free[pick % free.length] ?? ''))];
    const known = [...cells.cells.keys()].map(readCellName).filter((cell) => cell.view === name);
    const value = known[how.row % Math.max(1, known.length)];
    const narrowed = free[(how.filtered ?? 0) % free.length] ?? '';
    const only = value?.dimensions[all.indexOf(narrowed)] ?? 'nothing';
    const range = isActivity ? {} : { from: how.from, to: how.to };
    return [
      { ...shared, by: [], filters: window },
      { ...shared, by: free, filters: window },
      { ...shared, by: some, filters: { ...window, [narrowed]: [only, 'absent'] }, ...range },
    ];
  });
}

async function expectSame(ledger: RandomLedger, how: Asking): Promise<void> {
  const history = historyOf(ledger);
  const folded = await fold(ledger);
  const cells = new Cells();
  for (const [number, { parts, ledgerTimeMs }] of folded.entries()) {
    for (const { facts } of parts) cells.add(facts);
    const isChecked = number % 3 === how.row % 3 || number === folded.length - 1;
    if (!isChecked) continue;
    expectGroup(cells);
    expect(new Date(ledgerTimeMs).toISOString()).toBe(answerOf(history, number).ledgerTime);
    for (const name of Object.keys(views) as ViewName[]) {
      const view: View = views[name];
      for (const query of queriesOf(name, cells, how)) {
        const rows = rowsFromFacts(cells, query, ledgerTimeMs);
        const answer = answerView(history, query, number);
        expect(JSON.stringify(rows), `${name} by ${query.by.join()} at ${number}`).toBe(
          JSON.stringify(answer.rows),
        );
        expect(answer.metrics).toEqual(
          query.metrics.map((metric) => ({
            name: metric,
            unit: view.metrics[metric]?.unit,
          })),
        );
      }
    }
  }
  const rows = folded.flatMap(({ parts }) => parts.flatMap((part) => part.rows));
  for (const vid of vids) expectSameBook(parseVid(vid), rows, history, how);
}

/** The log book as of the newest block, and of one before it. */
function expectSameBook(
  vid: Vid,
  rows: readonly LogRow[],
  history: GrowingHistory,
  { row: pick }: Asking,
): void {
  for (const block of [history.blocks.length - 1, pick % history.blocks.length]) {
    const ours = rows.filter((row) => row.vid === vid && row.block <= block);
    const shown = answerVehicle(history, vid, block);
    const { ledger, blockHash, ledgerTime, definitions } = answerOf(history, block);
    const at = { ledger, block, blockHash, ledgerTime, definitions } as ExactAt;
    // Any order will do.
    const answer = ours.length === 0 ? undefined : logBookOf(vid, at, ours.toReversed());
    expect(answer).toEqual(shown);
  }
}

function answerOf(history: GrowingHistory, block: number): ReturnType<typeof answerView> {
  return answerView(history, { view: 'events', metrics: ['events'] }, block);
}

/** References are never below nothing, and a cell that nobody refers to has nothing at all. */
function expectGroup({ cells }: Cells): void {
  for (const [cell, keys] of cells) {
    const read = [...keys].map(([key, count]) => ({ ...readKey(key), count }));
    const isReferred =
      cell.startsWith('activity') ||
      cell.startsWith(OWNERS_VIEW) ||
      read.some(({ type }) => type === 'reference');
    const below = read.filter(
      ({ type, count }) => count < 0 && (type === 'reference' || type === 'bucket'),
    );
    expect({ cell, isReferred, below }).toEqual({ cell, isReferred: true, below: [] });
  }
}

describe('the fold against the oracle', () => {
  const property = fc.asyncProperty(randomActs, asking, async (acts, how) => {
    await expectSame(ledgerOf(acts), how);
  });

  test.each(regressions)('answers the same where once it did not: %s', async (_, acts) => {
    const how = { dimensions: [0], filtered: 0, row: 0, from: undefined, to: undefined };
    await expectSame(ledgerOf(acts), how);
  });

  test(
    'every view answers the same, at any block, of any ledger',
    async () => {
      await fc.assert(property, { numRuns: runs(100) });
    },
    TIMEOUT_MS,
  );

  test(
    'the number of partitions changes no answer',
    async () => {
      const some = fc.constantFrom(1, 2, 7, PARTITIONS_MAX);
      await fc.assert(
        fc.asyncProperty(randomActs, some, async (acts, partitions) => {
          const ledger = ledgerOf(acts);
          const [ours, others] = [new Cells(), new Cells()];
          for (const { parts } of await fold(ledger, 3)) {
            for (const { facts } of parts) ours.add(facts);
          }
          for (const { parts } of await fold(ledger, partitions)) {
            for (const { facts } of parts) others.add(facts);
          }
          expect(sorted(others)).toEqual(sorted(ours));
        }),
        { numRuns: runs(20) },
      );
    },
    TIMEOUT_MS,
  );
});

/** Without the keys that erasures destroyed, from the block of the last one on; and the oracle says so, too. */
async function expectSameAnew(acts: Acts, how: Asking): Promise<void> {
  const ledger = ledgerOf(acts);
  const live = await fold(ledger);
  const erased = live.flatMap(({ erasures }) => erasures);
  const from = live.findLastIndex(({ erasures }) => erasures.length > 0);
  const isGone = (vid: string, id: string): boolean =>
    erased.some((each) => each.vid === vid && each.readerKeys.some((key) => key === id));
  const readers = ledger.readers.filter(({ vid, name }) => !isGone(vid, testKey(name).id));
  const anew = await fold({ ...ledger, readers });
  const [ours, others] = [new Cells(), new Cells()];
  for (const [number, { parts }] of live.entries()) {
    for (const { facts } of parts) ours.add(facts);
    for (const { facts } of anew[number]?.parts ?? []) others.add(facts);
    expect(anew[number]?.parts.map(({ rows }) => rows)).toEqual(parts.map(({ rows }) => rows));
    if (number >= from) expect(sorted(others)).toEqual(sorted(ours));
  }
  await expectSame({ ...ledger, readers }, how);
}

describe('a rebuild after an erasure', () => {
  test('is the same where once it was not: the next owner names the key that it destroyed', async () => {
    const how = { dimensions: [0], filtered: 0, row: 0, from: undefined, to: undefined };
    await expectSameAnew(sameKeyAfterErasure, how);
    await expectSame(ledgerOf(sameKeyAfterErasure), how);
  });

  test(
    'without the keys that it destroyed comes to the same sums and lines from its block on',
    async () => {
      await fc.assert(fc.asyncProperty(randomActs, asking, expectSameAnew), {
        numRuns: runs(20),
      });
    },
    TIMEOUT_MS,
  );
});

function sorted({ cells }: Cells): string[] {
  return [...cells]
    .flatMap(([cell, keys]) => [...keys].map(([key, sum]) => `${cell} ${key} ${sum}`))
    .sort();
}

/** What happens to a store after a block was folded. */
const care = fc.constantFrom(
  'nothing',
  'nothing',
  'seal',
  'seal',
  'begin',
  'begin',
  'commit',
  'commit',
  'discard',
  'reopen',
  'clear',
);

const tip = { ledger: 'fabric:test', hash: '', roots: {} };

/** Folds with a store in a folder that is committed, cut off and opened again on the way. */
async function foldStored(
  { blocks, readers }: RandomLedger,
  cares: readonly string[],
  directory: string,
): Promise<FoldedParts[]> {
  const names = new CellNames();
  const reader = readerOf(blocks, readers);
  let store = await FoldStore.open(directory);
  let commit = Promise.resolve();
  const folded: FoldedParts[] = [];
  try {
    let turn = 0;
    for (let number = 0; number < blocks.length; turn += 1) {
      const block = blocks[number];
      if (block === undefined) throw new Error('no block');
      const ledgerTimeMs = folded[number - 1]?.ledgerTimeMs ?? 0;
      folded[number] = await foldParts(readBlock(block), ledgerTimeMs, {
        ...{ chaincode: CHAINCODE, partitions: 4, memory: store, names, reader },
      });
      const what = cares[turn] ?? 'commit';
      if (what === 'seal' || what === 'begin' || what === 'commit') {
        store.seal({ ...tip, ledgerTimeMs, number });
      }
      // What was begun before goes on while the next blocks are folded, but not beyond these.
      if (what !== 'nothing' && what !== 'seal') await commit;
      if (what === 'begin' || what === 'commit') commit = store.commit(number);
      if (what === 'commit') await commit;
      else if (what === 'discard') store.discard();
      else if (what === 'clear') await store.clear();
      else if (what === 'reopen') {
        await store.close();
        store = await FoldStore.open(directory);
      }
      // What was not committed is folded once more, as after a crash.
      const isLost = what === 'discard' || what === 'clear' || what === 'reopen';
      number = isLost ? (store.height?.number ?? -1) + 1 : number + 1;
    }
    await commit;
  } finally {
    await store.close();
  }
  return folded;
}

async function expectSameStored(acts: Acts, cares: readonly string[]): Promise<void> {
  const ledger = ledgerOf(acts);
  const folder = await temporaryFolder('fold');
  try {
    expect(await foldStored(ledger, cares, folder.path)).toEqual(await fold(ledger));
  } finally {
    await folder.remove();
  }
}

describe('the fold with its store', () => {
  test.each(regressions)('has the same facts where once it had not: %s', async (_, acts, cares) => {
    await expectSameStored(acts, cares);
  });

  test(
    'has the same facts whenever it is committed, cut off, or begun anew',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          randomActs,
          fc.array(care, { maxLength: 30, size: 'max' }),
          async (acts, cares) => {
            await expectSameStored(acts, cares);
          },
        ),
        { numRuns: runs(60) },
      );
    },
    TIMEOUT_MS,
  );
});
