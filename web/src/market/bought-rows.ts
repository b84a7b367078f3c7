import type { UsageAnswer } from '@passport/client/buyer';

type Receipt = UsageAnswer['receipts'][number];

/** A purchase as a list shows it. */
export type BoughtRow = {
  readonly receipt: Receipt;
  /** Number of its settlement; null while it waits for one. */
  readonly settlement: number | null;
  /** Whether it was given back, for its answer was lost. */
  readonly isCredited: boolean;
};

/**
 * Every purchase once, the newest first. One that is being settled while the market answers is told as waiting and as
 * settled: it is settled.
 */
export function boughtRows({
  receipts,
  settled,
  credits,
}: Pick<UsageAnswer, 'receipts' | 'settled'> & {
  readonly credits: readonly Pick<UsageAnswer['credits'][number], 'receipt'>[];
}): BoughtRow[] {
  const credited = new Set<string>(credits.map(({ receipt }) => receipt));
  const rows = new Map<string, BoughtRow>();
  const put = (receipt: Receipt, settlement: number | null): void => {
    rows.set(receipt.id, { receipt, settlement, isCredited: credited.has(receipt.id) });
  };
  for (const receipt of receipts) put(receipt, null);
  for (const one of settled) {
    for (const receipt of one.receipts) put(receipt, one.settlement);
  }
  return [...rows.values()].sort((a, b) =>
    a.receipt.at < b.receipt.at ? 1 : -Number(a.receipt.at > b.receipt.at),
  );
}
