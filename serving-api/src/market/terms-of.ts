import {
  MARKET_CONTRACT,
  type MarketChallenge,
  type MarketTerms,
  organisationAccount,
} from '@passport/model';

import type { MarketDesk } from './market-desk.ts';

/** What a buyer has to know of a market before a tab is opened. */
export function termsOf(
  { operator, place, seal, marginMs }: MarketDesk,
  challenge: MarketChallenge,
): MarketTerms {
  return {
    ...{ operator, account: organisationAccount(operator), asset: 'PCC', ...place },
    ...{ contract: MARKET_CONTRACT, operatorKey: seal.publicKey, challenge },
    redemptionMarginMs: marginMs,
  };
}
