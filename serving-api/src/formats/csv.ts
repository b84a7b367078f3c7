import type { AnswerCell, AnswerTable } from '@passport/model';

import { partsOf, type TableFormat } from './table-format.ts';

const encoder = new TextEncoder();

/**
 * RFC 4180, with a line of names, UTF-8, CRLF. Null is an empty field; an empty text is `""`, and so is what
 * nobody reads as a text of nothing: readers that tell quoted from unquoted tell the two apart.
 */
export const csv: TableFormat = {
  name: 'csv',
  mediaType: 'text/csv',
  contentType: 'text/csv; charset=utf-8; header=present',
  *encode(table: AnswerTable) {
    yield encoder.encode(`${table.columns.map(({ name }) => field(name)).join(',')}\r\n`);
    for (const rows of partsOf(table)) {
      yield encoder.encode(rows.map((row) => `${row.map(field).join(',')}\r\n`).join(''));
    }
  },
};

function field(cell: AnswerCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  // Spaces at the ends too: some readers cut them off unless they are quoted.
  if (cell !== '' && !/[",\r\n]|^\s|\s$/u.test(cell)) return cell;
  return `"${cell.replaceAll('"', '""')}"`;
}
