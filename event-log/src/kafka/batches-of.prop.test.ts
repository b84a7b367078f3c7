import fc from 'fast-check';
import { expect, test } from 'vitest';

import { RECORD_BYTES_MAX } from '../event-log.ts';
import { batchesOf } from './kafka-appender.ts';

/** Of several records together: what a broker takes by default; a large one goes alone. */
const BATCH_BYTES = 1_048_588;

const record = fc.record({
  partition: fc.integer({ min: 0, max: 2 }),
  size: fc.oneof(
    fc.integer({ min: 0, max: 500 }),
    fc.integer({ min: 100_000, max: 1_000_000 }),
    fc.constant(RECORD_BYTES_MAX),
    // Two of these are near what fits.
    fc.integer({ min: 510_000, max: 530_000 }),
  ),
});

test('batches keep the order, lose nothing, and fit into what Kafka takes', () => {
  // The values need no bytes of their own here.
  const memory = new ArrayBuffer(RECORD_BYTES_MAX);
  fc.assert(
    fc.property(fc.array(record, { maxLength: 60 }), (wanted) => {
      const records = wanted.map(({ partition, size }) => ({
        partition,
        value: new Uint8Array(memory, 0, size),
      }));
      const batches = batchesOf(records);
      const flat = batches.flat();
      expect(flat.length).toBe(records.length);
      expect(flat.every((each, index) => each === records[index])).toBe(true);
      for (const batch of batches) {
        for (const partition of [0, 1, 2]) {
          const own = batch.filter((one) => one.partition === partition);
          const bytes = own.reduce((sum, { value }) => sum + value.length + 30, 61);
          expect(own.length <= 1 || bytes <= BATCH_BYTES).toBe(true);
        }
      }
    }),
    { numRuns: 200 },
  );
});
