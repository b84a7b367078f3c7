import { type EndorsedTransaction, LedgerError } from '@passport/ledger-client';

/** What became of a transaction, and in which block. */
export type Outcome = { readonly code: string; readonly block: string };

/** Submits a transaction once; its code is `VALID`, or that of the error. */
export async function outcomeOf(transaction: EndorsedTransaction): Promise<Outcome> {
  try {
    const { blockNumber } = await transaction.submit();
    return { code: 'VALID', block: blockNumber.toString() };
  } catch (error) {
    if (error instanceof LedgerError) return { code: error.code, block: 'unknown' };
    throw error;
  }
}
