import { type Amount, type Asset, formatMicro, microOf, type Supply } from '@passport/model';

import type { Member } from './organisations.ts';

/** What a member has of both tokens. */
export type Holding = { readonly member: Member; readonly pcc: Amount; readonly gold: Amount };

const show = (amount: Amount): string => formatMicro(microOf(amount));

/** An amount for people: `0.5 PCC`. */
export function showPcc(amount: Amount | bigint): string {
  return `${formatMicro(BigInt(amount))} PCC`;
}

/** Balances of the members, and the supply of each token against its reserve, in lines. */
export function moneyLines(
  holdings: readonly Holding[],
  supplies: Readonly<Record<Asset, Supply>>,
): string[] {
  const rows = holdings.map(
    ({ member, pcc, gold }) =>
      `  ${member.padEnd(16)} ${show(pcc).padStart(12)} PCC ${show(gold).padStart(12)} PCC-Gold`,
  );
  const backed = Object.values(supplies).map(({ asset, supply, reserve }) => {
    const attested =
      reserve === null
        ? 'no reserve'
        : `${show(reserve.amount)} EUR attested by ${reserve.custodian} as of ${reserve.asOf.slice(0, 10)}`;
    return `  ${asset.padEnd(16)} ${show(supply).padStart(12)} out, backed by ${attested}`;
  });
  return [...rows, ...backed];
}
