import type { NewFile } from '../delta/commit-request.ts';
import type { DeltaTable } from '../delta/delta-table.ts';
import type { EpochEnd } from './read-epoch.ts';

/**
 * Commits what an epoch does to a table once, however often it is called, and answers a version that has
 * just the epochs up to it.
 */
export async function commitEpoch(
  table: DeltaTable,
  name: string,
  { ledger, block }: Pick<EpochEnd, 'ledger' | 'block'>,
  { adds, removes = [] }: { readonly adds: readonly NewFile[]; readonly removes?: string[] },
): Promise<number> {
  const outcome = await table.commit({
    commitId: `${name} ${ledger} ${block}`,
    operation: 'WRITE',
    ...{ adds, removes },
    txn: { appId: `passport:${ledger}:${name}`, version: block },
    isBlindAppend: removes.length === 0,
    dataChange: true,
  });
  return outcome.version;
}
