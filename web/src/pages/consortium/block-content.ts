import type { BlockSummary } from '@passport/ledger-client';

/** What a block carries: so many transactions of a function, by whom, and those that changed nothing. */
export type BlockContent = {
  readonly number: bigint;
  readonly hash: string;
  readonly functions: readonly { readonly name: string; readonly count: number }[];
  readonly submitters: readonly string[];
  readonly transactions: number;
  /** Validation codes of those that are not valid. */
  readonly invalid: readonly { readonly code: string; readonly count: number }[];
};

/** Sums a block up for people: no ids of vehicles or persons are in it, as there are none in a function's name. */
export function contentOf({ number, hash, transactions }: BlockSummary): BlockContent {
  const functions = counted(transactions.map(({ what }) => what));
  const invalid = counted(transactions.flatMap(({ code }) => (code === 'VALID' ? [] : [code])));
  return {
    ...{ number, hash, transactions: transactions.length },
    functions,
    submitters: [
      ...new Set(transactions.map(({ submitter }) => submitter).filter((name) => name !== '')),
    ].toSorted(),
    invalid: invalid.map(({ name, count }) => ({ code: name, count })),
  };
}

/** The most frequent first. */
function counted(names: readonly string[]): { readonly name: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1));
}
