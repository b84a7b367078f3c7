/** What a word of 32 bits counts. */
const WORD = 2 ** 32;

/**
 * Whole numbers up to 2^53 as DuckDB has them in a column of `long`, written word by word: a BigInt for each would be
 * garbage. The low word comes first, as on all machines that DuckDB and Node are built for.
 */
export function longsOf(
  count: number,
  valueOf: (row: number) => number,
): BigInt64Array<ArrayBuffer> {
  const words = new Int32Array(2 * count);
  for (let row = 0; row < count; row += 1) {
    const value = valueOf(row);
    const high = Math.floor(value / WORD);
    words[2 * row] = value - high * WORD;
    words[2 * row + 1] = high;
  }
  return new BigInt64Array(words.buffer);
}
