import {
  type MarketSplit,
  marketSplit,
  type QualityRules,
  qualityRules,
  type Source,
} from '@passport/model';

import type { Portal } from '../../portal/open-portal.ts';

/** What the ledger says of those who write, and of how money is shared. */
export type LedgerFacts = {
  /** By name. */
  readonly sources: readonly Source[];
  readonly split: MarketSplit;
  readonly rules: QualityRules;
};

/** Reads them as the portal's member. Throws LedgerError. */
export async function readLedgerFacts({ client }: Pick<Portal, 'client'>): Promise<LedgerFacts> {
  const [sources, split, rules] = await Promise.all([
    client.members.readSources({}),
    client.parameters.readParameter({ name: 'market.split' }),
    client.parameters.readParameter({ name: 'quality.rules' }),
  ]);
  return {
    sources: [...sources].sort((a, b) => (a.source < b.source ? -1 : 1)),
    split: marketSplit.parse(split.current.value),
    rules: qualityRules.parse(rules.current.value),
  };
}
