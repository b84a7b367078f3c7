import { readVarint } from './page-header.ts';

/** Some values behind each other; the first one is that of the number `first`. */
export type Run = {
  readonly first: number;
  readonly count: number;
  /** What all of them are; undefined where they are packed. */
  readonly same: number | undefined;
  /** The value at an index in the run. */
  readonly at: (index: number) => number;
};

/**
 * Reads numbers in the hybrid of run lengths and packed bits (parquet-format, Encodings.md), run by run:
 * who wants some of them need not unpack the others. Stops behind `upTo` values.
 */
export function readRuns(
  bytes: Buffer,
  { start, bitWidth, upTo }: { readonly start: number; readonly bitWidth: number; upTo: number },
  take: (run: Run) => void,
): void {
  const repeatedBytes = Math.ceil(bitWidth / 8);
  let offset = start;
  for (let first = 0; first < upTo;) {
    const [header, data] = readVarint(bytes, offset);
    if (header % 2 === 0) {
      const count = header / 2;
      const value = bitWidth === 0 ? 0 : bytes.readUIntLE(data, repeatedBytes);
      take({ first, count: Math.min(count, upTo - first), same: value, at: () => value });
      offset = data + repeatedBytes;
      first += count;
    } else {
      const count = ((header - 1) / 2) * 8;
      const at =
        bitWidth === 1
          ? (index: number): number => ((bytes[data + (index >>> 3)] ?? 0) >>> (index & 7)) & 1
          : (index: number): number => packedAt(bytes, data, bitWidth, index);
      take({ first, count: Math.min(count, upTo - first), same: undefined, at });
      offset = data + (count / 8) * bitWidth;
      first += count;
    }
  }
}

/** `2 ** n` is a call of the C library each time. */
const powers = Array.from({ length: 33 }, (_, exponent) => 2 ** exponent);

/** The value of that index among packed ones, the lowest bit first. */
function packedAt(bytes: Buffer, start: number, bitWidth: number, index: number): number {
  const bit = index * bitWidth;
  const first = start + (bit >>> 3);
  const skipped = bit & 7;
  // The last byte of a file's last page may be left out where no bit of it counts.
  const end = Math.min(first + ((skipped + bitWidth + 7) >>> 3), bytes.length);
  if (end <= first) return 0;
  const whole = bytes.readUIntLE(first, end - first);
  return Math.floor(whole / (powers[skipped] ?? 1)) % (powers[bitWidth] ?? 1);
}
