import type { common } from '@hyperledger/fabric-protos';
import {
  boundsOf,
  CellNames,
  type Fact,
  memoryOfMaps,
  nodeFacts,
  parseMspId,
  type PendingNode,
  readCellName,
  readKey,
  releaseEpoch,
  releasedViewNames,
  type ReleasedViewName,
  releaseOrders,
  type ReleaseRule,
  VehicleOwners,
  views,
  withheldMeasures,
} from '@passport/model';
import { batchesOf, GrowingHistory, Market, sumsOf, valuesOf } from '@passport/oracle';
import { testKey } from '@passport/oracle/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readBlock } from '../blocks/block.ts';
import { ledgerNameOf } from '@passport/ledger-client';
import { MarketOpener } from '../opening/market-opener.ts';
import { foldBlock, type FoldedBlock } from './block-fold.ts';
import { randomActs } from './testing/random-acts.ts';
import { ledgerOf, type RandomLedger } from './testing/random-ledger.ts';

const CHAINCODE = 'passport';
/** For the three vehicles of random ledgers. */
const rule: ReleaseRule = { vehiclesMin: 2, ownersMin: 1, dominancePermilleMax: 700 };
const crowds = { vehicles: 2, owners: 1, permille: 700 };
const runs = Number(process.env['PROPERTY_RUNS'] ?? 60);

/** Facts of each block by the fold with a memory of maps. */
async function fold(
  { blocks, readers }: RandomLedger,
  partitions = 4,
): Promise<readonly FoldedBlock[]> {
  const memory = memoryOfMaps();
  const names = new CellNames();
  const reader = readerOf(blocks, readers);
  let ledgerTimeMs = 0;
  const all: FoldedBlock[] = [];
  for (const block of blocks) {
    const folded = await foldBlock(readBlock(block), ledgerTimeMs, {
      ...{ chaincode: CHAINCODE, partitions, memory, names, reader },
    });
    for (const { vid } of folded.erasures) reader.forget(vid);
    ({ ledgerTimeMs } = folded);
    all.push(folded);
  }
  return all;
}

const MARKET = parseMspId('MarketMSP');

/** The market, with the reader keys of these names. */
function readerOf(blocks: readonly common.Block[], readers: RandomLedger['readers']): MarketOpener {
  const [genesis] = blocks;
  if (genesis === undefined) throw new Error('no block');
  const scalars = new Map(
    readers.map(({ vid, name }) => {
      const { id, d } = testKey(name);
      return [`${vid} ${id}`, Buffer.from(d, 'base64url')] as const;
    }),
  );
  return new MarketOpener({
    mspId: MARKET,
    ledger: ledgerNameOf(readBlock(genesis).hash.toString('hex')),
    keys: {
      find: async (vid, readerKey) => scalars.get(`${vid} ${readerKey}`),
      destroy: async () => {},
    },
  });
}

function keyOf({ vid, name }: RandomLedger['readers'][number]) {
  return { vid, ...testKey(name) };
}

function historyOf({ blocks, readers }: RandomLedger): GrowingHistory {
  const history = new GrowingHistory(CHAINCODE, new Market(MARKET, readers.map(keyOf)));
  for (const block of blocks) history.add(block);
  return history;
}

/** A batch as both have it: everything in it by name, in one order. */
type Told = {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly dropped: number;
  readonly block: number;
  readonly crowd: readonly number[];
  readonly numbers: readonly (readonly [name: string, value: number])[];
};

/** What the fold and the model's state machine release. */
function released(facts: readonly (readonly Fact[])[], epochBlocks: number): Map<string, Told[]> {
  const owners = new VehicleOwners();
  const pending = new Map<ReleasedViewName, readonly PendingNode[]>();
  const told = new Map<string, Told[]>(releasedViewNames.map((view) => [view, []]));
  for (let epoch = 0; (epoch + 1) * epochBlocks <= facts.length; epoch += 1) {
    const own = facts.slice(epoch * epochBlocks, (epoch + 1) * epochBlocks).flat();
    for (const fact of own) owners.add(fact);
    const cells = new Map<string, Map<string, number>>();
    for (const { cell, key, delta } of own) {
      const keys = cells.get(cell) ?? new Map<string, number>();
      keys.set(key, (keys.get(key) ?? 0) + delta);
      cells.set(cell, keys);
    }
    for (const view of releasedViewNames) {
      const outcome = releaseEpoch({
        ...{ order: releaseOrders[view], rule, epoch, pending: pending.get(view) ?? [] },
        cells: [...cells]
          .map(([cell, keys]) => ({ ...readCellName(cell), keys }))
          .filter((cell) => cell.view === view)
          .map(({ dimensions, keys }) => ({
            dimensions,
            facts: nodeFacts(keys, withheldMeasures[view]),
          })),
        ownerOf: (vid) => owners.ownerOf(vid),
      });
      pending.set(view, outcome.pending);
      const names = views[view].dimensions.map(({ name }) => name);
      for (const { dimensions, level, sums, ...crowd } of outcome.batches) {
        told.get(view)?.push({
          dimensions: Object.fromEntries(
            names.map((name, place) => [name, dimensions[place] ?? '']),
          ),
          ...{ dropped: level, block: (epoch + 1) * epochBlocks - 1 },
          crowd: [crowd.vehicles, crowd.owners, crowd.contributors],
          numbers: [...sums].map(([key, value]) => [spelled(key), value]),
        });
      }
    }
  }
  return told;
}

/** A bucket by the largest value that is counted in it. */
function spelled(key: string): string {
  const read = readKey(key);
  return read.type === 'bucket' ? `${read.histogram} up to ${boundsOf(read.bucket).max}` : key;
}

const histograms = ['tripM', 'speed', 'kmPerStep'];

/** The same of the oracle. */
function recomputed(history: GrowingHistory, view: ReleasedViewName, epochBlocks: number): Told[] {
  const block = history.blocks.length - 1;
  return batchesOf(history, view, { block, epochBlocks, crowds }).map(({ changes, ...batch }) => ({
    ...{ dimensions: batch.dimensions, dropped: batch.dropped, block: batch.block },
    crowd: [batch.vehicles, batch.owners, batch.contributors],
    numbers: [
      ...sumsOf(changes, withheldMeasures[view]),
      ...histograms.flatMap((name) =>
        [...valuesOf(changes, name)].map(([value, count]): [string, number] => [
          `${name} up to ${value}`,
          count,
        ]),
      ),
    ],
  }));
}

const sorted = (told: readonly Told[]): string[] =>
  told
    .map(({ dimensions, numbers, ...batch }) => {
      const values = Object.entries(dimensions).map((value) => value.join('='));
      return JSON.stringify([batch, values.sort(), numbers.map((each) => each.join('=')).sort()]);
    })
    .sort();

test('what the oracle finds to be released is what is released', async () => {
  let batches = 0;
  await fc.assert(
    fc.asyncProperty(randomActs, fc.constantFrom(1, 2, 3), async (acts, epochBlocks) => {
      const ledger = ledgerOf(acts);
      const history = historyOf(ledger);
      const folded = await fold(ledger);
      const facts = folded.map(({ parts }) => parts.flatMap((part) => part.facts));
      for (const [view, ours] of released(facts, epochBlocks)) {
        const theirs = recomputed(history, view as ReleasedViewName, epochBlocks);
        expect(sorted(ours), view).toEqual(sorted(theirs));
        batches += ours.length;
      }
    }),
    { numRuns: runs },
  );
  expect(batches).toBeGreaterThan(runs / 4);
}, 120_000);
