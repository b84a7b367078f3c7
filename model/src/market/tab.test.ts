import { describe, expect, test } from 'vitest';

import type { LedgerId } from '../identifiers/ledger-id.ts';
import { parseCommandId, parseKeyId, parseMspId } from '../identifiers/names.ts';
import { amountOf } from '../money/amount.ts';
import { type Instant, parseInstant } from '../time/instant.ts';
import { leftOfTab, phaseOf, statusAfter, type Tab, tabEvents, tabLife, tabPhases } from './tab.ts';

const NOON = parseInstant('2026-11-28T12:00:00.000Z');
const ONE = parseInstant('2026-11-28T13:00:00.000Z');
const TWO = parseInstant('2026-11-28T14:00:00.000Z');
const justBefore = (time: Instant) => new Date(Date.parse(time) - 1).toISOString() as Instant;

const tab: Tab = {
  buyer: parseKeyId('A'.repeat(43)),
  tab: parseCommandId('tab-00001'),
  operator: parseMspId('MarketMSP'),
  ledger: `fabric:${'0'.repeat(32)}` as LedgerId,
  ...{ escrow: amountOf(100n), settled: amountOf(30n), refunded: amountOf(0n) },
  ...{ sequence: 1, topUps: 0, openedAt: NOON, expiresAt: TWO, closesAt: null, status: 'open' },
  ...{ pinned: { tariff: 0, split: 0 }, windowMs: 3_600_000 },
};
const closing: Tab = { ...tab, status: 'closing', closesAt: ONE };

describe('a tab', () => {
  test('is where its status and the time put it, to the millisecond', () => {
    expect(phaseOf(tab, justBefore(TWO))).toBe('open');
    expect(phaseOf(tab, TWO)).toBe('ended');
    expect(phaseOf(closing, justBefore(ONE))).toBe('closing');
    expect(phaseOf(closing, ONE)).toBe('ended');
    const late: Tab = { ...closing, closesAt: parseInstant('2027-01-01T00:00:00.000Z') };
    expect(phaseOf(late, TWO)).toBe('ended');
    expect(phaseOf({ ...closing, status: 'closed' }, NOON)).toBe('closed');
  });

  test('goes by the table, in every phase and for every event', () => {
    const at = { open: [tab, NOON], closing: [closing, NOON], ended: [closing, ONE] } as const;
    for (const phase of tabPhases) {
      const [of, time] =
        phase === 'closed' ? ([{ ...tab, status: 'closed' }, NOON] as const) : at[phase];
      for (const event of tabEvents) {
        const move = tabLife[phase][event];
        if (move === null) {
          expect(() => statusAfter(of, event, time)).toThrow(/^TAB_REFUSED: /);
        } else {
          expect(statusAfter(of, event, time)).toBe(move === 'stays' ? of.status : move);
        }
      }
    }
  });

  test('never leaves its last state, and is always left in the end', () => {
    expect(Object.values(tabLife.closed)).toEqual(tabEvents.map(() => null));
    expect(tabLife.ended.refund).toBe('closed');
    for (const phase of ['open', 'closing'] as const) expect(tabLife[phase].refund).toBeNull();
  });

  test('has left what was neither settled nor given back', () => {
    expect(leftOfTab(tab)).toBe(70n);
    expect(leftOfTab({ ...tab, refunded: amountOf(70n) })).toBe(0n);
  });
});
