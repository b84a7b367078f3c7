import { expect, test } from 'vitest';

import { LogTrimmed } from '../log-error.ts';
import type { LogFixture } from './log-fixture.ts';
import { numbered, numberOf, take } from './records.ts';

/** What is kept and what is not. */
export function trimmingCases(fixture: LogFixture): void {
  test('trimmed records are gone, the others stay', async () => {
    const log = await fixture.open();
    await log.append(numbered(0, 0, 10));
    const records = await take(fixture.read(log, [0, 'earliest']), 10);
    const position = (at: number): string => records[at]?.position ?? '';
    await log.trim(0, position(3));
    await log.trim(0, position(3));
    await log.trim(0, position(1));
    const earliest = await take(fixture.read(log, [0, 'earliest']), 6);
    expect(earliest.map(numberOf)).toEqual([4, 5, 6, 7, 8, 9]);
    const afterTheMark = await take(fixture.read(log, [0, position(3)]), 6);
    expect(afterTheMark.map(numberOf)).toEqual([4, 5, 6, 7, 8, 9]);
    const last = await log.last(0);
    expect(last?.position).toBe(position(9));
  });

  test('reading from a place that was trimmed fails, and names it', async () => {
    const log = await fixture.open();
    await log.append(numbered(0, 0, 10));
    const records = await take(fixture.read(log, [0, 'earliest']), 10);
    const position = records[2]?.position;
    await log.trim(0, records[3]?.position ?? '');
    const late = take(fixture.read(log, [0, position ?? '']), 1);
    await expect(late).rejects.toMatchObject({ code: 'LOG_TRIMMED', partition: 0, position });
  });

  test('a log that was trimmed to nothing is not an empty one', async () => {
    const log = await fixture.open();
    await log.append(numbered(0, 0, 3));
    const [first, , newest] = await take(fixture.read(log, [0, 'earliest']), 3);
    const position = newest?.position ?? '';
    await log.trim(0, position);
    await expect(log.last(0)).rejects.toEqual(new LogTrimmed(0, position));
    const late = take(fixture.read(log, [0, first?.position ?? '']), 1);
    await expect(late).rejects.toMatchObject({ code: 'LOG_TRIMMED' });
    const upToDate = fixture.read(log, [0, position]);
    const next = take(upToDate, 1);
    await log.append(numbered(0, 3, 1));
    expect((await next).map(numberOf)).toEqual([3]);
    const last = await log.last(0);
    expect(last && numberOf(last)).toBe(3);
  });
}
