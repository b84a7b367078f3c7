// Exits amid a query that reads rows of this thread, as `exit` or `throw` says.
import duckdb from '@duckdb/node-bindings';

import { openEngine } from '../duckdb/engine.ts';
import { rowsOfColumns } from '../duckdb/memory-rows.ts';

const [how] = process.argv.slice(2);
const engine = await openEngine({ memoryMbMax: 200, threads: 1, spillDirectory: '' });
const columns = [{ name: 'number', type: duckdb.create_logical_type(duckdb.Type.INTEGER) }];
const rows = rowsOfColumns(columns, [new Int32Array(10_000)], 10_000);
const exit = (): number => {
  if (how === 'throw') throw new Error('a bug');
  process.exit(0);
};
await engine.withConnection((connection) =>
  engine.withRows(connection, { ...rows, copy: (...to) => later(to) }, (from) =>
    connection.run(`SELECT sum(number) FROM ${from}`),
  ),
);

/** The query waits for its second rows when the process exits. */
function later(to: Parameters<typeof rows.copy>): number {
  setImmediate(exit);
  return rows.copy(...to);
}
