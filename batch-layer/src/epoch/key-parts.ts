import type { ReadKey } from '@passport/model';

/** The measure of a key, and which part of it. */
export function partOf(read: ReadKey): readonly [measure: string, part: string] {
  switch (read.type) {
    case 'sum':
      return [read.measure, ''];
    case 'bucket':
      return [read.histogram, String(read.bucket)];
    case 'reference':
      return [read.to, read.id];
  }
}
