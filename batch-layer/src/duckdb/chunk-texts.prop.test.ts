import { spansOf, type TextSpans } from '@passport/model';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { GatheredRows } from './gathered-rows.ts';

let opened: TestEngine;
beforeAll(async () => {
  opened = await openTestEngine('texts', 1);
});
afterAll(() => opened.close());

/** Hands texts to DuckDB, and reads them as it has them, whose bytes of UTF-8 are looked at on their way. */
async function handedOver(
  given: readonly TextSpans[],
  query = (from: string): string => `SELECT "text" FROM ${from}`,
): Promise<readonly unknown[]> {
  const rows = new GatheredRows([{ name: 'text', type: 'VARCHAR' }]);
  for (const texts of given) rows.append([texts], 0, texts.count);
  const { engine } = opened;
  return engine.withConnection((connection) =>
    engine.withRows(connection, rows, async (from) => {
      const reader = await connection.runAndReadAll(query(from));
      return reader.getRows().map(([text]) => text);
    }),
  );
}

/** Around 12 bytes DuckDB has a text otherwise. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'binary-ascii', minLength: 11, maxLength: 14 }),
  fc.constant('\0, and what is behind it'),
  fc.nat(5_000).map((length) => 'é'.repeat(length)),
);

test('texts of all lengths are there as they were, however many at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(text, { maxLength: 40 }), { maxLength: 5 }),
      async (some) => {
        expect(await handedOver(some.map(spansOf))).toEqual(some.flat());
      },
    ),
    { numRuns: 60 },
  );
});

test('texts of more than one chunk are compared, sorted and joined as others are', async () => {
  const texts = Array.from({ length: 5_000 }, (_, number) => `vehicle ${number * 7919}`.slice(3));
  const found = await handedOver(
    [spansOf(texts)],
    (from) => `SELECT DISTINCT "text" FROM ${from}
      JOIN (SELECT unnest(['${texts.join("','")}']) AS "text") USING ("text") ORDER BY "text"`,
  );
  expect(found).toEqual(texts.toSorted());
});

test.each([
  ['that is none', Buffer.from('fc', 'hex'), [0, 1]],
  ['that is cut within a character', Buffer.from('aé'), [0, 2, 3]],
])('a text of UTF-8 %s is refused', async (_, bytes, ends) => {
  const [starts, count] = [Int32Array.from(ends), ends.length - 1];
  const texts = { bytes, count, starts, ends: Int32Array.from(ends.slice(1)) };
  await expect(handedOver([texts])).rejects.toThrow(RangeError);
});
