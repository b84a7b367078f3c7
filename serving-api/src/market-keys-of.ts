import { KeyRing } from '@passport/ledger-client';
import { parseMspId } from '@passport/model';
import { ConfigurationError } from '@passport/runtime';

import type { MarketKeys } from './access/market-keys.ts';

/** The market as a reader, as settings say it. Throws ConfigurationError where half of it is missing. */
export function marketKeysOf({
  marketMspId,
  readerKeys,
}: {
  readonly marketMspId?: string | undefined;
  readonly readerKeys?: string | undefined;
}): MarketKeys | undefined {
  if (marketMspId === undefined && readerKeys === undefined) return undefined;
  if (marketMspId === undefined || readerKeys === undefined) {
    throw new ConfigurationError('--market-msp and --reader-keys come together');
  }
  return { mspId: parseMspId(marketMspId), ring: KeyRing.reader(readerKeys) };
}
