import duckdb from '@duckdb/node-bindings';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openTestEngine, type TestEngine } from '../testing/test-engine.ts';

let opened: TestEngine;
beforeAll(async () => {
  opened = await openTestEngine('typed', 1);
});
afterAll(() => opened.close());

const whole = duckdb.create_logical_type(duckdb.Type.BIGINT);

describe('a table of types that are handed over', () => {
  test('has them, whoever else makes one meanwhile', async () => {
    const { engine } = opened;
    const kinds = ["it's", 'service', 'trip'].map((last) => ['a', last]);
    const types = kinds.map((texts) => duckdb.create_enum_type(texts));
    const found = await Promise.all(
      types.map((type, table) =>
        engine.withConnection(async (connection) => {
          const columns = [
            { name: 'kind', type },
            { name: `of "${table}"`, type: whole },
          ];
          await engine.createTable(connection, 'own "table"', columns);
          const reader = await connection.runAndReadAll('DESCRIBE "own ""table"""');
          return reader.getRowsJson().map(([name, spelled]) => [name, spelled]);
        }),
      ),
    );
    expect(found).toEqual(
      kinds.map(([first, last], table) => [
        ['kind', `ENUM('${first}', '${last?.replaceAll("'", "''")}')`],
        [`of "${table}"`, 'BIGINT'],
      ]),
    );
  });

  test('is refused where there is one of its name', async () => {
    const { engine } = opened;
    const columns = [{ name: 'a', type: whole }];
    await engine.withConnection(async (connection) => {
      await engine.createTable(connection, 'once', columns);
      const again = engine.createTable(connection, 'once', columns);
      await expect(again).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    });
  });
});
