import { type Distribution, PassportError, type Settlement } from '@passport/model';

import type { DistributionFile } from './distribution-file.ts';
import type { SoldLine } from './sold-line.ts';
import { type EarningsDesk, fileOf } from './statement.ts';

/** All that a settlement and its distribution rest on: for auditors. */
export type SettlementAudit = {
  readonly settlement: Settlement;
  /** The distribution that shares it out; null while none has. */
  readonly distribution: Distribution | null;
  readonly file: DistributionFile | null;
  /** The owners before it; none before the first. */
  readonly before: DistributionFile['owners'];
  /** What the settlements of the distribution sold, in the order of the trees' leaves. */
  readonly sold: readonly { readonly settlement: number; readonly lines: readonly SoldLine[] }[];
  /** Blocks of an epoch: batches are released at the end of one. */
  readonly epochBlocks: number;
};

/** Collects it. Throws PassportError `SETTLEMENT_UNKNOWN`, `NOT_READY`. */
export async function auditOf(
  desk: EarningsDesk,
  number: number,
  epochBlocks: number,
): Promise<SettlementAudit> {
  const [settlement] = await desk.ledger.settlementsFrom(number);
  if (settlement?.number !== number) {
    throw new PassportError('SETTLEMENT_UNKNOWN', `there is no settlement ${number}`);
  }
  const all = await desk.ledger.distributions();
  const place = all.findIndex(({ settlements: { last } }) => number <= last);
  const [distribution = null, earlier] = place === -1 ? [] : [all[place], all[place - 1]];
  const { first, last } = distribution?.settlements ?? { first: number, last: number };
  const settlements = (await desk.ledger.settlementsFrom(first)).filter(
    (one) => one.number <= last,
  );
  return {
    ...{ settlement, distribution, epochBlocks },
    file: distribution && (await fileOf(desk, distribution)),
    before: earlier === undefined ? [] : (await fileOf(desk, earlier)).owners,
    sold: await Promise.all(settlements.map((one) => soldBy(desk, one))),
  };
}

async function soldBy(
  { files }: EarningsDesk,
  { number, receipts }: Settlement,
): Promise<SettlementAudit['sold'][number]> {
  const lines = await files.settlement(number, receipts.root);
  if (lines !== undefined) return { settlement: number, lines };
  throw new PassportError('NOT_READY', `the receipts of settlement ${number} are not there`);
}
