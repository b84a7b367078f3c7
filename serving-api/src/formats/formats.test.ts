import type { AnswerTable } from '@passport/model';
import { describe, expect, test } from 'vitest';

import { formatOf, tableFormats, tableResponse } from './formats.ts';
import type { TableFormat } from './table-format.ts';

const table: AnswerTable = {
  columns: [
    { name: 'brand', type: 'text', unit: null, means: 'brand' },
    { name: 'trips', type: 'int64', unit: 'trips', means: 'trips' },
  ],
  rows: [
    ['A, "B"', 2n ** 53n + 1n],
    ['', null],
    [null, 7],
  ],
};

const format = (name: string): TableFormat => {
  const found = tableFormats.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no format ${name}`);
  return found;
};

describe('a format is picked', () => {
  test.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['text/csv', 'csv'],
    ['TEXT/CSV; q=0.5 , application/x-ndjson;q=0.6', 'ndjson'],
    ['text/html, application/xhtml+xml, */*;q=0.8', 'json'],
    ['application/*;q=0.2, text/*', 'csv'],
    ['application/json;q=0, */*', 'ndjson'],
    ['application/json;q=0.3, */*;q=0.5', 'ndjson'],
    ['application/vnd.apache.arrow.stream', 'arrow'],
    ['application/vnd.apache.parquet, application/json;q=0.9', 'parquet'],
    ['text/csv;q=1.000;header=present', 'csv'],
  ])('by Accept: %s', (accept, name) => {
    expect(formatOf(accept).name).toBe(name);
  });

  test.each([
    ...[
      'text/html',
      'application/json;q=0',
      'text/csv;q=2',
      'text/csv;q=x',
      '*/json',
      'json',
      ';;,',
    ],
    `${'text/html,'.repeat(60)}text/csv`,
  ])('and none by Accept: %s', (accept) => {
    expect(() => formatOf(accept)).toThrow(
      expect.objectContaining({
        code: 'FORMAT_UNKNOWN',
        detail: expect.stringContaining('text/csv, application/vnd.apache.arrow.stream') as string,
      }),
    );
  });
});

describe('a table', () => {
  test('is the rows of one object, the head before them', async () => {
    const response = tableResponse(format('json'), table, { block: 7 }, { 'X-Receipt': 'r' });
    expect(Object.fromEntries(response.headers)).toEqual({
      ...{ 'content-type': 'application/json', vary: 'Accept', 'x-receipt': 'r' },
    });
    expect(await response.json()).toEqual({
      block: 7,
      columns: table.columns,
      rows: [
        ['A, "B"', '9007199254740993'],
        ['', null],
        [null, 7],
      ],
    });
  });

  test('is objects by line, every whole number in digits', async () => {
    expect(await tableResponse(format('ndjson'), table, {}).text()).toBe(
      [
        '{"brand":"A, \\"B\\"","trips":9007199254740993}\n',
        '{"brand":"","trips":null}\n{"brand":null,"trips":7}\n',
      ].join(''),
    );
  });

  test('is lines of fields, an empty text quoted and null not', async () => {
    const response = tableResponse(format('csv'), table, {});
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(await response.text()).toBe(
      'brand,trips\r\n"A, ""B""",9007199254740993\r\n"",\r\n,7\r\n',
    );
  });

  test.each(['json', 'ndjson', 'csv', 'arrow', 'parquet'])(
    'as %s is made as it is read, and no further',
    async (name) => {
      let made = 0;
      const rows = Array.from({ length: 50_000 }, (_, row) => [String(row), row]);
      const counting: TableFormat = {
        ...format(name),
        *encode(whole, head) {
          for (const part of format(name).encode(whole, head)) {
            made += 1;
            yield part;
          }
        },
      };
      const { body } = tableResponse(counting, { ...table, rows }, {});
      const reader = body?.getReader();
      expect(made).toBe(0);
      await reader?.read();
      await reader?.read();
      expect(made).toBe(2);
      await reader?.cancel();
      expect(made).toBe(2);
    },
  );
});
