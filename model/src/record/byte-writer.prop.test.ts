import avro from 'avsc';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

const longType = avro.Type.forSchema('long');
const stringType = avro.Type.forSchema('string');

/** What avsc reads and writes exactly. */
const LONG_MAX = 2 ** 52 - 1;

const whole = fc.oneof(fc.integer({ min: -200, max: 200 }), fc.maxSafeInteger());
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ maxLength: 200 }),
  fc.constant('\u00e4'.repeat(100)),
);

test('what is written is read again, whatever came before', () => {
  const writer = new ByteWriter();
  fc.assert(
    fc.property(fc.array(fc.oneof(whole, text)), (values) => {
      for (const value of values) {
        if (typeof value === 'number') writer.whole(value);
        else writer.text(value);
      }
      const reader = new ByteReader(writer.take());
      const read = values.map((value) =>
        typeof value === 'number' ? reader.whole() : reader.text(),
      );
      expect(read).toEqual(values);
      expect(reader.isAtEnd).toBe(true);
    }),
  );
});

test('numbers and texts are those of Avro', () => {
  const writer = new ByteWriter();
  fc.assert(
    fc.property(fc.integer({ min: -LONG_MAX, max: LONG_MAX }), text, (number, letters) => {
      writer.whole(number);
      writer.text(letters);
      const avroBytes = [longType.toBuffer(number), stringType.toBuffer(letters)];
      expect(Buffer.from(writer.take())).toEqual(Buffer.concat(avroBytes));
    }),
  );
});

test.each([0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])('%d is not written', (value) => {
  expect(() => new ByteWriter().whole(value)).toThrow(RangeError);
});

test('what needs more than 32 bits is not written as less', () => {
  const writer = new ByteWriter();
  expect(() => writer.int(2 ** 31)).toThrow(RangeError);
  expect(() => writer.int(-(2 ** 31) - 1)).toThrow(RangeError);
  writer.int(-(2 ** 31));
  expect(new ByteReader(writer.take()).whole()).toBe(-(2 ** 31));
});

test('what ends within a value is not read', () => {
  const writer = new ByteWriter();
  writer.text('a text');
  const bytes = writer.take();
  for (let end = 0; end < bytes.length; end += 1) {
    expect(() => new ByteReader(bytes.subarray(0, end)).text()).toThrow(RangeError);
  }
});
