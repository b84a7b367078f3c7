import { type BankStatement, microOf } from '@passport/model';

import { pcc } from './pcc.ts';

/** An account for people. */
export function accountText(statement: BankStatement): string {
  const { account, total, lanes, unfolded, paidIn, paidOut } = statement;
  const free = lanes.reduce((sum, lane) => sum + microOf(lane.free), 0n);
  return [
    account,
    `  ${pcc(total)} in all, ${pcc(free)} to spend, ${pcc(unfolded)} just come in`,
    `  ${paidIn} EUR were paid in, ${paidOut} EUR paid out`,
    '',
  ].join('\n');
}
