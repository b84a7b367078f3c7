import type { MspId, ReadInput, ReadRecord, ReadsEntry, Vid } from '@passport/model';

import { counterName, type Key } from '../transaction/key.ts';
import type { Transaction } from '../transaction/transaction.ts';

/** More than any time in milliseconds, so that the newest key sorts first. */
const TIME_MAX = 999_999_999_999_999;

/** Whose reads: a vehicle's under one owner. */
export type ReadsOf = { readonly vid: Vid; readonly ownerEpoch: number };

const prefixOf = ({ vid, ownerEpoch }: ReadsOf): Key => ['reads', vid, counterName(ownerEpoch)];

/**
 * Keeps reads of one vehicle under a key of the transaction's own, without reading any: servers that record
 * at once never meet. The key before it in time sorts behind it.
 */
export function putReads(
  tx: Transaction,
  of: ReadsOf,
  by: MspId,
  reads: readonly ReadInput[],
): Promise<void> {
  const newestFirst = String(TIME_MAX - tx.timeMs).padStart(15, '0');
  const entry: ReadsEntry = {
    by,
    recordedAt: tx.time,
    reads: reads.map(({ vid: _, ownerEpoch: __, ...read }) => read),
  };
  return tx.put([...prefixOf(of), newestFirst, tx.id], entry);
}

/** A range of what was recorded, the newest first, each with what the next page is asked by. */
export async function* listReads(
  tx: Transaction,
  of: ReadsOf,
): AsyncGenerator<{ readonly bookmark: string; readonly reads: readonly ReadRecord[] }> {
  for await (const { names, value } of tx.list<ReadsEntry>(prefixOf(of))) {
    const [, , newestFirst = '', transactionId = ''] = names;
    const { by, recordedAt } = value;
    const reads = value.reads.map((read) => ({ ...read, by, recordedAt }));
    yield { bookmark: `${newestFirst} ${transactionId}`, reads: reads.sort(later) };
  }
}

function later(a: ReadRecord, b: ReadRecord): number {
  if (a.at === b.at) return 0;
  return a.at > b.at ? -1 : 1;
}
