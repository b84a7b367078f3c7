import type { PersonKey } from '@passport/ledger-client/signing';
import {
  type Amount,
  amountOf,
  commandClaims,
  defaultMarket,
  digestOf,
  digestOfJson,
  keyId,
  type MarketTerms,
  microOf,
  parse,
  parseJson,
  parseMspId,
  paymentPayload,
  productId,
  QUOTE_TYPE,
  type Receipt,
  RECEIPT_TYPE,
  readX402,
  tabCommands,
  voucherClaims,
  type VoucherClaims,
  writeX402,
} from '@passport/model';
import { CompactSign } from 'jose';

import { generateBuyerKey, importBuyerKey } from '../buyer/buyer-key.ts';
import type { LedgerTab } from '../buyer/answers.ts';

/** What an answer costs in a scripted market, and what its quote says at most. */
export const PRICE = 2_100n;
export const MAXIMUM = 3_000n;
export const ANSWER = '{"rows":[["Seat",20]]}';

const NOW = new Date('2026-11-28T17:00:00.000Z');
const DAY_MS = 24 * 60 * 60 * 1000;

/** How a market misbehaves, or what goes wrong on the way. */
export type Mischief = {
  payTo?: string;
  /** Signs receipts and quotes with another key than it has told. */
  strangeKey?: boolean;
  /** Sends other bytes than the receipt is for. */
  otherBytes?: boolean;
  /** Charges so much more than it says in the receipt. */
  overchargeMicro?: bigint;
  /** Charges, and then the connection breaks, so many times. */
  lostAnswers?: number;
  /** Answers rest on no data from so many quotes on: they cost nothing. */
  emptyAfter?: number;
  /** Asks for patience so many times. */
  busy?: number;
};

/** A market of a test, as far as a buyer sees it: tabs, quotes, vouchers, receipts. No ledger. */
export class ScriptedMarket {
  readonly mischief: Mischief = {};
  /** Vouchers that came, in order. */
  readonly vouchers: VoucherClaims[] = [];
  readonly ledger = `fabric:${'0'.repeat(32)}`;
  #tab: LedgerTab | undefined;
  #charged = 0n;
  #seq = 0;
  #quotes = 0;
  readonly #answered = new Map<string, Response>();
  readonly #key: PersonKey;
  readonly #strange: PersonKey;

  private constructor(key: PersonKey, strange: PersonKey) {
    this.#key = key;
    this.#strange = strange;
  }

  static async open(): Promise<ScriptedMarket> {
    const [key, strange] = await Promise.all([newKey(), newKey()]);
    return new ScriptedMarket(key, strange);
  }

  /** What the market says was charged, micro-PCC. */
  get charged(): bigint {
    return this.#charged;
  }

  readonly now = (): Date => NOW;

  /** Nobody waits in a test. */
  readonly pause = (): Promise<void> => Promise.resolve();

