import {
  amountOf,
  type Digest,
  instantOf,
  keyAccount,
  microOf,
  PassportError,
  priceOf,
  type Receipt,
  reducedPrice,
  reductionOf,
  saleAfter,
  type Tab,
  type UsedQuote,
  writeX402,
  x402Headers,
} from '@passport/model';

import type { KnownSale } from './debit-journal.ts';
import type { ForSale, SoldAnswer } from './for-sale.ts';
import { giveBack } from './give-back.ts';
import type { MarketDesk, Sold } from './market-desk.ts';
import { type Payer, requireCovered, sha256, tabOf } from './payer.ts';
import type { TariffVersion } from './price-book.ts';

/** One purchase. */
export type Purchase = {
  /** What is asked, in one spelling. */
  readonly asked: string;
  /** Its digest. */
  readonly request: Digest;
  readonly key: Digest;
  /** Whether the buyer has hung up. */
  readonly isGone: () => boolean;
};

/**
 * Buys an answer; one that rests on no data is given, and leaves no line. Throws PassportError: then nothing was
 * charged.
 */
export async function buyFor(
  desk: MarketDesk,
  payer: Payer,
  sale: ForSale,
  { asked, request, key, isGone }: Purchase,
): Promise<Sold> {
  const { kind, product } = sale;
  const tab = await tabOf(desk, payer);
  const lease = await desk.leases.take(payer);
  const priced = await desk.prices.tariff(tab.pinned.tariff);
  requireQuoteOf(desk, payer, sale, request);
  // What is computed before it is covered could be told by a refusal: how many rows there are.
  const { units = 0 } = (await sale.atMost?.()) ?? {};
  requireCovered(desk, payer, tab, priceOf(priced.tariff, kind, units, product.tariffPermille));
  let state = saleAfter('asked', 'cover');
  const answer = await sale.produce();
  state = saleAfter(state, 'answer');
  if (answer.isOfNothing === true) {
    saleAfter(state, 'give');
    return forNothing(answer);
  }
  if (isGone()) throw new PassportError('PAYMENT_REQUIRED', 'the buyer has gone, nothing is sold');
  // From here to the journal nothing waits, so that no other purchase comes in between.
  const receipt = receiptOf(desk, payer, sale, { tab, answer, request, priced });
  const line = {
    accepted: acceptedOf(payer),
    asked,
    buyer: payer.buyer,
    key,
    kind: 'sale',
    lease,
    quote: quoteOf(payer),
    receipt,
    tab: payer.tab,
  } as const;
  const ready: { sold?: Promise<Sold> } = {};
  const known = await desk.journal.append(line, () => {
    // Signed while the disk writes, and handed over when it has written. What signing throws is thrown below.
    ready.sold = leaving(desk, receipt, answer);
    ready.sold.catch(() => undefined);
  });
  state = saleAfter(state, 'charge');
  desk.answers.keep(receipt.id, answer);
  const sold = await (ready.sold ?? leaving(desk, receipt, answer));
  if (known !== undefined) known.isUndelivered = false;
  saleAfter(state, 'deliver');
  return sold;
}

/**
 * The answer of a purchase once more, at no cost: as it was kept, or computed anew at its block. Where it
 * cannot be, and never left, its price is given back. Throws PassportError `ANSWER_GONE`,
 * `IDEMPOTENCY_KEY_REUSED`.
 */
export async function againFor(
  desk: MarketDesk,
  payer: Payer,
  sale: ForSale,
  request: Digest,
  known: KnownSale,
): Promise<Sold> {
  const { receipt } = known;
  requireSameRequest(receipt.request, request);
  if (known.isCredited) throw new PassportError('ANSWER_GONE', 'its price was given back');
  await sale.requireOpen?.();
  const answer = desk.answers.get(receipt.id) ?? (await computedAgain(sale, receipt));
  if (answer !== undefined) {
    known.isUndelivered = false;
    return leaving(desk, receipt, answer);
  }
  if (!known.isUndelivered) throw new PassportError('ANSWER_GONE', 'it was given when it was sold');
  await giveBack(desk, known);
  throw new PassportError('ANSWER_GONE', 'its price is given back');
}

