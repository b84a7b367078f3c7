import duckdb from '@duckdb/node-bindings';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { type MemoryRows, rowsOfColumns } from './memory-rows.ts';

let opened: TestEngine;
beforeAll(async () => {
  opened = await openTestEngine('memory', 4);
});
afterAll(() => opened.close());

const whole = duckdb.create_logical_type(duckdb.Type.INTEGER);

function numbers(count: number, first = 0): MemoryRows {
  const values = Int32Array.from({ length: count }, (_, row) => first + row);
  return rowsOfColumns([{ name: 'number', type: whole }], [values], count);
}

/** What a query has of rows that are lent. */
async function read(rows: MemoryRows, query: (from: string) => string): Promise<unknown[][]> {
  const { engine } = opened;
  return engine.withConnection((connection) =>
    engine.withRows(connection, rows, async (from) => {
      const reader = await connection.runAndReadAll(query(from));
      return reader.getRowsJson();
    }),
  );
}

describe('rows in memory', () => {
  test('have the types that are handed over, whoever else lends some meanwhile', async () => {
    const kinds = ["it's", 'service', 'trip'].map((last) => ['a', last]);
    const found = await Promise.all(
      kinds.map((texts, table) => {
        const columns = [
          { name: 'kind', type: duckdb.create_enum_type(texts) },
          { name: `of "${table}"`, type: whole },
        ];
        const rows = rowsOfColumns(columns, [Uint8Array.from([1]), Int32Array.from([table])], 1);
        return Promise.all([
          read(rows, (from) => `DESCRIBE FROM ${from}`),
          read(rows, (from) => `FROM ${from}`),
        ]);
      }),
    );
    const spelled = found.map(([columns]) => columns.map(([name, type]) => [name, type]));
    expect(spelled).toEqual(
      kinds.map(([first, last], table) => [
        ['kind', `ENUM('${first}', '${last?.replaceAll("'", "''")}')`],
        [`of "${table}"`, 'INTEGER'],
      ]),
    );
    expect(found.map(([, rows]) => rows)).toEqual(kinds.map(([, last], table) => [[last, table]]));
  });

  test.each([0, 1, 2048, 2049, 100_000])('are read in their order, %i of them', async (count) => {
    const found = await read(numbers(count), (from) => `FROM ${from}`);
    expect(found.length).toBe(count);
    expect(found.every(([number], row) => number === row)).toBe(true);
  });

  test('may be read several times by a query, and by several at once', async () => {
    const { engine } = opened;
    const found = await engine.withConnection((connection) =>
      engine.withRows(connection, numbers(5_000), (few) =>
        engine.withRows(connection, numbers(5_000, 4_000), async (more) => {
          const count = `SELECT count(*)::INTEGER FROM ${few} JOIN ${few} a USING (number) JOIN ${more} USING (number)`;
          const other = engine.rows(`SELECT sum(number)::INTEGER AS sum FROM ${few}`);
          return [(await connection.runAndReadAll(count)).getRows(), await other];
        }),
      ),
    );
    expect(found).toEqual([[[1_000]], [{ sum: 12_497_500 }]]);
  });

  test('are there as long as they are lent', async () => {
    let source = '';
    await read(numbers(1), (from) => `FROM ${(source = from)}`);
    const late = opened.engine.rows(`FROM ${source}`);
    await expect(late).rejects.toMatchObject({ code: 'QUERY_FAILED' });
  });

  test('fail a query with what they fail with, and the next one is as good as before', async () => {
    const failing: MemoryRows = {
      ...numbers(5_000),
      copy: (chunk, from) => {
        if (from > 0) throw new RangeError('no more');
        return numbers(2_048).copy(chunk, from);
      },
    };
    await expect(read(failing, (from) => `FROM ${from}`)).rejects.toThrow(
      new RangeError('no more'),
    );
    const refused = read(numbers(1), (from) => `SELECT none FROM ${from}`);
    await expect(refused).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    expect(await read(numbers(3), (from) => `FROM ${from}`)).toEqual([[0], [1], [2]]);
  });
});
