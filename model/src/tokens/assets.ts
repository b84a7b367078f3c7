import * as z from 'zod';

import { coded, codedChoice } from '../wire/parse.ts';

/** PCC pays for data; PCC-Gold votes, and only members hold it. Both are pegged to the euro. */
export const assets = ['PCC', 'PCC-GOLD'] as const;

export type Asset = (typeof assets)[number];

export const asset = codedChoice('ASSET_UNKNOWN', assets);

/** An account's balance of one token lies in lanes, so that debits can go on side by side. */
export const LANES = 16;

export const lane = coded(
  'LANE_INVALID',
  (value): value is number =>
    z
      .int()
      .min(0)
      .max(LANES - 1)
      .safeParse(value).success,
);

/** Legs of one payment at most, and credits of one fold. */
export const LEGS_MAX = 1_000;
export const FOLD_CREDITS_MAX = 500;
