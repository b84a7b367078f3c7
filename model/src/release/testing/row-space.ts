/** A prime below 2^26, so that products are exact; ranks modulo it are those of whole numbers, all but surely. */
const PRIME = 67_108_859;

/** A row by column; absent is 0. */
export type Row = ReadonlyMap<string, number>;

/**
 * Whether some combination of the rows, whatever its weights, has something in the columns `inside` and
 * nothing in any other: that is what whoever knows all rows can find out about these columns alone.
 */
export function isUncovered(rows: readonly Row[], inside: (column: string) => boolean): boolean {
  const outside = rows.map((row) => new Map([...row].filter(([column]) => !inside(column))));
  return rankOf(rows) > rankOf(outside);
}

/** The rank of rows. */
export function rankOf(rows: readonly Row[]): number {
  return independentOf(rows).length;
}

/** Rows that no combination of the others before them makes, by elimination: all others are theirs. */
export function independentOf(rows: readonly Row[]): Row[] {
  const independent: Row[] = [];
  const pivots = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const left = new Map<string, number>();
    for (const [column, value] of row) set(left, column, modulo(value));
    for (;;) {
      const [first] = left;
      if (first === undefined) break;
      const known = [...left.keys()].find((column) => pivots.has(column));
      if (known === undefined) {
        pivots.set(first[0], scaled(left, inverseOf(first[1])));
        independent.push(row);
        break;
      }
      const weight = left.get(known) ?? 0;
      for (const [column, value] of pivots.get(known) ?? []) {
        set(left, column, modulo((left.get(column) ?? 0) - modulo(weight * value)));
      }
    }
  }
  return independent;
}

function scaled(row: ReadonlyMap<string, number>, factor: number): Map<string, number> {
  return new Map([...row].map(([column, value]) => [column, modulo(value * factor)]));
}

function set(row: Map<string, number>, column: string, value: number): void {
  if (value === 0) row.delete(column);
  else row.set(column, value);
}

function modulo(value: number): number {
  return ((value % PRIME) + PRIME) % PRIME;
}

/** By Fermat: the power PRIME - 2. */
function inverseOf(value: number): number {
  let [power, base, exponent] = [1, value, PRIME - 2];
  while (exponent > 0) {
    if (exponent % 2 === 1) power = modulo(power * base);
    base = modulo(base * base);
    exponent = Math.floor(exponent / 2);
  }
  return power;
}
