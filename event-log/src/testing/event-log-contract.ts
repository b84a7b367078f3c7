import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type { EventLog, LogReader, LogRecord, ReadFrom } from '../event-log.ts';
import { RECORD_BYTES_MAX } from '../event-log.ts';
import { LogTrimmed, LogUnavailable } from '../log-error.ts';
import type { LogLimits } from '../shared/log-limits.ts';
import { collect, numbered, numberOf, take, valuesOf } from './records.ts';

/** A server that logs are opened on, and that accidents happen to. */
export type LogServer = {
  open(options: {
    readonly name: string;
    readonly partitions: number;
    readonly limits?: Partial<LogLimits>;
  }): Promise<EventLog>;
  /** Ends the server by SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again with the same data, at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

const START_MS_MAX = 180_000;
const TEST_MS_MAX = 90_000;

/** What every log must do, on whatever server: made once for each adapter. */
export function describeEventLog(title: string, startServer: () => Promise<LogServer>): void {
  describe(title, { timeout: TEST_MS_MAX }, () => {
    let server: LogServer;
    const cleanUps: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      server = await startServer();
    }, START_MS_MAX);
    afterAll(async () => server?.stop());
    afterEach(async () => {
      for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
    });

    async function open(
      partitions = 2,
      name = `log-${randomUUID()}`,
      limits: Partial<LogLimits> = {},
    ): Promise<EventLog> {
      const log = await server.open({ name, partitions, limits });
      cleanUps.push(() => log.close());
      return log;
    }

    function reading(log: EventLog, ...from: [partition: number, from: ReadFrom][]): LogReader {
      const reader = log.openReader(new Map(from));
      cleanUps.push(() => reader.close());
      return reader;
    }

    test('records of a partition are read in the order in which they were appended', async () => {
      const log = await open(3);
      const appends = Array.from({ length: 20 }, (_, call) =>
        log.append([0, 1, 2].flatMap((partition) => numbered(partition, call * 5, 5))),
      );
      await Promise.all(appends);
      const reader = reading(log, [0, 'earliest'], [1, 'earliest'], [2, 'earliest']);
      const records = await take(reader, 300);
      const wanted = Array.from({ length: 100 }, (_, number) => number);
      for (const partition of [0, 1, 2]) {
        const own = records.filter((record) => record.partition === partition);
        expect(own.map(numberOf)).toEqual(wanted);
      }
    });

    test('a reader waits at the end, and gets what is appended then', async () => {
      const log = await open();
      const reader = reading(log, [0, 'earliest'], [1, 'earliest']);
      const first = take(reader, 1);
      await log.append(numbered(1, 7, 1));
      expect((await first).map(numberOf)).toEqual([7]);
      await log.append(numbered(0, 8, 1));
      expect((await take(reader, 1)).map(numberOf)).toEqual([8]);
    });

    test('a reader goes on after the position that was consumed last', async () => {
      const log = await open();
      await log.append(numbered(0, 0, 10));
      const [, , third] = await take(reading(log, [0, 'earliest']), 10);
      const reader = reading(log, [0, third?.position ?? '']);
      expect((await take(reader, 7)).map(numberOf)).toEqual([3, 4, 5, 6, 7, 8, 9]);
    });

    test('two readers do not know of each other', async () => {
      const log = await open();
      await log.append(numbered(0, 0, 4));
      const one = reading(log, [0, 'earliest']);
      const other = reading(log, [0, 'earliest']);
      const [ofOne, ofOther] = await Promise.all([take(one, 4), take(other, 4)]);
      expect(ofOne.map(numberOf)).toEqual([0, 1, 2, 3]);
      expect(ofOther.map(numberOf)).toEqual([0, 1, 2, 3]);
    });

    test('partitions come and go while a reader reads', async () => {
      const log = await open(3);
      await log.append([...numbered(0, 0, 2), ...numbered(1, 10, 2), ...numbered(2, 20, 2)]);
      const reader = reading(log, [0, 'earliest']);
      expect((await take(reader, 2)).map(numberOf)).toEqual([0, 1]);
      reader.assign(1, 'earliest');
      expect((await take(reader, 2)).map(numberOf)).toEqual([10, 11]);
      reader.revoke(0);
      await log.append([...numbered(0, 2, 1), ...numbered(1, 12, 1)]);
      expect((await take(reader, 1)).map(numberOf)).toEqual([12]);
      reader.assign(0, 'earliest');
      expect((await take(reader, 3)).map(numberOf)).toEqual([0, 1, 2]);
      expect(reader.rebuilds).toBe(0);
    });

    test('what was fetched of a partition is not delivered after it was revoked', async () => {
      const log = await open();
      await log.append(numbered(0, 0, 3));
      const reader = reading(log, [0, 'earliest'], [1, 'earliest']);
      // Time to fetch ahead.
      await new Promise((done) => setTimeout(done, 1_500));
      reader.revoke(0);
      await log.append(numbered(1, 10, 1));
      expect((await take(reader, 1)).map(numberOf)).toEqual([10]);
    });

    test('records of 900 kB arrive whole, also when the reader is slow', async () => {
      const limits = { fetchBytesMax: 2_000_000, readAheadBytesMax: 2_000_000 };
      const log = await open(2, undefined, limits);
      const values = Array.from({ length: 12 }, (_, at) => Buffer.alloc(900_000, at));
      await log.append(values.map((value, at) => ({ partition: at % 2, value })));
      const reader = reading(log, [0, 'earliest'], [1, 'earliest']);
      const first = await reader[Symbol.asyncIterator]().next();
      const records: LogRecord[] = [...(first.value?.records ?? [])];
      await new Promise((done) => setTimeout(done, 1_000));
      records.push(...(await take(reader, 12 - records.length)));
      const found = records.map(({ value }) => value[0]).toSorted((a, b) => Number(a) - Number(b));
      expect(found).toEqual(values.map((value) => value[0]));
      expect(records.every(({ value }) => value.length === 900_000)).toBe(true);
      const spread = records.map(({ value }) => value.every((byte) => byte === value[0]));
      expect(spread).not.toContain(false);
    });

    test('a record that is too large is refused, and its neighbours are not written', async () => {
      const log = await open();
      const large = { partition: 0, value: new Uint8Array(RECORD_BYTES_MAX + 1) };
      const append = log.append([...numbered(0, 0, 1), large]);
      await expect(append).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE', retry: 'never' });
      expect(await log.last(0)).toBeUndefined();
      await log.append([{ partition: 0, value: new Uint8Array(RECORD_BYTES_MAX) }]);
      expect((await log.last(0))?.value.length).toBe(RECORD_BYTES_MAX);
    });

    test('last is the newest record of a partition, and nothing while there is none', async () => {
      const log = await open();
      expect(await log.last(0)).toBeUndefined();
      await log.append(numbered(0, 0, 5));
      const last = await log.last(0);
      expect(last && numberOf(last)).toBe(4);
      expect(await log.last(1)).toBeUndefined();
      await log.append(numbered(0, 5, 1));
      const next = await log.last(0);
      expect(next && numberOf(next)).toBe(5);
    });

    test('trimmed records are gone, the others stay', async () => {
      const log = await open();
      await log.append(numbered(0, 0, 10));
      const records = await take(reading(log, [0, 'earliest']), 10);
      const position = (at: number): string => records[at]?.position ?? '';
      await log.trim(0, position(3));
      await log.trim(0, position(3));
      await log.trim(0, position(1));
      const earliest = await take(reading(log, [0, 'earliest']), 6);
      expect(earliest.map(numberOf)).toEqual([4, 5, 6, 7, 8, 9]);
      const afterTheMark = await take(reading(log, [0, position(3)]), 6);
      expect(afterTheMark.map(numberOf)).toEqual([4, 5, 6, 7, 8, 9]);
      const last = await log.last(0);
      expect(last?.position).toBe(position(9));
    });

    test('reading from a place that was trimmed fails, and names it', async () => {
      const log = await open();
      await log.append(numbered(0, 0, 10));
      const records = await take(reading(log, [0, 'earliest']), 10);
      const position = records[2]?.position;
      await log.trim(0, records[3]?.position ?? '');
      const late = take(reading(log, [0, position ?? '']), 1);
      await expect(late).rejects.toMatchObject({ code: 'LOG_TRIMMED', partition: 0, position });
    });

    test('a log that was trimmed to nothing is not an empty one', async () => {
      const log = await open();
      await log.append(numbered(0, 0, 3));
      const [first, , newest] = await take(reading(log, [0, 'earliest']), 3);
      const position = newest?.position ?? '';
      await log.trim(0, position);
      await expect(log.last(0)).rejects.toEqual(new LogTrimmed(0, position));
      const late = take(reading(log, [0, first?.position ?? '']), 1);
      await expect(late).rejects.toMatchObject({ code: 'LOG_TRIMMED' });
      const upToDate = reading(log, [0, position]);
      const next = take(upToDate, 1);
      await log.append(numbered(0, 3, 1));
      expect((await next).map(numberOf)).toEqual([3]);
      const last = await log.last(0);
      expect(last && numberOf(last)).toBe(3);
    });

    test('a position beyond the end is of another log', async () => {
      const log = await open();
      await log.append(numbered(0, 0, 1));
      const unknown = { code: 'LOG_POSITION_UNKNOWN', partition: 0, position: '1000' };
      await expect(take(reading(log, [0, '1000']), 1)).rejects.toMatchObject(unknown);
      await expect(log.trim(0, '1000')).rejects.toMatchObject(unknown);
      await expect(log.lag(0, '1000')).rejects.toMatchObject(unknown);
      await expect(log.trim(0, 'elsewhere')).rejects.toThrow(RangeError);
      expect(() => log.openReader(new Map([[2, 'earliest']]))).toThrow(RangeError);
    });

    test('lag counts the records that come after a position', async () => {
      const log = await open();
      expect(await log.lag(0, 'earliest')).toBe(0);
      await log.append(numbered(0, 0, 10));
      const records = await take(reading(log, [0, 'earliest']), 10);
      expect(await log.lag(0, 'earliest')).toBe(10);
      expect(await log.lag(0, records[3]?.position ?? '')).toBe(6);
      expect(await log.lag(0, records[9]?.position ?? '')).toBe(0);
      await log.trim(0, records[7]?.position ?? '');
      expect(await log.lag(0, 'earliest')).toBe(2);
      expect(await log.lag(0, records[3]?.position ?? '')).toBe(6);
    });

    test('close ends a reader that waits, and closing the log ends all of its readers', async () => {
      const log = await open();
      const one = reading(log, [0, 'earliest']);
      const other = reading(log, [0, 'earliest']);
      const ofOne = collect(one);
      const ofOther = collect(other);
      await one.close();
      expect(await ofOne).toEqual([]);
      await one.close();
      await log.close();
      expect(await ofOther).toEqual([]);
      await log.close();
    });

    test('a log that is there is not opened with another number of partitions', async () => {
      const name = `log-${randomUUID()}`;
      const log = await open(2, name);
      await log.append(numbered(1, 4, 1));
      const again = await open(2, name);
      expect((await take(reading(again, [1, 'earliest']), 1)).map(numberOf)).toEqual([4]);
      await expect(open(3, name)).rejects.toMatchObject({ code: 'LOG_PARTITIONS_DIFFER' });
    });

    test('kill -9 of the server in the middle of appends loses nothing that was acknowledged', async () => {
      const log = await open();
      const reader = reading(log, [0, 'earliest']);
      const acknowledged: number[] = [];
      let isOver = false;
      const appending = (async () => {
        for (let number = 0; !isOver; number += 10) {
          await log.append(numbered(0, number, 10));
          acknowledged.push(...Array.from({ length: 10 }, (_, at) => number + at));
        }
      })();
      const enough = async (count: number): Promise<void> => {
        while (acknowledged.length < count) await new Promise((done) => setTimeout(done, 5));
      };
      await enough(100);
      await server.kill();
      await server.restart();
      await enough(acknowledged.length + 100);
      isOver = true;
      await appending;
      const wanted = acknowledged.length;
      for (const source of [reader, reading(log, [0, 'earliest'])]) {
        // The last one is there once; what was repeated may be there twice.
        const seen = await valuesOf(source, (number) => number === wanted - 1);
        expect([...new Set(seen)]).toEqual(acknowledged);
      }
    });

    test('a server that is away for too long is told, and the log works when it is back', async () => {
      const log = await open(2, undefined, { outageMsMax: 1_000 });
      await log.append(numbered(0, 0, 1));
      const reader = reading(log, [0, 'earliest']);
      expect((await take(reader, 1)).map(numberOf)).toEqual([0]);
      const reads = collect(reader);
      await server.kill();
      const failed = await Promise.allSettled([
        log.append(numbered(0, 1, 1)),
        log.append(numbered(0, 2, 1)),
        log.last(0),
        log.lag(0, 'earliest'),
        reads,
      ]);
      for (const result of failed) {
        expect(result).toMatchObject({ status: 'rejected', reason: expect.any(LogUnavailable) });
        expect(result).toMatchObject({ reason: { code: 'LOG_UNAVAILABLE', retry: 'same-id' } });
      }
      await server.restart();
      await expect.poll(() => log.append(numbered(0, 1, 1)), { timeout: 60_000 }).toBeUndefined();
      const records = await take(reading(log, [0, 'earliest']), 2);
      expect(records.map(numberOf)).toEqual([0, 1]);
    });
  });
}
