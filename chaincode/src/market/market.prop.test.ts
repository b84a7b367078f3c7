import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { marketStep } from './testing/market-steps.ts';
import { RandomMarket, type Tally } from './testing/random-market.ts';

const HISTORIES = 60;
/** What is rare does not come in each round of them. */
const ROUNDS_MAX = 6;
const STEPS_MIN = 30;
const STEPS_MAX = 100;

/** What the histories together have to come by: one that only meets refusals would prove little. */
const ways = ['open', 'topUp', 'close', 'refund', 'settle', 'distribute', 'claim'];
const accidents = ['crashed', 'conflict', 'late', 'replayed'];
const refusals = [
  ...['BALANCE_INSUFFICIENT', 'EXPIRY_INVALID', 'TAB_UNKNOWN', 'TAB_REFUSED', 'TAB_FOREIGN'],
  ...['TAB_REPEATED', 'VOUCHER_FOREIGN', 'VOUCHER_OUTDATED', 'VOUCHER_EXCEEDED', 'ESCROW_EXCEEDED'],
  ...['CLAIM_SETTLED', 'SETTLEMENT_KNOWN', 'SETTLEMENT_UNKNOWN', 'RECEIPTS_WRONG'],
  ...['DISTRIBUTION_WRONG', 'DISTRIBUTION_UNKNOWN', 'DISTRIBUTION_OUTDATED', 'OWNERS_SUM_WRONG'],
  ...['SHARE_CLAIMED', 'SHARE_PROOF_WRONG', 'POOL_SHORT'],
];

describe('random histories of buyers, operators and owners', () => {
  test('with crashes, conflicts, replays and forgeries keep the money as a naive market does', async () => {
    const tally: Tally = new Map();
    const size = { minLength: STEPS_MIN, maxLength: STEPS_MAX, size: 'max' } as const;
    const all = [...ways.map((way) => `did ${way}`), ...accidents, ...refusals];
    const missing = (): string[] => all.filter((what) => !tally.has(what));
    for (let round = 0; round < ROUNDS_MAX && missing().length > 0; round += 1) {
      await fc.assert(
        fc.asyncProperty(fc.array(marketStep, size), (steps) => RandomMarket.run(steps, tally)),
        // A failure is made smaller for so long, so that it is shown before the test times out.
        { numRuns: HISTORIES, interruptAfterTimeLimit: 60_000 },
      );
    }
    expect(missing(), JSON.stringify([...tally])).toEqual([]);
  }, 120_000);
});
