import type { PassportClient, RequestSigner } from '@passport/ledger-client';
import {
  type Distribution,
  type MarketSplit,
  marketSplit,
  parse,
  type Settlement,
  settlementAudit,
  type SettlementAudit,
} from '@passport/model';

import { askProven } from '../read/proven-request.ts';
import { checkSettlement, type OnLedger, type SettlementCheck } from './check-settlement.ts';
import type { LedgerHistory } from './ledger-history.ts';
import { VerifyError } from './verify-error.ts';

/** What verifying a settlement takes. */
export type SettlementOptions = {
  readonly api: string;
  /** Where it is asked, if elsewhere: proofs are for the API all the same. */
  readonly via?: string | undefined;
  readonly number: number;
  /** An administrator of a member that audits the operator. */
  readonly signer: RequestSigner;
  readonly now: () => Date;
  readonly client: PassportClient;
  /** With the market's keys: what they do not open weighs nothing. */
  readonly ledger: LedgerHistory;
};

/**
 * Recomputes a settlement and how it was shared out. Throws VerifyError, ReadError of the request, HistoryError.
 */
export async function verifySettlement(options: SettlementOptions): Promise<SettlementCheck[]> {
  const { number, client, ledger } = options;
  const answer = await askProven(`v1/settlements/${number}/audit`, options);
  const audit = settlementAudit.safeParse(answer);
  if (!audit.success) {
    throw new VerifyError('ANSWER_MALFORMED', `no audit: ${audit.error.issues[0]?.message ?? ''}`);
  }
  const { file } = audit.data;
  if (file === null) throw new VerifyError('USAGE', `settlement ${number} is not shared out yet`);
  const on = await onLedger(client, file);
  const receipts = audit.data.sold.flatMap(({ lines }) => lines);
  await ledger.reach(Math.max(0, ...receipts.map(({ receipt }) => receipt.block)));
  return checkSettlement(audit.data, on, ledger.history);
}

type File = NonNullable<SettlementAudit['file']>;

/** What the ledger has of it, in the contracts' own words. */
async function onLedger({ market, parameters }: PassportClient, file: File): Promise<OnLedger> {
  const { operator, number, first, through } = file;
  const all: readonly Settlement[] = await market.readSettlements({ operator, from: first });
  const distribution: Distribution = await market.readDistribution({ operator, number });
  const before =
    number === 1 ? undefined : await market.readDistribution({ operator, number: number - 1 });
  const { current, versions } = await parameters.readParameter({ name: 'market.split' });
  const splits = new Map<number, MarketSplit>(
    [current, ...versions].map(({ version, value }) => [version, parse(marketSplit, value)]),
  );
  const settlements = all.filter((one) => one.number <= through);
  const views = new Map<string, readonly string[]>();
  for (const { product, version } of settlements.flatMap((one) => one.products)) {
    const { descriptor } = await market.readProduct({ product, version });
    views.set(`${product} ${version}`, descriptor.views);
  }
  return { settlements, distribution, before, splits, views };
}
