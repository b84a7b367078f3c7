import * as z from 'zod';

import { CLEAR_SUITE } from '../events/sealed.ts';
import {
  defaultMarket,
  marketChallenge,
  marketLedger,
  marketSplit,
  marketTariff,
} from '../market/market-rules.ts';
import { defaultQualityRules, qualityRules } from '../quality/rules.ts';
import { codedChoice } from '../wire/parse.ts';

/**
 * What members can change together: by name, the schema of its values and the value that holds until
 * they do (version 0).
 */
export const parameters = {
  /** How events are scored at recording. */
  'quality.rules': { schema: qualityRules, initial: defaultQualityRules },
  /** Suites that sealed fields may be in. Suite 0 does not seal: for development ledgers only. */
  'privacy.suites': {
    schema: z.strictObject({ allowed: z.array(z.int().min(0).max(255)).min(1).max(16) }),
    initial: { allowed: [1] },
  },
  /** How long grants last, in days, when they do not say, and at most. */
  'consent.grant-days': {
    schema: z
      .strictObject({ initial: z.int().min(1).max(730), max: z.int().min(1).max(730) })
      .refine(({ initial, max }) => initial <= max, {
        error: 'a grant that does not say would last longer than is allowed',
      }),
    initial: { initial: 90, max: 730 },
  },
  /** What answers cost. Tabs pin its version. */
  'market.tariff': { schema: marketTariff, initial: defaultMarket.tariff },
  /** Who gets how much of what is paid. Tabs pin its version. */
  'market.split': { schema: marketSplit, initial: defaultMarket.split },
  /** How long a buyer who closes a tab waits for the operator, and how long tabs last. */
  'market.challenge': { schema: marketChallenge, initial: defaultMarket.challenge },
  /** Which ledger this is, in the words of two members; vouchers are for it and no other. */
  'market.ledger': { schema: marketLedger, initial: defaultMarket.ledger },
} as const;

export type ParameterName = keyof typeof parameters;

/** The value of a parameter. */
export type ParameterValue<Name extends ParameterName> = z.output<
  (typeof parameters)[Name]['schema']
>;

export const parameterNames = Object.keys(parameters) as readonly ParameterName[];

export const parameterName = codedChoice('PARAMETER_UNKNOWN', parameterNames);

/** The value that lets a development ledger keep fields unsealed. */
export const developmentSuites: ParameterValue<'privacy.suites'> = { allowed: [CLEAR_SUITE, 1] };
