import * as z from 'zod';

import { ledgerId } from '../identifiers/ledger-id.ts';
import { amount } from '../money/amount.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

/**
 * What can be sold, and what is counted of it: cells of a view, rows of SQL, events of one vehicle, rows of a
 * data set, events of a stream.
 */
export const answerKinds = ['view', 'sql', 'vehicle', 'dataset', 'stream'] as const;

export type AnswerKind = (typeof answerKinds)[number];

const rate = z.strictObject({ base: amount, unit: amount });

/** What an answer costs: `base` for each, `unit` for each that is counted; micro-PCC. */
export const marketTariff = z.strictObject(
  Object.fromEntries(answerKinds.map((kind) => [kind, rate])) as Record<AnswerKind, typeof rate>,
);

/** {@link marketTariff} */
export type MarketTariff = z.output<typeof marketTariff>;

/** Among whom a settlement is split. */
export const splitParts = ['owners', 'sources', 'members', 'operator'] as const;

export type SplitPart = (typeof splitParts)[number];

const permille = z.int().min(0).max(1000);

/** The parts of each, in thousandths. */
export const marketSplit = z
  .strictObject({ owners: permille, sources: permille, members: permille, operator: permille })
  .refine((parts) => splitParts.reduce((sum, part) => sum + parts[part], 0) === 1000, {
    error: 'the parts are not 1000 together',
  });

/** {@link marketSplit} */
export type MarketSplit = z.output<typeof marketSplit>;

/** How long things take. A window of two periods lets one settlement fail, and the next one come. */
export const marketChallenge = z
  .strictObject({
    /** How often an operator settles at least. */
    settlementPeriodMs: z.int().min(1).max(YEAR_MS),
    /** How long a tab that is being closed can still be settled. */
    windowMs: z.int().min(2).max(YEAR_MS),
    /** How long a tab lasts at most; at least as long as the window. */
    tabMsMax: z.int().min(2).max(YEAR_MS),
  })
  .refine(({ settlementPeriodMs, windowMs }) => windowMs >= 2 * settlementPeriodMs, {
    error: 'the window is shorter than two settlement periods',
  })
  .refine(({ windowMs, tabMsMax }) => tabMsMax >= windowMs, {
    error: 'no tab could last as long as the window',
  });

/** {@link marketChallenge} */
export type MarketChallenge = z.output<typeof marketChallenge>;

/** Which ledger this is: no contract can see the genesis block, so two members vouch for it. */
export const marketLedger = z.strictObject({ ledger: ledgerId.nullable() });

const micro = (text: string) => amount.parse(text);

/** The rules until members vote on others. */
export const defaultMarket = {
  tariff: {
    view: { base: micro('2000'), unit: micro('10') },
    sql: { base: micro('20000'), unit: micro('20') },
    vehicle: { base: micro('100000'), unit: micro('500') },
    dataset: { base: micro('50000'), unit: micro('5') },
    stream: { base: micro('0'), unit: micro('200') },
  },
  split: { owners: 500, sources: 300, members: 50, operator: 150 },
  challenge: {
    settlementPeriodMs: HOUR_MS / 4,
    windowMs: HOUR_MS,
    tabMsMax: 90 * DAY_MS,
  },
  ledger: { ledger: null },
} as const satisfies Readonly<Record<string, unknown>>;
