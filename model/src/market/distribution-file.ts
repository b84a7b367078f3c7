import { z } from 'zod';

import { ledgerId } from '../identifiers/ledger-id.ts';
import { commandId, mspId } from '../identifiers/names.ts';
import { vid } from '../identifiers/vid.ts';
import { amount, positiveAmount } from '../money/amount.ts';
import { digest } from './digest.ts';
import { answerKinds } from './market-rules.ts';
import { productId } from './product.ts';
import { soldLine } from './sold-line.ts';

/** A weight: quality times use, as digits. */
const weight = z.string().regex(/^(?:0|[1-9]\d{0,39})$/);
const number = z.int().min(1);

/** Who nobody is known for: their money waits for the next distribution. */
export const UNASSIGNED = 'unassigned';

const owner = z.strictObject({
  /** The owner's reference, `msp:` and a member for cars without an owner on record, or {@link UNASSIGNED}. */
  ref: z.string(),
  /** What stands in the leaf: the id of the owner's key once they have proven it, else the reference. */
  holder: z.string(),
  salt: digest,
  /** Since the beginning. */
  total: amount,
  /** By this distribution. */
  earned: amount,
  weight,
});

/** All sales of one answer, and who it is of. */
const answer = z.strictObject({
  product: productId,
  productVersion: number,
  kind: z.enum(answerKinds),
  block: z.int().min(0),
  /** The request's digest. */
  request: digest,
  sales: z.array(
    z.strictObject({
      receipt: commandId,
      settlement: number,
      price: positiveAmount,
      at: z.string(),
    }),
  ),
  /** Money and weights together: each is the price times its part of the answer, in millionths. */
  sources: z.array(z.tuple([mspId, weight])),
  owners: z.array(z.tuple([z.string(), weight])),
});

/** How settlements were shared out, and why: all that follows from receipts and contributions. */
export const distributionFile = z.strictObject({
  v: z.literal(1),
  operator: mspId,
  ledger: ledgerId,
  number,
  first: number,
  through: number,
  sources: z.array(z.strictObject({ mspId, weight })),
  owners: z.array(owner),
  answers: z.array(answer),
});

/** {@link distributionFile} */
export type DistributionFile = z.output<typeof distributionFile>;

/** All that a settlement and its distribution rest on, as auditors read it; what is on the ledger is not in it. */
export const settlementAudit = z.object({
  file: distributionFile.nullable(),
  /** The owners of the distribution before; none before the first. */
  before: z.array(owner),
  /** What the settlements of the distribution sold, in the order of the trees' leaves. */
  sold: z.array(z.strictObject({ settlement: number, lines: z.array(soldLine) })),
  /** Vehicles that buyers asked for under references of their own, by reference: the operator alone can open these. */
  vehicles: z.record(z.string(), vid).default({}),
  /** Blocks of an epoch: batches are released at the end of one. */
  epochBlocks: z.int().min(1),
});

/** {@link settlementAudit} */
export type SettlementAudit = z.output<typeof settlementAudit>;

/** One owner of it. */
export type OwnerEntry = DistributionFile['owners'][number];
