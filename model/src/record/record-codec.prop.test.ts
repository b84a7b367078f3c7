import fc from 'fast-check';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

import { isSumKey } from '../facts/fact.ts';
import type { LogRow } from '../fold/log-row.ts';
import type { BlockPart, PackedRecord } from './packed-record.ts';
import { type LineColumns, rowAt } from './read-lines.ts';
import {
  decodeFacts,
  decodeLines,
  decodeLinesOf,
  encodeRecord,
  factOf,
  openRecord,
  readBlocks,
  useFactColumns,
  useLineColumns,
  useSums,
} from './record-codec.ts';
import { fingerprintOf } from './single-object.ts';
import { textAt, type TextSpans } from './text-spans.ts';

/** What avsc reads and writes as a long without loss. */
const LONG_MAX = 2 ** 52 - 1;

const row = (block: number): fc.Arbitrary<LogRow> =>
  fc.record({
    block: fc.constant(block),
    tx: fc.nat(),
    index: fc.nat(),
    vid: fc.oneof(fc.constantFrom('a', 'b'), fc.string()),
    kind: fc.constantFrom('trip', 'registered'),
    at: fc.constant('2026-01-02'),
    recordedAtMs: fc.integer({ min: 0, max: LONG_MAX }),
    place: fc.option(fc.record({ source: fc.string(), entry: fc.nat(), index: fc.nat() })),
    odometerKm: fc.option(fc.nat()),
    quality: fc.option(fc.nat(1000)),
    detail: fc.string({ unit: 'grapheme' }),
  }) as unknown as fc.Arbitrary<LogRow>;

const fact = fc.record({
  cell: fc.string({ maxLength: 3 }),
  key: fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom('trips', 'a#1', 'ä@b', 'a:b')),
  delta: fc.integer({ min: -LONG_MAX, max: LONG_MAX }),
});

const blocks: fc.Arbitrary<BlockPart[]> = fc
  .tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 4 }))
  .chain(([first, count]) =>
    fc.tuple(
      ...Array.from({ length: count }, (_, offset) =>
        fc.record({
          number: fc.constant(first + offset),
          hash: fc
            .uint8Array({ minLength: 32, maxLength: 32 })
            .map((bytes) => Buffer.from(bytes).toString('hex')),
          ledgerTimeMs: fc.integer({ min: 0, max: LONG_MAX }),
          rows: fc.array(row(first + offset), { maxLength: 3 }),
          facts: fc.array(fact, { maxLength: 5 }),
        }),
      ),
    ),
  );

const record: fc.Arbitrary<PackedRecord> = fc.record({
  ledger: fc.constant('fabric:0123'),
  partition: fc.nat(7),
  partitions: fc.constant(8),
  epochBlocks: fc.constant(64),
  definitions: fc.constant(1),
  blocks,
});

const line = {
  ...{ block: 7, tx: 0, index: 0, vid: 'a', kind: 'trip', at: '2026-01-02', recordedAtMs: 5 },
  ...{ place: null, odometerKm: 7, quality: null, detail: '{}' },
};

const twoLines = {
  ...{ ledger: 'fabric:0123', partition: 0, partitions: 8, epochBlocks: 64, definitions: 1 },
  blocks: [
    {
      ...{ number: 7, hash: '00'.repeat(32), ledgerTimeMs: 5, facts: [] },
      rows: [line, { ...line, vid: 'b' }],
    },
  ],
} as unknown as PackedRecord;

function textsOf(spans: TextSpans): string[] {
  return Array.from({ length: spans.count }, (_, place) => textAt(spans, place));
}

function rowsOf(lines: LineColumns): LogRow[] {
  return Array.from({ length: lines.count }, (_, line) => rowAt(lines, line));
}

