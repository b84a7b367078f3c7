import fc from 'fast-check';
import timestampProto from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { expect, test } from 'vitest';

import { decodeModification, encodeModification } from './history-values.ts';

test('a modification, whatever its client said of the time: is decoded as it was', () => {
  const modification = fc.record({
    txId: fc.string({ unit: 'grapheme', maxLength: 80 }),
    isDelete: fc.boolean(),
    value: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    timestamp: fc.record({
      seconds: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(2 ** 62, -(2 ** 63))),
      nanos: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    }),
  });
  fc.assert(
    fc.property(modification, (original) => {
      expect(decodeModification(encodeModification(original))).toEqual(original);
    }),
  );
});

test('seconds that a number rounds up to 2^63: become the largest that can be stored and sent', () => {
  const timestamp = { seconds: 2 ** 63, nanos: 0 };
  const encoded = encodeModification({ txId: 'id', isDelete: true, value: Buffer.of(), timestamp });
  const { seconds } = decodeModification(encoded).timestamp;
  expect(seconds).toBe(2 ** 63 - 1024);
  const message = new timestampProto.Timestamp();
  message.setSeconds(seconds);
  expect(() => message.serializeBinary()).not.toThrow();
});
