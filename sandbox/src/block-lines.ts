import type { BlockSummary } from '@passport/ledger-client';

import type { Style } from './terminal.ts';

/** A hash or transaction id as people compare it. */
export function short(hexadecimal: string): string {
  return hexadecimal.slice(0, 8);
}

/** A block in lines: its number and hash, and each transaction with its validation code. */
export function blockLines(block: BlockSummary, style: Style): string[] {
  const { number, hash, transactions } = block;
  const count = `${transactions.length} transaction${transactions.length === 1 ? '' : 's'}`;
  const head = `  ■ block ${String(number).padEnd(4)} ${short(hash)}  ${count}`;
  const rows = transactions.map(({ txId, submitter, what, code }) => {
    const verdict = code === 'VALID' ? style.good(code) : style.bad(code);
    const id = txId === '' ? '-'.repeat(8) : short(txId);
    return `      ${id}  ${submitter.padEnd(10)}  ${what.padEnd(28)} ${verdict}`;
  });
  return [style.faint(head), ...rows];
}
