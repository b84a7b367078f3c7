/**
 * The smallest of the values that `permille` thousandths of them are not above (nearest rank), and of
 * that the largest value that is counted as the same: values are told apart to 1 in 32. Null of none.
 */
export function quantile(values: readonly number[], permille: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((values.length * permille) / 1000));
  const value = sorted[rank - 1];
  if (value === undefined) throw new Error('a rank above the number of values');
  return largestAlike(value);
}

/** Below 64 each value is by itself; from 32·w on, for w a power of two, w values are alike. */
export function largestAlike(value: number): number {
  let width = 1;
  while (value >= 64 * width) width *= 2;
  return value - (value % width) + width - 1;
}

/** The same of values that are counted already; those that are not there once or more do not count. */
export function quantileOfCounts(
  counts: ReadonlyMap<number, number>,
  permille: number,
): number | null {
  const values = [...counts].flatMap(([value, count]) =>
    Array.from({ length: Math.max(0, count) }, () => value),
  );
  return quantile(values, permille);
}
