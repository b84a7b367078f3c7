import { expect, test } from 'vitest';

import type { LogFixture } from './log-fixture.ts';
import { collect, numbered, numberOf, take } from './records.ts';

/** Partitions that come and go, readers beside each other and at their end. */
export function assignmentCases(fixture: LogFixture): void {
  test('two readers do not know of each other', async () => {
    const log = await fixture.open();
    await log.append(numbered(0, 0, 4));
    const one = fixture.read(log, [0, 'earliest']);
    const other = fixture.read(log, [0, 'earliest']);
    const [ofOne, ofOther] = await Promise.all([take(one, 4), take(other, 4)]);
    expect(ofOne.map(numberOf)).toEqual([0, 1, 2, 3]);
    expect(ofOther.map(numberOf)).toEqual([0, 1, 2, 3]);
  });

  test('partitions come and go while a reader reads', async () => {
    const log = await fixture.open(3);
    await log.append([...numbered(0, 0, 2), ...numbered(1, 10, 2), ...numbered(2, 20, 2)]);
    const reader = fixture.read(log, [0, 'earliest']);
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
    const log = await fixture.open();
    await log.append(numbered(0, 0, 3));
    const reader = fixture.read(log, [0, 'earliest'], [1, 'earliest']);
    // Time to fetch ahead.
    await new Promise((done) => setTimeout(done, 1_500));
    reader.revoke(0);
    await log.append(numbered(1, 10, 1));
    expect((await take(reader, 1)).map(numberOf)).toEqual([10]);
  });

  test('what is being fetched of a partition is not delivered after it was revoked', async () => {
    const log = await fixture.open();
    const large = { partition: 0, value: Buffer.alloc(900_000, '7') };
    await log.append(Array.from({ length: 6 }, () => large));
    const reader = fixture.read(log, [1, 'earliest']);
    for (let round = 0; round < 20; round += 1) {
      reader.assign(0, 'earliest');
      // Ends a wait, so that the next fetch is of both.
      await log.append(numbered(1, 2 * round, 1));
      // It is revoked in every state of that fetch, in one round or another.
      await new Promise((done) => setTimeout(done, round));
      reader.revoke(0);
      await log.append(numbered(1, 2 * round + 1, 1));
      expect((await take(reader, 2)).map(numberOf)).toEqual([2 * round, 2 * round + 1]);
    }
  });

  test('close ends a reader that waits, and closing the log ends all of its readers', async () => {
    const log = await fixture.open();
    const one = fixture.read(log, [0, 'earliest']);
    const other = fixture.read(log, [0, 'earliest']);
    const ofOne = collect(one);
    const ofOther = collect(other);
    await one.close();
    expect(await ofOne).toEqual([]);
    await one.close();
    await log.close();
    expect(await ofOther).toEqual([]);
    await log.close();
  });
}