describe('a record', () => {
  test('comes back as it was written, whole or its facts alone', () => {
    fc.assert(
      fc.property(record, (written) => {
        const bytes = encodeRecord(written);
        expect(encodeRecord(written).equals(bytes)).toBe(true);
        const opened = openRecord(bytes);
        expect(opened).toMatchObject({
          ledger: written.ledger,
          partition: written.partition,
          partitions: written.partitions,
          definitions: written.definitions,
          first: written.blocks[0]?.number,
          last: written.blocks.at(-1)?.number,
        });
        expect(readBlocks(opened)).toEqual(written.blocks);
        const facts = decodeFacts(opened.facts);
        expect(facts.factDeltas.map((_, index) => factOf(facts, index))).toEqual(
          written.blocks.flatMap((block) => block.facts),
        );
      }),
    );
  });

  test('has the same facts and lines by column', () => {
    fc.assert(
      fc.property(record, (written) => {
        const { facts, lines } = openRecord(encodeRecord(written));
        const { vids: _, ...all } = decodeFacts(facts);
        const read = useFactColumns(facts, ({ blocks, ...columns }) => ({
          blocks,
          cells: textsOf(columns.cells),
          keys: textsOf(columns.keys),
          factCells: [...columns.factCells],
          factKeys: [...columns.factKeys],
          factDeltas: [...columns.factDeltas],
        }));
        expect(read).toEqual(all);
        const rows = useLineColumns(lines, rowsOf);
        expect(rows).toEqual(written.blocks.flatMap((block) => block.rows));
      }),
    );
  });

  test('of more lines than there was room for has them by column', () => {
    const [block] = twoLines.blocks;
    if (block === undefined) throw new Error('no block');
    const rows = Array.from({ length: 5_000 }, (_, index) => ({ ...line, index })) as LogRow[];
    const { lines } = openRecord(encodeRecord({ ...twoLines, blocks: [{ ...block, rows }] }));
    expect(useLineColumns(lines, rowsOf)).toEqual(rows);
    // They all lie where the first one does.
    const starts = useLineColumns(lines, ({ vid, count }) => vid.starts.slice(0, count));
    expect(new Set(starts).size).toBe(1);
  });

  test('has no source of a line where that of another one lies, unless it is the same', () => {
    const [block] = twoLines.blocks;
    if (block === undefined) throw new Error('no block');
    const sources = [null, '', '', null, 'a', 'a', 'b'];
    const rows = sources.map((source) => ({
      ...line,
      place: source === null ? null : { source, entry: 0, index: 0 },
    })) as unknown as LogRow[];
    const { lines } = openRecord(encodeRecord({ ...twoLines, blocks: [{ ...block, rows }] }));
    const starts = useLineColumns(lines, ({ source }) => [...source.starts.slice(0, rows.length)]);
    const isAsBefore = starts.map((start, place) => place > 0 && start === starts[place - 1]);
    expect([isAsBefore[1], isAsBefore[4], isAsBefore[5], isAsBefore[6]]).toEqual([
      ...[false, false, true, false],
    ]);
  });

  test('whose lines are no lines has none by column', () => {
    const bytes = zstdDecompressSync(openRecord(encodeRecord(twoLines)).lines);
    const read = (cut: Uint8Array) => () =>
      useLineColumns(zstdCompressSync(cut), ({ vid }) => textsOf(vid));
    expect(read(bytes)()).toEqual(['a', 'b']);
    for (let end = 0; end < bytes.length; end += 1) {
      expect(read(bytes.subarray(0, end))).toThrow(/^RECORD_UNREADABLE: /);
    }
    expect(read(Buffer.concat([bytes, Buffer.of(0)]))).toThrow('it ends too late');
  });

  test('has the facts that are sums, as they are among all', () => {
    fc.assert(
      fc.property(record, (written) => {
        const { facts } = openRecord(encodeRecord(written));
        const all = decodeFacts(facts);
        useSums(facts, (sums) => {
          expect(sums.blocks).toEqual(all.blocks);
          expect(textsOf(sums.cells)).toEqual(all.cells);
          expect(textsOf(sums.vids)).toEqual(all.vids);
          expect(sums.keys).toEqual(all.keys.map((key) => (isSumKey(key) ? key : undefined)));
          expect([...sums.factCells]).toEqual(all.factCells);
          expect([...sums.factKeys]).toEqual(all.factKeys);
          expect([...sums.factDeltas]).toEqual(all.factDeltas);
        });
      }),
    );
  });

  test('whose facts are no facts has no sums', () => {
    const deltas = [7, -300];
    const facts = deltas.map((delta) => ({ cell: 'usage', key: 'trips', delta }));
    const blocks = twoLines.blocks.map((block) => ({ ...block, facts }));
    const bytes = zstdDecompressSync(openRecord(encodeRecord({ ...twoLines, blocks })).facts);
    const sums = (cut: Uint8Array) => () =>
      useSums(zstdCompressSync(cut), ({ factDeltas }) => [...factDeltas]);
    expect(sums(bytes)()).toEqual(deltas);
    for (let end = 0; end < bytes.length; end += 1) {
      expect(sums(bytes.subarray(0, end))).toThrow(/^RECORD_UNREADABLE: /);
    }
    expect(sums(Buffer.concat([bytes, Buffer.of(0)]))).toThrow('it ends too late');
  });

  test('has the lines of one vehicle, as they are among all', () => {
    fc.assert(
      fc.property(record, fc.constantFrom('a', 'b', ''), (written, vid) => {
        const { lines } = openRecord(encodeRecord(written));
        const own = decodeLines(lines).filter((row) => row.vid === vid);
        expect(decodeLinesOf(vid, lines)).toEqual(own);
      }),
    );
  });

  test('whose lines are no lines is not read', () => {
    const lines = zstdDecompressSync(openRecord(encodeRecord(twoLines)).lines);
    const whole = (bytes: Uint8Array) => () => decodeLinesOf('a', zstdCompressSync(bytes));
    expect(whole(lines)()).toHaveLength(1);
    for (let end = 0; end < lines.length; end += 1) {
      expect(whole(lines.subarray(0, end))).toThrow('it ends too early');
    }
    expect(whole(Buffer.concat([lines, Buffer.of(0)]))).toThrow('it ends too late');
  });

  test('that was changed anywhere, or cut, is not read', () => {
    fc.assert(
      fc.property(record, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, where, mask) => {
        const bytes = encodeRecord(written);
        const { facts, lines } = openRecord(bytes);
        // Behind the facts there are the lines and their length.
        const at = bytes.length - 1 - (where % (facts.length + lines.length));
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ mask;
        expect(() => openRecord(changed)).toThrow(/^RECORD_UNREADABLE: /);
        expect(() => openRecord(bytes.subarray(0, at))).toThrow(/^RECORD_UNREADABLE: /);
      }),
    );
  });

  test.each([[''], ['{}'], ['c301'], ['c3010000000000000000']])('%j is none', (hex) => {
    expect(() => openRecord(Buffer.from(hex, 'hex'))).toThrow(/^RECORD_UNREADABLE: /);
  });
});

test('a fact too large to come back as it was is not written', () => {
  const facts = [{ cell: 'c', key: 'k', delta: -(2 ** 52) }];
  const block = { number: 1, hash: '00'.repeat(32), ledgerTimeMs: 0, rows: [], facts };
  const known = { ledger: 'l', partition: 0, partitions: 1, epochBlocks: 64, definitions: 1 };
  expect(() => encodeRecord({ ...known, blocks: [block] })).toThrow(RangeError);
});

test('fingerprints are those of the Avro specification', () => {
  // From the test data of Apache Avro, share/test/data/schema-tests.txt.
  for (const [schema, fingerprint] of [
    ['"null"', 7195948357588979594n],
    ['"int"', 8247732601305521295n],
    ['"string"', -8142146995180207161n],
  ] as const) {
    expect(fingerprintOf(schema).readBigInt64LE()).toBe(fingerprint);
  }
});
