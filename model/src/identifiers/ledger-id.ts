import { codedText } from '../wire/parse.ts';

declare const ledgerBrand: unique symbol;

/** A ledger by the hash of its genesis block: a CAIP-2 id. */
export type LedgerId = string & { readonly [ledgerBrand]: true };

/** `fabric:` and the first 32 hexadecimal digits of the hash of the genesis block's header. */
export const ledgerId = codedText<LedgerId>('LEDGER_ID_INVALID', /^fabric:[0-9a-f]{32}$/);