  /** Stands where `fetch` stands. */
  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
    const response = await this.#answer(url, headers, body);
    // As of a real one, whose address a refusal names.
    Object.defineProperty(response, 'url', { value: url.href });
    return response;
  };

  async #answer({ pathname }: URL, headers: Headers, body: unknown): Promise<Response> {
    const { mischief } = this;
    if ((mischief.busy ?? 0) > 0) {
      mischief.busy = (mischief.busy ?? 0) - 1;
      return problem(503, 'NOT_READY');
    }
    switch (pathname) {
      case '/v1/market/terms':
        return Response.json(this.#terms());
      case '/v1/tabs':
        return Response.json(this.#order(body));
      case '/v1/buyers/me/usage':
        return Response.json(this.#usage());
      default:
        return this.#sell(headers);
    }
  }

  #terms(): MarketTerms {
    return {
      ...{ operator: parseMspId('MutualMSP'), account: 'org:MutualMSP' as MarketTerms['account'] },
      ...{ asset: 'PCC', ledger: this.ledger as MarketTerms['ledger'], channel: 'passport' },
      ...{ contract: 'Market', operatorKey: this.#key.publicKey },
      ...{ challenge: defaultMarket.challenge, redemptionMarginMs: 1_800_000 },
    };
  }

  #order(body: unknown): LedgerTab {
    const { command } = body as { readonly command: string };
    const [, payload = ''] = command.split('.');
    const claims = parseJson(commandClaims, Buffer.from(payload, 'base64url').toString());
    if (claims.fn === 'Market:topUpTab' && this.#tab !== undefined) {
      const { amount } = parse(tabCommands.topUpTab, claims.args);
      const escrow = amountOf(microOf(this.#tab.escrow) + microOf(amount));
      return (this.#tab = { ...this.#tab, escrow });
    }
    if (claims.fn === 'Market:closeTab' && this.#tab !== undefined) {
      return (this.#tab = { ...this.#tab, status: 'closing' });
    }
    const { operator, ledger, amount, expiresAt } = parse(tabCommands.openTab, claims.args);
    const none = amountOf(0n);
    this.#tab = {
      ...{ buyer: claims.iss, tab: claims.jti, operator, ledger, escrow: amount, settled: none },
      ...{ refunded: none, sequence: 0, expiresAt, closesAt: null, status: 'open' },
    };
    return this.#tab;
  }

  #usage(): object {
    const charged = amountOf(this.#charged);
    const tabs = this.#tab === undefined ? [] : [{ tab: this.#tab, charged, unsettled: charged }];
    const left = (escrow: Amount): Amount => {
      const micro = microOf(escrow) - this.#charged;
      return amountOf(micro > 0n ? micro : 0n);
    };
    return {
      buyer: this.#tab?.buyer ?? parse(keyId, this.#key.keyId),
      tabs: tabs.map((one) => ({ ...one, left: left(one.tab.escrow) })),
      ...{ receipts: [], credits: [] },
    };
  }

  async #sell(headers: Headers): Promise<Response> {
    const payment = headers.get('PAYMENT-SIGNATURE');
    if (this.#quotes >= (this.mischief.emptyAfter ?? Number.POSITIVE_INFINITY)) {
      return Response.json({ rows: [] });
    }
    if (payment === null) return this.#ask('PAYMENT_REQUIRED');
    const name = headers.get('Idempotency-Key') ?? '';
    const known = this.#answered.get(name);
    if (known !== undefined) return this.#delivered(known);
    const { voucher } = readX402(paymentPayload, payment).payload;
    const [, payload = ''] = voucher.split('.');
    const claims = parseJson(voucherClaims, Buffer.from(payload, 'base64url').toString());
    this.vouchers.push(claims);
    const isLow = this.vouchers.some(({ amount }) => microOf(amount) > microOf(claims.amount));
    if (claims.seq <= this.#seq || isLow) return this.#ask('VOUCHER_OUTDATED');
    this.#seq = claims.seq;
    const { overchargeMicro = 0n, otherBytes = false } = this.mischief;
    this.#charged += PRICE + overchargeMicro;
    const sent = otherBytes ? ANSWER.replace('20', '21') : ANSWER;
    const receipt = await this.#seal(RECEIPT_TYPE, this.#receipt(claims, this.#charged));
    const paid = { success: true, transaction: '', network: this.ledger, extensions: { receipt } };
    const answer = new Response(sent, {
      headers: { 'Content-Type': 'application/json', 'PAYMENT-RESPONSE': writeX402(paid) },
    });
    this.#answered.set(name, answer.clone());
    return this.#delivered(answer);
  }

  #delivered(answer: Response): Response {
    const { lostAnswers = 0 } = this.mischief;
    if (lostAnswers === 0) return answer.clone();
    this.mischief.lostAnswers = lostAnswers - 1;
    throw new TypeError('the connection broke');
  }

  async #ask(error: string): Promise<Response> {
    this.#quotes += 1;
    const quote = await this.#seal(QUOTE_TYPE, {
      ...{ ...this.#priced(), maximum: amountOf(MAXIMUM), block: 3, qualityPermille: null },
      exp: Math.floor(NOW.getTime() / 1000) + 300,
    });
    const required = {
      x402Version: 2,
      error,
      accepts: [
        {
          ...{ scheme: 'batch-settlement', network: this.ledger, amount: amountOf(MAXIMUM) },
          ...{ asset: 'PCC', payTo: this.mischief.payTo ?? 'org:MutualMSP', extra: { quote } },
          maxTimeoutSeconds: 300,
        },
      ],
    };
    const response = problem(402, error);
    response.headers.set('PAYMENT-REQUIRED', writeX402(required));
    return response;
  }

  #priced() {
    return {
      ...{ operator: parseMspId('MutualMSP'), ledger: this.ledger as Receipt['ledger'] },
      ...{ product: parse(productId, 'fleet-usage'), productVersion: 1, tariffVersion: 0 },
      ...{ kind: 'view' as const, request: digestOfJson('what was asked') },
    };
  }

  #receipt({ iss, sub }: VoucherClaims, chargedMicro: bigint): Receipt {
    return {
      ...{ v: 1, id: `receipt-${this.#seq}` as Receipt['id'], ...this.#priced() },
      ...{ buyer: iss, tab: sub, splitVersion: 0, units: 10, block: 3, qualityPermille: null },
      ...{ result: digestOf(new TextEncoder().encode(ANSWER)), reduction: null },
      ...{ price: amountOf(PRICE), charged: amountOf(chargedMicro) },
      at: NOW.toISOString() as Receipt['at'],
    };
  }

  #seal(type: string, claims: object): Promise<string> {
    const key = this.mischief.strangeKey === true ? this.#strange : this.#key;
    return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'ES256', typ: type, jwk: key.publicKey })
      .sign(key.privateKey);
  }
}

/** A day of a test's clock, ahead. */
export function tomorrow(): Date {
  return new Date(NOW.getTime() + DAY_MS);
}

async function newKey(): Promise<PersonKey> {
  return importBuyerKey(await generateBuyerKey());
}

function problem(status: number, code: string): Response {
  return Response.json({ status, code, detail: 'as the test wants it' }, { status });
}
