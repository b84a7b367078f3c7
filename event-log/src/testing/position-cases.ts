import { expect, test } from 'vitest';

import type { LogFixture } from './log-fixture.ts';
import { numbered, numberOf, take } from './records.ts';

/** The newest record, how far it is, and places that are not of the log. */
export function positionCases(fixture: LogFixture): void {
  test('last is the newest record of a partition, and nothing while there is none', async () => {
    const log = await fixture.open();
    expect(await log.last(0)).toBeUndefined();
    await log.append(numbered(0, 0, 5));
    const last = await log.last(0);
    expect(last && numberOf(last)).toBe(4);
    expect(await log.last(1)).toBeUndefined();
    await log.append(numbered(0, 5, 1));
    const next = await log.last(0);
    expect(next && numberOf(next)).toBe(5);
  });

  test('a position beyond the end is of another log', async () => {
    const log = await fixture.open();
    await log.append(numbered(0, 0, 1));
    const unknown = { code: 'LOG_POSITION_UNKNOWN', partition: 0, position: '1000' };
    await expect(take(fixture.read(log, [0, '1000']), 1)).rejects.toMatchObject(unknown);
    await expect(log.trim(0, '1000')).rejects.toMatchObject(unknown);
    await expect(log.lag(0, '1000')).rejects.toMatchObject(unknown);
    await expect(log.trim(0, 'elsewhere')).rejects.toThrow(RangeError);
    expect(() => log.openReader(new Map([[2, 'earliest']]))).toThrow(RangeError);
  });

  test('lag counts the records that come after a position', async () => {
    const log = await fixture.open();
    expect(await log.lag(0, 'earliest')).toBe(0);
    await log.append(numbered(0, 0, 10));
    const records = await take(fixture.read(log, [0, 'earliest']), 10);
    expect(await log.lag(0, 'earliest')).toBe(10);
    expect(await log.lag(0, records[3]?.position ?? '')).toBe(6);
    expect(await log.lag(0, records[9]?.position ?? '')).toBe(0);
    await log.trim(0, records[7]?.position ?? '');
    expect(await log.lag(0, 'earliest')).toBe(2);
    expect(await log.lag(0, records[3]?.position ?? '')).toBe(6);
  });
}
