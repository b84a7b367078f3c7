import { GrowingHistory, Market } from '@passport/oracle';
import { TestLedger } from '@passport/oracle/testing';
import { expect, test } from 'vitest';

import { erasedBehind } from './erased.ts';
import { jsonOf, textOf } from './report.ts';

const vid = 'a'.repeat(26);
const now = '2026-02-01T10:00:00.000Z';

function history(grant: object, market = new Market('MarketMSP', [])): GrowingHistory {
  const ledger = new TestLedger();
  ledger.add(now, ledger.vehicle(vid), ledger.owner(vid, 1, now));
  ledger.add(now, ledger.grant(vid, 1, 'grant', grant));
  ledger.add(now);
  ledger.add(now, ledger.erasure(vid, 1, now));
  const read = new GrowingHistory('passport', market);
  for (const block of ledger.chain.blocks) read.add(block);
  return read;
}

test('an answer from a grant to the market is excused by an erasure behind it, and no other', () => {
  expect(erasedBehind(history({}), 2)).toBe(3);
  expect(erasedBehind(history({}), 1)).toBe(3);
  // Before the grant it had opened nothing, and from the erasure on all is known.
  expect(erasedBehind(history({}), 0)).toBeUndefined();
  expect(erasedBehind(history({}), 3)).toBeUndefined();
  // Released batches are made of all before.
  expect(erasedBehind(history({}), 3, -1)).toBe(3);
  expect(erasedBehind(history({}), 0, -1)).toBeUndefined();
  expect(erasedBehind(history({ purpose: 'research' }), 2)).toBeUndefined();
  expect(erasedBehind(history({ grantee: { mspId: 'OtherMSP' } }), 2)).toBeUndefined();
});

test('it is told apart from an answer that is wrong', () => {
  const query = {
    ...{ view: 'usage' as const, metrics: ['trips'], by: ['day'] },
    ...{ filters: {}, from: undefined, to: undefined },
  };
  const difference = { at: 'rows[0]', api: '1', ledger: '2' };
  const verdict = { question: { of: 'view', query } as const, block: 2, rows: 1, difference };
  expect(textOf({ ...verdict, erasedAt: 3 })).toMatch(/^not reproducible: erased at block 3 /);
  expect(JSON.parse(jsonOf({ ...verdict, erasedAt: 3 }))).toMatchObject({
    ...{ result: 'not reproducible', block: 2, erasedAt: 3 },
  });
  expect(textOf(verdict)).toMatch(/^DIFFERS /);
});
