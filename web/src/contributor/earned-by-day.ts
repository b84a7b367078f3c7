/** A sale that somebody's data stood behind, with their part of it. */
export type EarnedSale = {
  readonly product: string;
  /** `2026-11-28T10:00:00.000Z` */
  readonly soldAt: string;
  /** Micro-PCC. */
  readonly amount: bigint;
};

/** What one product has earned on one day. */
export type EarnedDay = {
  /** `2026-11-28`, UTC. */
  readonly day: string;
  readonly product: string;
  readonly sales: number;
  readonly micro: bigint;
};

/** Sales by day and product, the newest day first. */
export function earnedByDay(sales: readonly EarnedSale[]): EarnedDay[] {
  const days = new Map<string, EarnedDay>();
  for (const { product, soldAt, amount } of sales) {
    const day = soldAt.slice(0, 10);
    const key = `${day} ${product}`;
    const { sales: count, micro } = days.get(key) ?? { sales: 0, micro: 0n };
    days.set(key, { day, product, sales: count + 1, micro: micro + amount });
  }
  return [...days.values()].sort((a, b) => compare(b.day, a.day) || compare(a.product, b.product));
}

/** The same by day alone, as PCC for a picture, the oldest day first. */
export function pccByDay(days: readonly EarnedDay[]): { label: string; value: number }[] {
  const sums = new Map<string, bigint>();
  for (const { day, micro } of days) sums.set(day, (sums.get(day) ?? 0n) + micro);
  return [...sums]
    .sort(([a], [b]) => compare(a, b))
    .map(([label, micro]) => ({ label, value: Number(micro) / 1_000_000 }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
