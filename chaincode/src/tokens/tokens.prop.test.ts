import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { step } from './testing/arbitrary-steps.ts';
import { RandomHistory, type Tally } from './testing/random-history.ts';

const HISTORIES = 100;
const STEPS_MIN = 20;
const STEPS_MAX = 100;

/** What the histories together have to come by: one that only meets refusals would prove little. */
const ways = [
  ...['attest', 'propose', 'approve', 'reject', 'transfer', 'pay', 'fold'],
  ...['open', 'capture', 'close', 'redeem', 'confirm', 'refuse'],
].map((act) => `did ${act}`);
const accidents = ['crashed', 'conflict', 'late', 'replayed', 'relayed again'];
const refusals = [
  ...['ACCOUNT_FOREIGN', 'BALANCE_INSUFFICIENT', 'CREDITS_INVALID'],
  ...['CREDIT_UNKNOWN', 'DEPOSIT_USED', 'HOLD_EXPIRED', 'GOLD_MEMBERS_ONLY', 'HOLD_CLOSED'],
  ...['HOLD_EXCEEDED', 'MEMBER_UNKNOWN', 'MINT_ENDED', 'REDEMPTION_ENDED', 'ROLE_MISSING'],
  ...['RESERVE_BELOW_SUPPLY', 'RESERVE_EXCEEDED', 'RESERVE_STALE', 'SAME_ORGANISATION'],
];

describe('random histories of many actors', () => {
  test('with crashes, conflicts, replays and forgeries keep the money as a naive ledger does', async () => {
    const tally: Tally = new Map();
    const history = fc.array(step, { minLength: STEPS_MIN, maxLength: STEPS_MAX, size: 'max' });
    await fc.assert(
      fc.asyncProperty(history, (steps) => RandomHistory.run(steps, tally)),
      // A failure is made smaller for so long, so that it is shown before the test times out.
      { numRuns: HISTORIES, interruptAfterTimeLimit: 90_000 },
    );
    const missed = [...ways, ...accidents, ...refusals].filter((what) => !tally.has(what));
    expect(missed, JSON.stringify([...tally])).toEqual([]);
  }, 120_000);
});
