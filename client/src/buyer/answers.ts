import {
  amount,
  commandId,
  credit,
  instant,
  keyId,
  ledgerId,
  mspId,
  receipt,
} from '@passport/model';
import { z } from 'zod';

/** What a buyer reads of a tab of the ledger. */
export const ledgerTab = z.looseObject({
  buyer: keyId,
  tab: commandId,
  operator: mspId,
  ledger: ledgerId,
  escrow: amount,
  settled: amount,
  refunded: amount,
  sequence: z.int().min(0),
  expiresAt: instant,
  closesAt: instant.nullable(),
  status: z.enum(['open', 'closing', 'closed']),
});

/** {@link ledgerTab} */
export type LedgerTab = z.output<typeof ledgerTab>;

/** Quotes that purchases named, by receipt. */
const quotes = z
  .array(z.looseObject({ receipt: commandId, id: z.string(), maximum: amount }))
  .default([]);

/** What the market says of a buyer: `GET /v1/buyers/me/usage`. */
export const usageAnswer = z.looseObject({
  buyer: keyId,
  tabs: z.array(
    z.looseObject({ tab: ledgerTab, charged: amount, unsettled: amount, left: amount }),
  ),
  /** What waits for a settlement. */
  receipts: z.array(receipt),
  quotes,
  credits: z.array(credit),
  /** What was settled, the newest first. */
  settled: z
    .array(
      z.looseObject({
        settlement: z.int(),
        settledAt: instant,
        receipts: z.array(receipt),
        quotes,
      }),
    )
    .default([]),
});

/** {@link usageAnswer} */
export type UsageAnswer = z.output<typeof usageAnswer>;

/** How a buyer names a vehicle: `GET /v1/vehicles/{vid}/reference`. */
export const vehicleNames = z.looseObject({
  buyer: keyId,
  /** In questions. */
  reference: z.string().min(1).max(100),
  /** In answers. */
  vehicle: z.string().min(1),
});

/** {@link vehicleNames} */
export type VehicleNames = z.output<typeof vehicleNames>;

/** A session: whoever has its credential spends up to its limit. */
export const sessionAnswer = z.looseObject({
  credential: z.string().min(1),
  limit: amount,
  expiresAt: instant,
});

/** What the market says of a payment that it does not take, so that its buyer can go on from there. */
const tabNote = z.looseObject({ charged: amount, seq: z.int().min(0) });

/** PAYMENT-REQUIRED, what is read of it. */
export const paymentRequired = z.looseObject({
  x402Version: z.literal(2),
  error: z.string().optional(),
  accepts: z
    .array(
      z.looseObject({
        scheme: z.string(),
        network: z.string(),
        amount,
        asset: z.string(),
        payTo: z.string(),
        extra: z.looseObject({ quote: z.string().max(8_192), tab: tabNote.optional() }),
      }),
    )
    .min(1),
});

/** PAYMENT-RESPONSE of an answer that was paid. */
export const paymentResponse = z.looseObject({
  success: z.literal(true),
  extensions: z.looseObject({ receipt: z.string().max(8_192) }),
});
