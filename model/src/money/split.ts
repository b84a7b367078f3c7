/** Somebody's part of a split. */
export type Share<Name> = { readonly name: Name; readonly weight: bigint };

/** What they get. */
export type Portion<Name> = { readonly name: Name; readonly micro: bigint };

/**
 * Splits an amount by weights so that nothing is lost or made: each gets the whole part of its quota,
 * and what is left goes, one unit each, to the largest remainders (Hamilton's method; M. L. Balinski
 * and H. P. Young, Fair Representation, 1982). Equal remainders: the one that sorts first by name.
 * Answers in the order of the shares. Throws RangeError for an amount or a weight below nothing, for
 * no weight at all, and for a name that comes twice.
 */
export function split<Name extends string>(
  micro: bigint,
  shares: readonly Share<Name>[],
): Portion<Name>[] {
  if (micro < 0n) throw new RangeError('an amount below nothing cannot be split');
  if (shares.some(({ weight }) => weight < 0n)) throw new RangeError('a weight is below nothing');
  if (new Set(shares.map(({ name }) => name)).size !== shares.length) {
    throw new RangeError('a name comes twice');
  }
  const weights = shares.reduce((sum, { weight }) => sum + weight, 0n);
  if (weights === 0n) throw new RangeError('nobody has a weight');
  const quotas = shares.map(({ name, weight }) => ({
    name,
    micro: (micro * weight) / weights,
    remainder: (micro * weight) % weights,
  }));
  const left = micro - quotas.reduce((sum, quota) => sum + quota.micro, 0n);
  const luckiest = [...quotas].sort(byRemainder).slice(0, Number(left));
  const favoured = new Set(luckiest.map(({ name }) => name));
  return quotas.map((quota) => ({
    name: quota.name,
    micro: quota.micro + (favoured.has(quota.name) ? 1n : 0n),
  }));
}

type Quota = { readonly name: string; readonly remainder: bigint };

function byRemainder(a: Quota, b: Quota): number {
  if (a.remainder !== b.remainder) return a.remainder > b.remainder ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
