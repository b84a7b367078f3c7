import { z } from 'zod';

import { publicKey } from '../commands/public-key.ts';
import { account } from '../identifiers/account.ts';
import { ledgerId } from '../identifiers/ledger-id.ts';
import { mspId } from '../identifiers/names.ts';
import { marketChallenge } from './market-rules.ts';
import { MARKET_CONTRACT } from './voucher.ts';

/** What a market says of itself before anything is bought: `GET /v1/market/terms`. */
export const marketTerms = z.object({
  operator: mspId,
  /** Whom a payment is to. */
  account,
  asset: z.literal('PCC'),
  ledger: ledgerId,
  channel: z.string().min(1).max(249),
  contract: z.literal(MARKET_CONTRACT),
  /** Signs quotes and receipts. A buyer keeps the one they saw first, and trusts no other. */
  operatorKey: publicKey,
  challenge: marketChallenge,
  /** No voucher is taken that expires sooner, and nothing sold on a tab that does; milliseconds. */
  redemptionMarginMs: z.int().min(0),
});

/** {@link marketTerms} */
export type MarketTerms = z.output<typeof marketTerms>;
