import type { AnswerCell, AnswerTable } from '@passport/model';

import { type AnswerHead, partsOf, type TableFormat } from './table-format.ts';

const encoder = new TextEncoder();

/** One object: the head, then columns and rows as arrays. An int64 that no double has is a text of digits. */
export const json: TableFormat = {
  name: 'json',
  mediaType: 'application/json',
  *encode(table: AnswerTable, head: AnswerHead) {
    const start = JSON.stringify({ ...head, columns: table.columns });
    yield encoder.encode(`${start.slice(0, -1)},"rows":[`);
    let separator = '';
    for (const rows of partsOf(table)) {
      const text = JSON.stringify(rows, (_, cell: unknown) =>
        typeof cell === 'bigint' ? String(cell) : cell,
      );
      yield encoder.encode(separator + text.slice(1, -1));
      separator = ',';
    }
    yield encoder.encode(']}');
  },
};

/**
 * An object a line, keys in the order of the columns. Every int64 is digits: what reads tables from lines
 * (pyarrow, Polars, DuckDB) has whole numbers of 64 bits.
 */
export const ndjson: TableFormat = {
  name: 'ndjson',
  mediaType: 'application/x-ndjson',
  *encode(table: AnswerTable) {
    const names = table.columns.map(({ name }) => JSON.stringify(name));
    for (const rows of partsOf(table)) {
      const lines = rows.map((row) => {
        const cells = names.map((name, place) => `${name}:${spelled(row[place] ?? null)}`);
        return `{${cells.join(',')}}\n`;
      });
      yield encoder.encode(lines.join(''));
    }
  },
};

function spelled(cell: AnswerCell): string {
  return typeof cell === 'bigint' ? String(cell) : JSON.stringify(cell);
}
