import { expect, test } from 'vitest';

import type { LogRecord } from '../event-log.ts';
import type { LogFixture } from './log-fixture.ts';
import { numbered, numberOf, take } from './records.ts';

/** Order, positions, back-pressure. */
export function readingCases(fixture: LogFixture): void {
  test('records of a partition are read in the order in which they were appended', async () => {
    const log = await fixture.open(3);
    const appends = Array.from({ length: 20 }, (_, call) =>
      log.append([0, 1, 2].flatMap((partition) => numbered(partition, call * 5, 5))),
    );
    await Promise.all(appends);
    const reader = fixture.read(log, [0, 'earliest'], [1, 'earliest'], [2, 'earliest']);
    const records = await take(reader, 300);
    const wanted = Array.from({ length: 100 }, (_, number) => number);
    for (const partition of [0, 1, 2]) {
      const own = records.filter((record) => record.partition === partition);
      expect(own.map(numberOf)).toEqual(wanted);
    }
  });

  test('a batch says whether it is the last one that there was', async () => {
    const limits = { fetchBytesMax: 1_000, readAheadBytesMax: 1_000 };
    const log = await fixture.open(2, undefined, limits);
    const value = Buffer.alloc(700);
    await log.append([0, 0, 0, 0, 1].map((partition) => ({ partition, value })));
    const ends = [3, 0];
    const numbers = [-1, -1];
    for await (const batch of fixture.read(log, [0, 'earliest'], [1, 'earliest'])) {
      const { partition, records, isAtEnd } = batch;
      numbers[partition] = (numbers[partition] ?? -1) + records.length;
      expect(isAtEnd).toBe(numbers[partition] === ends[partition]);
      if (numbers.join() === ends.join()) break;
    }
  });

  test('a reader waits at the end, and gets what is appended then', async () => {
    const log = await fixture.open();
    const reader = fixture.read(log, [0, 'earliest'], [1, 'earliest']);
    const first = take(reader, 1);
    await log.append(numbered(1, 7, 1));
    expect((await first).map(numberOf)).toEqual([7]);
    await log.append(numbered(0, 8, 1));
    expect((await take(reader, 1)).map(numberOf)).toEqual([8]);
  });

  test('a reader goes on after the position that was consumed last', async () => {
    const log = await fixture.open();
    await log.append(numbered(0, 0, 10));
    const [, , third] = await take(fixture.read(log, [0, 'earliest']), 10);
    const reader = fixture.read(log, [0, third?.position ?? '']);
    expect((await take(reader, 7)).map(numberOf)).toEqual([3, 4, 5, 6, 7, 8, 9]);
  });

  test('records of 900 kB arrive whole, also when the reader is slow', async () => {
    const limits = { fetchBytesMax: 2_000_000, readAheadBytesMax: 2_000_000 };
    const log = await fixture.open(2, undefined, limits);
    const values = Array.from({ length: 12 }, (_, at) => Buffer.alloc(900_000, at));
    await log.append(values.map((value, at) => ({ partition: at % 2, value })));
    const reader = fixture.read(log, [0, 'earliest'], [1, 'earliest']);
    const records: LogRecord[] = [];
    for await (const batch of reader) {
      if (records.length === 0) await new Promise((done) => setTimeout(done, 1_000));
      records.push(...batch.records);
      if (records.length === values.length) break;
    }
    const found = records.map(({ value }) => value[0]).toSorted((a, b) => Number(a) - Number(b));
    expect(found).toEqual(values.map((value) => value[0]));
    expect(records.every(({ value }) => value.length === 900_000)).toBe(true);
    const spread = records.map(({ value }) => value.every((byte) => byte === value[0]));
    expect(spread).not.toContain(false);
  });
}
