import {
  amountOf,
  canonicalJson,
  type Digest,
  type ErrorCode,
  keyAccount,
  organisationAccount,
  PassportError,
  type PaymentRequired,
  priceOf,
  type Quote,
  QUOTE_TYPE,
  writeX402,
  X402_SCHEME,
  x402Headers,
} from '@passport/model';

import { type Outcome, responseOf } from '../http/outcome.ts';
import { problemOf } from '../http/problem.ts';
import type { Counted, ForSale, SaleTo, SoldAnswer } from './for-sale.ts';
import type { MarketDesk, Sold } from './market-desk.ts';
import { type Payer, payerOf, sha256, tabNote } from './payer.ts';
import type { PayingRequest } from './paying-request.ts';
import { againFor, buyFor, forNothing, requireSameRequest } from './sell.ts';

/** A quote holds so long. */
const QUOTE_SECONDS = 300;

/** Refusals that another payment may mend: 402, with what is asked for. */
const payable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['VOUCHER_SIGNATURE_INVALID', 'VOUCHER_FOREIGN', 'VOUCHER_EXPIRED'] as const),
  ...(['VOUCHER_OUTDATED', 'VOUCHER_EXCEEDED', 'ESCROW_EXCEEDED'] as const),
  ...(['TAB_UNKNOWN', 'TAB_FOREIGN', 'TAB_REFUSED'] as const),
  ...(['SESSION_INVALID', 'QUOTE_INVALID'] as const),
]);

/** As {@link sellFor}, as a route of the app answers. */
export async function payFor(
  desk: MarketDesk,
  request: PayingRequest,
  sale: ForSale | SaleTo,
): Promise<Response> {
  return responseOf(await sellFor(desk, request, sale));
}

/**
 * Sells an answer for the payment that comes with a request (x402 v2, docs/fabric-batch-settlement.md): 402
 * and a quote without one. No answer leaves before its line is in the journal, nothing is charged
 * without an answer; one that rests on no data is given to whoever asks. Throws PassportError for what no
 * payment mends.
 */
export async function sellFor(
  desk: MarketDesk,
  request: PayingRequest,
  sale: ForSale | SaleTo,
): Promise<Outcome> {
  const saleTo: SaleTo = typeof sale === 'function' ? sale : () => sale;
  let payer: Payer | undefined;
  try {
    payer = payerOf(desk, request.headers);
    if (payer === undefined) {
      const error = new PassportError('PAYMENT_REQUIRED', 'pay with a voucher or by a session');
      return await askForPayment(desk, request.url, saleTo(undefined), error);
    }
    return answered(await sold(desk, payer, saleTo(payer.buyer), request.isGone));
  } catch (error) {
    if (!(error instanceof PassportError) || !payable.has(error.code)) throw error;
    return askForPayment(desk, request.url, saleTo(payer?.buyer), error, payer);
  }
}

function answered({ body, type, headers }: Sold): Outcome {
  return { status: 200, headers: { ...headers, 'Content-Type': type }, body };
}

/** What is asked, in one spelling, and its digest. */
function askedOf({ request }: ForSale): { readonly asked: string; readonly request: Digest } {
  const asked = canonicalJson(request);
  return { asked, request: sha256(asked) };
}

/** The purchase, or the one under way or over that has the same key. */
async function sold(
  desk: MarketDesk,
  payer: Payer,
  sale: ForSale,
  isGone: () => boolean,
): Promise<Sold> {
  const { journal, underWay } = desk;
  const { asked, request } = askedOf(sale);
  if (journal.trouble !== undefined) throw new PassportError('NOT_READY', journal.trouble);
  const key = payer.key ?? sha256(desk.newReceipt());
  const name = `${payer.buyer} ${payer.tab} ${key}`;
  const under = underWay.get(name);
  if (under !== undefined) {
    requireSameRequest(under.request, request);
    return under.response;
  }
  const known = journal.saleOf(payer, key, desk.now().getTime());
  const response =
    known === undefined
      ? buyFor(desk, payer, sale, { asked, request, key, isGone })
      : againFor(desk, payer, sale, request, known);
  underWay.set(name, { request, response });
  try {
    return await response;
  } finally {
    underWay.delete(name);
  }
}

async function askForPayment(
  desk: MarketDesk,
  url: string,
  sale: ForSale,
  error: PassportError,
  payer?: Payer,
): Promise<Outcome> {
  // What it costs at most; where nobody knows before, it is computed, and only counted.
  const counted = await (sale.atMost?.() ?? sale.produce());
  if (isAnswer(counted) && counted.isOfNothing === true) return answered(forNothing(counted));
  const quote = await quoteOf(desk, sale, counted);
  const { place, operator } = desk;
  const required: PaymentRequired = {
    x402Version: 2,
    error: error.code,
    resource: { url, description: sale.product.product, mimeType: sale.mediaType },
    accepts: [
      {
        scheme: X402_SCHEME,
        network: place.ledger,
        amount: quote.maximum,
        asset: 'PCC',
        payTo: organisationAccount(operator),
        maxTimeoutSeconds: QUOTE_SECONDS,
        extra: {
          ...{ channel: place.channel, contract: 'Market', operator },
          redemptionMarginMs: desk.marginMs,
          quote: desk.seal.seal(QUOTE_TYPE, quote),
          ...(await noteOf(desk, payer)),
        },
      },
    ],
  };
  const refused = {
    success: false,
    errorReason: error.code,
    ...(payer === undefined ? {} : { payer: keyAccount(payer.buyer) }),
    transaction: '',
    network: place.ledger,
  };
  return {
    status: 402,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      [x402Headers.required]: writeX402(required),
      ...(error.code === 'PAYMENT_REQUIRED' ? {} : { [x402Headers.response]: writeX402(refused) }),
    },
    body: JSON.stringify({ ...problemOf(error), status: 402 }),
  };
}

function isAnswer(counted: Counted): counted is SoldAnswer {
  return 'body' in counted;
}

async function quoteOf(
  desk: MarketDesk,
  sale: ForSale,
  { block, units, qualityPermille }: Counted,
): Promise<Quote> {
  const { version: tariffVersion, tariff } = await desk.prices.tariff();
  const { product, version: productVersion, tariffPermille } = sale.product;
  return {
    ...{ operator: desk.operator, ledger: desk.place.ledger, product, productVersion },
    ...{ tariffVersion, kind: sale.kind, request: askedOf(sale).request, block, qualityPermille },
    maximum: amountOf(atLeastOne(priceOf(tariff, sale.kind, units, tariffPermille))),
    exp: Math.floor(desk.now().getTime() / 1000) + QUOTE_SECONDS,
  };
}

/** Who has proven to be the buyer sees the tab, to go on from it; nothing where nobody knows it. */
async function noteOf(desk: MarketDesk, payer: Payer | undefined): Promise<object> {
  if (payer === undefined) return {};
  try {
    return { tab: tabNote(desk, payer, await desk.tabs.get(payer.buyer, payer.tab)) };
  } catch (error) {
    if (error instanceof PassportError) return {};
    throw error;
  }
}

function atLeastOne(micro: bigint): bigint {
  return micro > 0n ? micro : 1n;
}
