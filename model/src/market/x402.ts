import * as z from 'zod';

import { ledgerId } from '../identifiers/ledger-id.ts';
import { type Amount, amount } from '../money/amount.ts';
import { parseJson } from '../wire/parse.ts';
import { voucher } from './voucher.ts';

/** Headers of x402 v2 (coinbase/x402, specs/transports-v2/http.md): base64 of JSON. */
export const x402Headers = {
  required: 'PAYMENT-REQUIRED',
  signature: 'PAYMENT-SIGNATURE',
  response: 'PAYMENT-RESPONSE',
} as const;

/** The scheme of docs/fabric-batch-settlement.md. */
export const X402_SCHEME = 'batch-settlement';

/** A longer header is not read. */
export const X402_LENGTH_MAX = 16_384;

/** What the operator asks for: one of `accepts`. */
export type PaymentRequirements = {
  readonly scheme: typeof X402_SCHEME;
  readonly network: string;
  /** The most that the request costs, micro-PCC. */
  readonly amount: Amount;
  readonly asset: string;
  readonly payTo: string;
  readonly maxTimeoutSeconds: number;
  readonly extra: Readonly<Record<string, unknown>>;
};

/** The content of PAYMENT-REQUIRED. */
export type PaymentRequired = {
  readonly x402Version: 2;
  /** A code of the catalogue, where a payment was refused. */
  readonly error?: string;
  readonly resource: {
    readonly url: string;
    readonly description: string;
    readonly mimeType: string;
  };
  readonly accepts: readonly PaymentRequirements[];
};

/** The content of PAYMENT-RESPONSE. A settlement on the ledger comes later, so `transaction` is empty. */
export type PaymentResponse = {
  readonly success: boolean;
  readonly errorReason?: string;
  readonly payer?: string;
  readonly transaction: '';
  readonly network: string;
  /** What was charged, micro-PCC. */
  readonly amount?: Amount;
  readonly extensions?: Readonly<Record<string, unknown>>;
};

/** The content of PAYMENT-SIGNATURE, what is read of it: the quote that was accepted, and a voucher. */
export const paymentPayload = z.object({
  x402Version: z.literal(2),
  accepted: z.object({
    scheme: z.literal(X402_SCHEME),
    network: ledgerId,
    amount,
    asset: z.literal('PCC'),
    payTo: z.string().max(200),
    extra: z.object({ quote: z.string().max(8_192).optional() }).optional(),
  }),
  payload: z.object({ type: z.literal('voucher'), voucher }),
});

/** {@link paymentPayload} */
export type PaymentPayload = z.output<typeof paymentPayload>;

/** Writes a header: base64 (RFC 4648, section 4) of JSON, other characters than ASCII escaped. */
export function writeX402(content: object): string {
  const json = JSON.stringify(content).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return btoa(json);
}

/** Reads a header by a schema. Throws PassportError `PAYMENT_MALFORMED`, or what the schema says. */
export function readX402<Schema extends z.ZodType>(
  schema: Schema,
  header: string,
): z.output<Schema> {
  return parseJson(schema, textOf(header), 'PAYMENT_MALFORMED');
}

/** Not to be read is the same as no JSON. */
function textOf(header: string): string {
  if (header.length > X402_LENGTH_MAX || !/^[A-Za-z0-9+/]+={0,2}$/.test(header)) return '';
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(header), (unit) => unit.charCodeAt(0)));
  } catch {
    return '';
  }
}
