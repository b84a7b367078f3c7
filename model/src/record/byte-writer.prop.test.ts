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

test('numbers of all sizes are read into an array as they are one by one, and not beyond the end', () => {
  const writer = new ByteWriter();
  // On both sides of each power of two: so a number has each number of bytes.
  const near = fc
    .tuple(fc.nat(52), fc.integer({ min: -1, max: 1 }), fc.constantFrom(1, -1))
    .map(([bits, more, sign]) => sign * (2 ** bits + more));
  fc.assert(
    fc.property(fc.array(fc.oneof(near, whole)), fc.nat(3), (values, before) => {
      for (const value of values) writer.whole(value);
      const reader = new ByteReader(writer.take());
      const into = new Float64Array(before + values.length + 1).fill(0.5);
      reader.wholes(values.length, into, before);
      // What is -0 was written as 0.
      const read = values.map((value) => value + 0);
      expect([...into.subarray(0, before)]).toEqual(Array.from({ length: before }, () => 0.5));
      expect([...into.subarray(before)]).toEqual([...read, 0.5]);
      expect(reader.isAtEnd).toBe(true);
      expect(() => reader.wholes(1, into, 0)).toThrow(RangeError);
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