/** Refuses a key that stands for another request. Throws PassportError `IDEMPOTENCY_KEY_REUSED`. */
export function requireSameRequest(known: string, asked: string): void {
  if (known === asked) return;
  throw new PassportError('IDEMPOTENCY_KEY_REUSED', 'the key stands for another request');
}

function requireQuoteOf(
  { place, now }: MarketDesk,
  { quote }: Payer,
  { product }: ForSale,
  request: Digest,
): void {
  if (quote === undefined) return;
  const isOver = quote.exp * 1000 <= now().getTime();
  if (isOver || quote.request !== request || quote.ledger !== place.ledger) {
    throw new PassportError('QUOTE_INVALID', isOver ? 'it is over' : 'it is of another request');
  }
  if (quote.product !== product.product || quote.productVersion !== product.version) {
    throw new PassportError('QUOTE_INVALID', 'the product has another version by now');
  }
}

type Answered = {
  readonly tab: Tab;
  readonly answer: SoldAnswer;
  readonly request: Digest;
  readonly priced: TariffVersion;
};

function receiptOf(
  desk: MarketDesk,
  payer: Payer,
  { kind, product }: ForSale,
  { tab, answer, request, priced }: Answered,
): Receipt {
  const { units, block, qualityPermille } = answer;
  const full = priceOf(priced.tariff, kind, units, product.tariffPermille);
  const reduction = reductionOf(payer.quote, answer);
  const promised = payer.quote === undefined ? full : microOf(payer.quote.maximum);
  const price = reducedPrice(full < promised ? full : promised, reduction);
  const priceMicro = price > 0n ? price : 1n;
  const charged = requireCovered(desk, payer, tab, priceMicro) + priceMicro;
  // In the order of names, in which it is written down, signed and hashed.
  return {
    at: instantOf(desk.now().getTime()),
    block,
    buyer: payer.buyer,
    charged: amountOf(charged),
    id: desk.newReceipt(),
    kind,
    ledger: desk.place.ledger,
    operator: desk.operator,
    price: amountOf(priceMicro),
    product: product.product,
    productVersion: product.version,
    qualityPermille,
    reduction,
    request,
    result: sha256(answer.body),
    splitVersion: tab.pinned.split,
    tab: payer.tab,
    tariffVersion: priced.version,
    units,
    v: 1,
  };
}

function acceptedOf({ voucher: came }: Payer) {
  if (came === null) return null;
  const { voucher, amount, seq, exp } = came;
  return { amount, exp, seq, voucher };
}

/** Which of the quotes that were handed out it was bought by. */
function quoteOf({ quote, quoteId: id }: Payer): UsedQuote | null {
  if (quote === undefined || id === undefined) return null;
  const { maximum, block, qualityPermille, exp } = quote;
  return { block, exp, id, maximum, qualityPermille };
}

/** Undefined where what is computed is not what was sold, or cannot be any more. */
async function computedAgain(
  { produce }: ForSale,
  { block, result }: Receipt,
): Promise<SoldAnswer | undefined> {
  try {
    const answer = await produce(block);
    return sha256(answer.body) === result ? answer : undefined;
  } catch (error) {
    if (error instanceof PassportError && error.code === 'BLOCK_NOT_HELD') return undefined;
    throw error;
  }
}

async function leaving(
  { receipts }: MarketDesk,
  receipt: Receipt,
  { body, type, headers }: SoldAnswer,
): Promise<Sold> {
  const sealed = await receipts.sealed(receipt);
  const response = {
    ...{ success: true, payer: keyAccount(receipt.buyer), transaction: '' },
    ...{ network: receipt.ledger, amount: receipt.price },
    extensions: { receipt: sealed },
  };
  return {
    body,
    type,
    headers: {
      ...headers,
      ...headersOf(receipt.result),
      [x402Headers.response]: writeX402(response),
    },
  };
}

/** An answer that costs nothing, as it leaves: without a receipt. */
export function forNothing({ body, type, headers }: SoldAnswer): Sold {
  return { body, type, headers: { ...headers, ...headersOf(sha256(body)) } };
}

function headersOf(result: Digest): Readonly<Record<string, string>> {
  const digest = Buffer.from(result, 'hex').toString('base64');
  // RFC 9530.
  return { 'Cache-Control': 'no-store', 'Content-Digest': `sha-256=:${digest}:` };
}
