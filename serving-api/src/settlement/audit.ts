import { PassportError, type Settlement, type SettlementAudit, type Vid } from '@passport/model';

import { type OpenReference, referencesIn } from './sold-answers.ts';
import { type EarningsDesk, fileOf } from './statement.ts';

/** Collects what a settlement rests on. Throws PassportError `SETTLEMENT_UNKNOWN`, `NOT_READY`. */
export async function auditOf(
  desk: EarningsDesk,
  number: number,
  epochBlocks: number,
  openReference: OpenReference,
): Promise<SettlementAudit> {
  const [settlement] = await desk.ledger.settlementsFrom(number);
  if (settlement?.number !== number) {
    throw new PassportError('SETTLEMENT_UNKNOWN', `there is no settlement ${number}`);
  }
  const all = await desk.ledger.distributions();
  const place = all.findIndex(({ settlements: { last } }) => number <= last);
  const [distribution, earlier] = place === -1 ? [] : [all[place], all[place - 1]];
  const { first, last } = distribution?.settlements ?? { first: number, last: number };
  const settlements = (await desk.ledger.settlementsFrom(first)).filter(
    (one) => one.number <= last,
  );
  const sold = await Promise.all(settlements.map((one) => soldBy(desk, one)));
  return {
    epochBlocks,
    file: distribution === undefined ? null : await fileOf(desk, distribution),
    before: earlier === undefined ? [] : (await fileOf(desk, earlier)).owners,
    sold,
    vehicles: vehiclesIn(sold, openReference),
  };
}

function vehiclesIn(
  sold: SettlementAudit['sold'],
  openReference: OpenReference,
): SettlementAudit['vehicles'] {
  const vehicles: Record<string, Vid> = {};
  for (const { receipt, asked } of sold.flatMap(({ lines }) => lines)) {
    if (receipt.kind !== 'vehicle') continue;
    for (const reference of referencesIn(asked)) {
      const vid = openReference(receipt.buyer, reference);
      if (vid !== undefined) vehicles[reference] = vid;
    }
  }
  return vehicles;
}

async function soldBy(
  { files }: EarningsDesk,
  { number, receipts }: Settlement,
): Promise<SettlementAudit['sold'][number]> {
  const lines = await files.settlement(number, receipts.root);
  if (lines !== undefined) return { settlement: number, lines: [...lines] };
  throw new PassportError('NOT_READY', `the receipts of settlement ${number} are not there`);
}
