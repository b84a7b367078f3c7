import { VIEW_DEFINITIONS } from '@passport/model';
import { createLogger } from '@passport/runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { defaultSqlLimits, type SqlLimits } from './limits.ts';
import { SqlDesk } from './sql-desk.ts';
import { BatchArchive, manyBatches, someBatches } from './testing/some-batches.ts';

const START_MS = 60_000;
const logger = createLogger({ name: 'test', level: 'error', destination: { write: () => {} } });
const descriptor = { answers: ['sql' as const], views: ['usage' as const] };
const count = 'SELECT max(released_block), count(*) FROM released_usage';
const crossed = (times: number): string =>
  Array.from({ length: times }, (_, number) => `released_usage t${number}`).join(', ');
/** More combinations than anybody waits for. */
const endless = `SELECT count(*) FROM ${crossed(4)} WHERE t0.trips + t1.trips + t2.trips + t3.trips = -1`;
/** 64 million different texts. */
const wide = `SELECT count(DISTINCT concat(t0.trips, '-', t1.trips, '-', t2.trips)) FROM ${crossed(3)}`;
/** A text that doubles, and doubles. */
const doubled = Array.from({ length: 40 }).reduce<string>(
  (inner) => `SELECT x || x AS x FROM (${inner})`,
  "SELECT 'x' AS x FROM released_usage",
);

let archive: BatchArchive;
let desk: SqlDesk;
beforeEach(() => {
  archive = new BatchArchive(someBatches, 7);
});
afterEach(() => desk.close());

function open(limits: Partial<SqlLimits> = {}): SqlDesk {
  const all = { ...defaultSqlLimits, workers: 1, memoryMb: 96, ...limits };
  desk = new SqlDesk({ archive, logger, limits: all, pollMs: 10 });
  return desk;
}

const ask = (sql: string, atBlock?: number) => desk.answer({ sql, descriptor, atBlock });

describe('SQL in a process of its own', { timeout: START_MS }, () => {
  test('is answered as of the watermark, moves with it, and as of older ones', async () => {
    open({ workers: 2 });
    await expect(ask(count)).rejects.toMatchObject({ code: 'NOT_READY' });
    expect(await desk.advance()).toBe(true);
    expect(await ask(count)).toEqual({
      head: {
        ...{ ledger: 'fabric:0123', block: 7, blockHash: '7', definitions: VIEW_DEFINITIONS },
        ledgerTime: '1970-01-01T00:00:07.000Z',
      },
      table: {
        columns: [
          {
            ...{ name: 'max(released_block)', type: 'int64', unit: null },
            means: 'column 1 of the statement',
          },
          {
            ...{ name: 'count_star()', type: 'int64', unit: null },
            means: 'column 2 of the statement',
          },
        ],
        rows: [[7, 6]],
      },
    });
    archive.block = 11;
    await desk.advance();
    const both = await Promise.all([ask(count), ask(count)]);
    expect(both.map(({ table }) => table.rows)).toEqual([[[11, 9]], [[11, 9]]]);
    expect(await ask(count, 3)).toMatchObject({ head: { block: 3 }, table: { rows: [[3, 3]] } });
    for (const block of [4, 15]) {
      await expect(ask(count, block)).rejects.toMatchObject({ code: 'BLOCK_NOT_HELD' });
    }
  });

  test('is of another ledger when the archive is', async () => {
    open();
    await desk.advance();
    archive.ledger = 'fabric:4567';
    archive.block = 3;
    await desk.advance();
    expect(await ask(count)).toMatchObject({
      head: { ledger: 'fabric:4567' },
      table: { rows: [[3, 3]] },
    });
  });

  test.each([
    [{ answers: ['vehicle' as const], views: [] }, count],
    [{ answers: ['view' as const], views: ['usage' as const] }, count],
    [{ answers: ['sql' as const], views: ['events' as const] }, count],
  ])('has no tables but those of the product: %j', async (other, sql) => {
    open();
    await desk.advance();
    await expect(desk.answer({ sql, descriptor: other })).rejects.toMatchObject({
      code: 'SQL_TABLE_REFUSED',
    });
  });

  test('that lasts too long is interrupted, and the next is answered', async () => {
    archive = new BatchArchive(manyBatches(400), 3);
    open({ timeoutMs: 300, graceMs: 30_000 });
    await desk.advance();
    await expect(ask(endless)).rejects.toMatchObject({ code: 'SQL_TOO_SLOW' });
    expect((await ask(count)).table.rows).toEqual([[3, 400]]);
  });

  test('that takes too much memory is refused, and the next is answered', async () => {
    archive = new BatchArchive(manyBatches(400), 3);
    open({ timeoutMs: 60_000, memoryOverMb: 400 });
    await desk.advance();
    for (const sql of [wide, `SELECT max(length(x)) FROM (${doubled})`]) {
      const refused = await ask(sql).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'SQL_MEMORY_EXCEEDED' });
    }
    expect((await ask(count)).table.rows).toEqual([[3, 400]]);
  });

  test('is not waited for where nobody comes back', async () => {
    archive = new BatchArchive(manyBatches(400), 3);
    open({ timeoutMs: 60_000 });
    await desk.advance();
    const first = ask(endless).catch((error: unknown) => error);
    const waiting = ask(count);
    desk.close();
    await expect(waiting).rejects.toMatchObject({ code: 'NOT_READY' });
    await first;
    await expect(ask(count)).rejects.toMatchObject({ code: 'NOT_READY' });
  });

  test('waits for its turn, and only so many do', async () => {
    archive = new BatchArchive(manyBatches(400), 3);
    open({ timeoutMs: 400, waitingMax: 2 });
    await desk.advance();
    const first = ask(endless).catch((error: unknown) => error);
    const others = [ask(count), ask(count)];
    await expect(ask(count)).rejects.toMatchObject({ code: 'SQL_BUSY' });
    expect(await first).toMatchObject({ code: 'SQL_TOO_SLOW' });
    for (const { table } of await Promise.all(others)) expect(table.rows).toEqual([[3, 400]]);
  });
});
