import { type PersonKey, signVoucher } from '@passport/ledger-client/signing';
import {
  type Amount,
  type MarketTerms,
  type PaymentRequirements,
  type Quote,
  readX402,
  type Voucher,
  writeX402,
  X402_SCHEME,
  x402Headers,
} from '@passport/model';
import type { z } from 'zod';

import { paymentRequired } from './answers.ts';
import { answerFormats, type Ask } from './asking.ts';
import { BuyerError } from './buyer-error.ts';
import { refusalOf } from './market-http.ts';
import type { PurseTab } from './purse.ts';
import { checkQuote } from './receipt-check.ts';

/** What an answer costs: what is asked for, and the market's signed word on it. */
export type Priced = {
  /** At most, micro-PCC. */
  readonly maximum: Amount;
  readonly quote: Quote;
  readonly required: PaymentRequirements;
};

/** Reads what a market asks for, and writes what it takes (x402 v2, docs/fabric-batch-settlement.md). */
export class Payer {
  readonly #key: PersonKey;

  constructor(key: PersonKey) {
    this.#key = key;
  }

  /** The price in an answer 402. Throws BuyerError: `MARKET_CHANGED` for a payment to anybody else. */
  async priceOf(response: Response, market: MarketTerms): Promise<Priced> {
    if (response.status !== 402) throw await refusalOf(response);
    await response.body?.cancel();
    const { accepts } = headerJson(response, x402Headers.required, paymentRequired);
    const required = accepts.find(({ scheme }) => scheme === X402_SCHEME);
    if (required === undefined) {
      throw new BuyerError('ANSWER_MALFORMED', `no payment by ${X402_SCHEME} is asked for`);
    }
    const { network, asset, payTo, amount, extra } = required;
    if (network !== market.ledger || payTo !== market.account || asset !== market.asset) {
      const to = `${payTo} on ${network} in ${asset}`;
      throw new BuyerError('MARKET_CHANGED', `a payment to ${to} is asked for: nothing was paid`);
    }
    const quote = await checkQuote(extra.quote, market.operatorKey);
    if (quote.maximum !== amount) {
      throw new BuyerError('RECEIPT_INVALID', 'the quote is for another price than is asked for');
    }
    return { maximum: amount, quote, required: required as unknown as PaymentRequirements };
  }

  /** The voucher of a tab as it is in the purse. */
  voucher(tab: PurseTab, { channel }: MarketTerms): Promise<Voucher> {
    return signVoucher(this.#key, {
      ...{ aud: tab.operator, sub: tab.tab, ledger: tab.ledger, channel },
      ...{ amount: tab.signed, seq: tab.seq, expiresAt: new Date(tab.expiresAt) },
    });
  }

  /** Headers that pay. Sent again they are the same purchase. */
  async headers(
    tab: PurseTab,
    market: MarketTerms,
    { required }: Priced,
  ): Promise<Readonly<Record<string, string>>> {
    const voucher = await this.voucher(tab, market);
    const payment = { x402Version: 2, accepted: required, payload: { type: 'voucher', voucher } };
    return {
      [x402Headers.signature]: writeX402(payment),
      'Idempotency-Key': crypto.randomUUID(),
    };
  }

  /** Why a payment was not taken. */
  async refused(response: Response, { tab }: PurseTab): Promise<BuyerError> {
    const refusal = await refusalOf(response);
    const { apiCode } = refusal;
    const [why, what] =
      apiCode === 'TAB_REFUSED' || apiCode === 'VOUCHER_EXPIRED'
        ? (['NO_TAB', `the tab ${tab} is closing, or over soon: open another one`] as const)
        : (['REFUSED', 'nothing was charged; ask again'] as const);
    return new BuyerError(why, `${refusal.message} (${what})`, { apiCode, cause: refusal });
  }
}

/** Whether nothing was charged for an answer to a request that pays: it rests on no data, and has no receipt. */
export function isForNothing({ headers }: Response): boolean {
  return !headers.has(x402Headers.response);
}

/** What a header of x402 says. Throws BuyerError `ANSWER_MALFORMED`. */
export function headerJson<Schema extends z.ZodType>(
  response: Response,
  name: string,
  schema: Schema,
): z.output<Schema> {
  try {
    return readX402(schema, response.headers.get(name) ?? '');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BuyerError('ANSWER_MALFORMED', `${name} cannot be read: ${why}`, { cause: error });
  }
}

/** `Accept` of what is asked for. */
export function acceptHeader({ format = 'json' }: Ask): Readonly<Record<string, string>> {
  return { Accept: answerFormats[format] };
}

/** The bytes of an answer. Throws BuyerError `UNREACHABLE` where the connection breaks. */
export async function bytesOf(response: Response): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new BuyerError('UNREACHABLE', 'the answer broke off', { cause: error });
  }
}
