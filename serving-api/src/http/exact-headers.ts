import type { ExactAt } from '@passport/model';

/** Where an answer is exact, for formats that have no place for it. */
export function exactHeaders({
  ledger,
  block,
  blockHash,
  ledgerTime,
  definitions,
}: ExactAt): Readonly<Record<string, string>> {
  return {
    'Passport-Ledger': ledger,
    'Passport-Block': String(block),
    'Passport-Block-Hash': blockHash,
    'Passport-Ledger-Time': ledgerTime,
    'Passport-Definitions': String(definitions),
  };
}
