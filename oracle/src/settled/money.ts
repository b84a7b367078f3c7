/** Amounts or weights by name. */
export type Amounts = ReadonlyMap<string, bigint>;

/**
 * Splits an amount by weights: each gets the whole part, and what is left goes one by one to the largest remainders,
 * the first by name of equal ones.
 */
export function splitAmount(micro: bigint, weights: Amounts): Amounts {
  const whole = total(weights);
  if (whole === 0n) return new Map();
  const parts = [...weights].map(([name, weight]) => ({
    ...{ name, part: (micro * weight) / whole, rest: (micro * weight) % whole },
  }));
  let left = micro - parts.reduce((sum, { part }) => sum + part, 0n);
  const byRest = parts.toSorted((a, b) =>
    a.rest === b.rest ? (a.name < b.name ? -1 : 1) : a.rest > b.rest ? -1 : 1,
  );
  for (const one of byRest) {
    if (left === 0n) break;
    one.part += 1n;
    left -= 1n;
  }
  return new Map(parts.map(({ name, part }) => [name, part]));
}

/** What answers weigh together: of each, its price times one's part of it, in millionths, rounded down. */
export function weightsTogether(
  answers: readonly { readonly paid: bigint; readonly told: Amounts }[],
): Amounts {
  const sums = new Map<string, bigint>();
  for (const { paid, told } of answers) {
    const whole = total(told);
    for (const [name, own] of told) {
      const weight = whole === 0n ? 0n : (paid * 1_000_000n * own) / whole;
      if (weight > 0n) sums.set(name, (sums.get(name) ?? 0n) + weight);
    }
  }
  return sums;
}

/** What is shared out, and among whom. */
export type Sharing = {
  /** What came in by one version of the split, and its parts in thousandths. */
  readonly taken: readonly {
    readonly micro: bigint;
    readonly parts: Readonly<Record<'owners' | 'sources' | 'members' | 'operator', number>>;
  }[];
  readonly carried: bigint;
  readonly sources: Amounts;
  readonly members: readonly string[];
};

/** Who gets what of it. */
export type Shared = {
  readonly owners: bigint;
  readonly sources: Amounts;
  readonly members: Amounts;
  readonly operator: bigint;
  /** The sources' part where there is no source. */
  readonly carried: bigint;
};

/** Shares out. */
export function shareAmounts({ taken, carried, sources, members }: Sharing): Shared {
  const parts = { owners: 0n, sources: carried, members: 0n, operator: 0n };
  for (const { micro, parts: rule } of taken) {
    const weights = Object.entries(rule).map(([name, part]) => [name, BigInt(part)] as const);
    const split = splitAmount(micro, new Map(weights));
    for (const name of ['owners', 'sources', 'members', 'operator'] as const) {
      parts[name] += split.get(name) ?? 0n;
    }
  }
  return {
    owners: parts.owners,
    operator: parts.operator,
    sources: splitAmount(parts.sources, sources),
    members: splitAmount(parts.members, new Map(members.map((name) => [name, 1n]))),
    carried: total(sources) === 0n ? parts.sources : 0n,
  };
}

/** All of them together. */
export function total(amounts: Amounts): bigint {
  return [...amounts.values()].reduce((sum, own) => sum + own, 0n);
}
