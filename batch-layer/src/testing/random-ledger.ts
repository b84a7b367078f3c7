import {
  type BlockPart,
  cellName,
  encodeRecord,
  type Fact,
  type LogRow,
  parseDay,
  parseVid,
  partitionOf,
  type Vid,
  VIEW_DEFINITIONS,
  vidOfBytes,
} from '@passport/model';
import fc from 'fast-check';

/** A ledger for tests of what comes behind the listener: blocks with parts for each partition. */
export type RandomLedger = { readonly parts: readonly (readonly BlockPart[])[] };

export const PARTITIONS = 3;
export const EPOCH_BLOCKS = 4;
export const LEDGER = 'fabric:0123456789abcdef0123456789abcdef';

const vids = Array.from({ length: 6 }, (_, number) => vidOfBytes(Buffer.alloc(16, number + 1)));

const cell = fc
  .tuple(fc.constantFrom('2026-01-01', '2026-01-02'), fc.constantFrom('Seat', "L'été"))
  .map(([day, brand]) => cellName('usage', [day, brand, 'm', 'DIESEL', 'DE', 'telematics', 'dt']));

const fact: fc.Arbitrary<Fact> = fc.record({
  cell,
  key: fc.constantFrom('trips', 'distanceM', 'tripM#7', 'speed#40', `vehicle@${vids[0]}`),
  delta: fc.integer({ min: -5, max: 1_000_000 }),
});

/** Some blocks, a few epochs long. */
export const randomLedger: fc.Arbitrary<RandomLedger> = fc
  .array(
    fc.record({
      facts: fc.array(fc.tuple(fc.nat(PARTITIONS - 1), fact), { maxLength: 6 }),
      rows: fc.array(fc.nat(vids.length - 1), { maxLength: 5 }),
    }),
    { minLength: EPOCH_BLOCKS, maxLength: 5 * EPOCH_BLOCKS },
  )
  .map((blocks) => ({
    parts: blocks.map(({ facts, rows }, number) =>
      Array.from({ length: PARTITIONS }, (_, partition) => ({
        number,
        hash: number.toString(16).padStart(64, '0'),
        ledgerTimeMs: Date.UTC(2026, 0, 2) + number * 1000,
        facts: facts.filter(([to]) => to === partition).map(([, each]) => each),
        rows: rows
          .map((vehicle, index) => rowOf(vids[vehicle] ?? parseVid(''), number, index))
          .filter(({ vid }) => partitionOf(vid, PARTITIONS) === partition),
      })),
    ),
  }));

function rowOf(vid: Vid, block: number, index: number): LogRow {
  return {
    block,
    tx: 0,
    index,
    vid,
    kind: 'trip',
    at: parseDay(`2026-01-${String(28 - (block % 20)).padStart(2, '0')}`),
    recordedAtMs: Date.UTC(2026, 0, 2) + block,
    place: index % 2 === 0 ? null : ({ source: 'A/b', entry: block + 1, index } as LogRow['place']),
    odometerKm: index === 1 ? null : block * 100,
    quality: 800,
    detail: `{"id":"e${block}.${index}"}`,
  };
}

/** A record of blocks in a row for one partition. */
export function recordOf(
  { parts }: RandomLedger,
  partition: number,
  first: number,
  last: number,
): Buffer {
  return encodeRecord({
    ledger: LEDGER,
    partition,
    partitions: PARTITIONS,
    epochBlocks: EPOCH_BLOCKS,
    definitions: VIEW_DEFINITIONS,
    blocks: parts.slice(first, last + 1).flatMap((block) => block[partition] ?? []),
  });
}

/** The vehicles that it may have lines of. */
export const ledgerVids: readonly Vid[] = vids;

/** Sums of all facts up to a block, one after the other; those that came to nothing left out. */
export function naiveSums({ parts }: RandomLedger, upTo: number): Record<string, number> {
  return sumsOf(parts.slice(0, upTo + 1).flatMap((block) => block.flatMap(({ facts }) => facts)));
}

/** Facts by cell and key. */
export function sumsOf(facts: readonly Fact[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { cell: name, key, delta } of facts) {
    sums[`${name} ${key}`] = (sums[`${name} ${key}`] ?? 0) + delta;
  }
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
}
