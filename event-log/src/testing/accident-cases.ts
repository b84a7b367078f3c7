import { randomUUID } from 'node:crypto';

import { expect, test } from 'vitest';

import { RECORD_BYTES_MAX } from '../event-log.ts';
import type { LogFixture } from './log-fixture.ts';
import { collect, numbered, numberOf, take, valuesOf } from './records.ts';

/** Refusals, and servers that die. */
export function accidentCases(fixture: LogFixture): void {
  test('a record that is too large is refused, and its neighbours are not written', async () => {
    const log = await fixture.open();
    const large = { partition: 0, value: new Uint8Array(RECORD_BYTES_MAX + 1) };
    const append = log.append([...numbered(0, 0, 1), large]);
    await expect(append).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE', retry: 'never' });
    expect(await log.last(0)).toBeUndefined();
    await log.append([{ partition: 0, value: new Uint8Array(RECORD_BYTES_MAX) }]);
    expect((await log.last(0))?.value.length).toBe(RECORD_BYTES_MAX);
  });

  test('a log that is there is not opened with another number of partitions', async () => {
    const name = `log-${randomUUID()}`;
    const log = await fixture.open(2, name);
    await log.append(numbered(1, 4, 1));
    const again = await fixture.open(2, name);
    expect((await take(fixture.read(again, [1, 'earliest']), 1)).map(numberOf)).toEqual([4]);
    await expect(fixture.open(3, name)).rejects.toMatchObject({ code: 'LOG_PARTITIONS_DIFFER' });
  });

  test('kill -9 of the server in the middle of appends loses nothing that was acknowledged', async () => {
    const log = await fixture.open();
    const reader = fixture.read(log, [0, 'earliest']);
    const acknowledged: number[] = [];
    const over = new AbortController();
    const appending = (async () => {
      for (let number = 0; !over.signal.aborted; number += 10) {
        await log.append(numbered(0, number, 10));
        acknowledged.push(...Array.from({ length: 10 }, (_, at) => number + at));
      }
    })();
    const enough = async (count: number): Promise<void> => {
      while (acknowledged.length < count) await new Promise((done) => setTimeout(done, 5));
    };
    await enough(100);
    await fixture.server().kill();
    await fixture.server().restart();
    await enough(acknowledged.length + 100);
    over.abort();
    await appending;
    const wanted = acknowledged.length;
    for (const source of [reader, fixture.read(log, [0, 'earliest'])]) {
      // The last one is there once; what was repeated may be there twice.
      const seen = await valuesOf(source, (number) => number === wanted - 1);
      expect([...new Set(seen)]).toEqual(acknowledged);
    }
  });

  test('a server that is away for too long is told, and the log works when it is back', async () => {
    const log = await fixture.open(2, undefined, { outageMsMax: 1_000 });
    await log.append(numbered(0, 0, 1));
    const reader = fixture.read(log, [0, 'earliest']);
    expect((await take(reader, 1)).map(numberOf)).toEqual([0]);
    const reads = collect(reader);
    await fixture.server().kill();
    const failed = await Promise.allSettled([
      log.append(numbered(0, 1, 1)),
      log.append(numbered(0, 2, 1)),
      log.last(0),
      log.lag(0, 'earliest'),
      reads,
    ]);
    for (const result of failed) {
      const reason = { code: 'LOG_UNAVAILABLE', retry: 'same-id' };
      expect(result).toMatchObject({ status: 'rejected', reason });
    }
    await fixture.server().restart();
    await expect.poll(() => log.append(numbered(0, 1, 1)), { timeout: 60_000 }).toBeUndefined();
    const records = await take(fixture.read(log, [0, 'earliest']), 2);
    expect(records.map(numberOf)).toEqual([0, 1]);
  });
}
