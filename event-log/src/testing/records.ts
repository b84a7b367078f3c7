import type { LogReader, LogRecord, NewRecord } from '../event-log.ts';

/** Records whose values are numbers, counted up from `first`. */
export function numbered(partition: number, first: number, count: number): NewRecord[] {
  return Array.from({ length: count }, (_, at) => ({
    partition,
    value: Buffer.from(String(first + at)),
  }));
}

/** The number in a value. */
export function numberOf({ value }: LogRecord): number {
  return Number(Buffer.from(value).toString());
}

/** Reads batches until there are so many records; throws when more come. */
export async function take(reader: LogReader, count: number): Promise<LogRecord[]> {
  const taken: LogRecord[] = [];
  for await (const { partition, records } of reader) {
    for (const record of records) {
      if (record.partition !== partition) throw new Error('a record in a batch of others');
      taken.push(record);
    }
    if (taken.length > count) throw new Error(`${taken.length} records in place of ${count}`);
    if (taken.length === count) return taken;
  }
  throw new Error(`the reader ended after ${taken.length} records`);
}

/** Reads numbers until one says that it is enough. */
export async function valuesOf(
  reader: LogReader,
  isLast: (number: number) => boolean,
): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { records } of reader) {
    numbers.push(...records.map(numberOf));
    if (numbers.some(isLast)) return numbers;
  }
  throw new Error('the reader ended');
}

/** Reads to the end. */
export async function collect(reader: LogReader): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  for await (const { records } of reader) all.push(...records);
  return all;
}
