import {
  generateSigningKey,
  MemoryReplayStore,
  type SigningKey,
  signVoucher,
  VoucherVerifier,
} from '@passport/ledger-client';
import {
  amountOf,
  type CommandId,
  defaultMarket,
  instantOf,
  type KeyId,
  type LedgerId,
  microOf,
  organisationAccount,
  parse,
  parseCommandId,
  parseMspId,
  PassportError,
  productId,
  readSealedReceipt,
  type Receipt,
  receipt as receiptSchema,
  type Tab,
  writeX402,
  X402_SCHEME,
  x402Headers,
} from '@passport/model';

import type { AppOptions } from '../http/app-options.ts';
import type { JournalDisk } from '../journal/journal-disk.ts';
import { AnswerStore } from '../market/answer-store.ts';
import { DebitJournal } from '../market/debit-journal.ts';
import type { ForSale, SoldProduct } from '../market/for-sale.ts';
import type { MarketDesk } from '../market/market-desk.ts';
import { termsOf } from '../market/terms-of.ts';
import { OperatorSeal } from '../market/operator-seal.ts';
import { payFor } from '../market/pay-for.ts';
import { PriceBook } from '../market/price-book.ts';
import { ReceiptSeal } from '../market/receipt-seal.ts';
import { SessionKeys } from '../market/session-keys.ts';
import { soleServer, type TabLeases } from '../market/tab-leases.ts';
import { TabMirror } from '../market/tab-mirror.ts';
import { MemoryFiles } from './mortal-disk.ts';

export const NOW_MS = Date.parse('2026-11-28T12:00:00.000Z');
const DAY_MS = 24 * 60 * 60 * 1000;
export const operator = parseMspId('MakerMSP');
export const place = { ledger: `fabric:${'0a'.repeat(16)}` as LedgerId, channel: 'passport' };
const product = parse(productId, 'fleet-usage');

/** The products of a test's market. */
const soldProducts: readonly SoldProduct[] = [
  {
    ...{ product, version: 1, tariffPermille: 1000, answers: ['view', 'sql'] },
    ...{ views: ['usage'], purposes: ['insurance'], classes: [] },
  },
  {
    ...{ product: parse(productId, 'vehicle-history'), version: 2, tariffPermille: 1000 },
    ...{ answers: ['vehicle'], views: [], purposes: ['sale', 'insurance', 'maintenance'] },
    classes: ['maintenance'],
  },
  {
    ...{ product: parse(productId, 'monthly-driving'), version: 1, tariffPermille: 500 },
    ...{ answers: ['vehicle'], views: [], purposes: ['insurance'] },
    classes: ['usage', 'driving'],
  },
];

/** What three cells of a view cost. */
export const PRICE = 2_030n;

/** A market over a ledger in memory: what is sold is the number of the block, in three cells. */
export class MarketWorld {
  readonly files = new MemoryFiles();
  readonly tabs = new Map<string, Tab>();
  readonly operatorKey: SigningKey;
  nowMs = NOW_MS;
  block = 7;
  /** Whether what is sold rests on data. */
  hasData = true;
  /** Mean quality of what is sold. */
  quality: number | null = null;
  /** Older ones are not held. */
  oldestBlock = 0;
  isLedgerAway = false;
  /** How often an answer was computed. */
  computed = 0;
  #names = 0;

  constructor(operatorKey: SigningKey) {
    this.operatorKey = operatorKey;
  }

  static async start(): Promise<MarketWorld> {
    return new MarketWorld(await generateSigningKey());
  }

  /** What sells; another one on the same disk is the next process. */
  async desk(
    disk: JournalDisk = this.files.disk(),
    leases: TabLeases = soleServer,
  ): Promise<MarketDesk> {
    const now = (): Date => new Date(this.nowMs);
    const seal = new OperatorSeal(this.operatorKey);
    const tariffs = [{ version: 0, tariff: defaultMarket.tariff }];
    const products = soldProducts;
    return {
      ...{ operator, place, seal, leases, now },
      sessions: new SessionKeys(seal.derive('passport/session/1')),
      receipts: new ReceiptSeal(seal),
      verifier: new VoucherVerifier(),
      tabs: new TabMirror({ readTab: (buyer, tab) => this.#readTab(buyer, tab) }, now),
      journal: await DebitJournal.open(disk, () => undefined),
      prices: await PriceBook.open({
        readPrices: () => Promise.resolve({ products, current: 0, tariffs }),
      }),
      answers: new AnswerStore(),
      underWay: new Map(),
      marginMs: 1_800_000,
      newReceipt: () => parseCommandId(`receipt-${(this.#names += 1)}`),
    };
  }

  /** A tab that a buyer has opened. */
  openTab(buyer: KeyId, micro: bigint, changes: Partial<Tab> = {}): Tab {
    const tab: Tab = {
      ...{ buyer, tab: parseCommandId(`tab-${String(this.tabs.size).padStart(6, '0')}`), operator },
      ...{ ledger: place.ledger, escrow: amountOf(micro), settled: amountOf(0n) },
      ...{ refunded: amountOf(0n), sequence: 0, topUps: 0, openedAt: instantOf(NOW_MS) },
      ...{ expiresAt: instantOf(NOW_MS + 30 * DAY_MS), closesAt: null, status: 'open' },
      ...{ pinned: { tariff: 0, split: 0 }, windowMs: 3_600_000 },
      ...changes,
    };
    this.tabs.set(`${buyer} ${tab.tab}`, tab);
    return tab;
  }

  /** What is asked; `about` makes it another request. */
  sale(desk: MarketDesk, about = 'usage'): ForSale {
    return {
      product: desk.prices.productOf('usage'),
      kind: 'view',
      mediaType: 'text/plain',
      request: { about },
      produce: (atBlock = this.block) => {
        if (atBlock < this.oldestBlock) {
          throw new PassportError('BLOCK_NOT_HELD', `${this.oldestBlock} is the oldest`);
        }
        this.computed += 1;
        const body = Buffer.from(`${about} at ${atBlock}`, 'utf8');
        const answer = {
          body,
          type: 'text/plain',
          block: atBlock,
          units: 3,
          ...{ qualityPermille: this.quality, isOfNothing: !this.hasData },
        };
        return Promise.resolve(answer);
      },
    };
  }

  /** Sends a request; a bug of the server is thrown. */
  async send(
    desk: MarketDesk,
    headers: Readonly<Record<string, string>>,
    about = 'usage',
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Reply> {
    const request = {
      ...{ url: 'http://localhost/sold', headers: new Headers(headers) },
      isGone: () => signal.aborted,
    };
    try {
      const response = await payFor(desk, request, this.sale(desk, about));
      const body = await response.text();
      const isGiven = response.status === 200;
      const code = isGiven ? null : (JSON.parse(body) as { readonly code: string }).code;
      const isSold = isGiven && response.headers.has(x402Headers.response);
      const receipt = isSold ? receiptIn(response.headers) : null;
      return { status: response.status, code, body, headers: response.headers, receipt };
    } catch (error) {
      if (!(error instanceof PassportError)) throw error;
      const empty = { body: '', headers: new Headers(), receipt: null };
      return { status: 0, code: error.code, ...empty };
    }
  }

  async #readTab(buyer: KeyId, name: CommandId): Promise<Tab> {
    await Promise.resolve();
    if (this.isLedgerAway) throw new PassportError('NOT_READY', 'the ledger does not answer');
    const tab = this.tabs.get(`${buyer} ${name}`);
    if (tab === undefined) throw new PassportError('TAB_UNKNOWN', 'no such tab');
    return tab;
  }
}

/** What came back; `status` is 0 where the server refuses with the status of the code. */
export type Reply = {
  readonly status: number;
  readonly code: string | null;
  readonly body: string;
  readonly headers: Headers;
  readonly receipt: Receipt | null;
};

/** The header that pays by a voucher; `accepted` changes what it says was accepted. */
export async function paying(
  key: SigningKey,
  tab: Pick<Tab, 'tab'>,
  micro: bigint,
  seq: number,
  changes: {
    readonly claims?: object;
    readonly accepted?: object;
    readonly by?: SigningKey;
  } = {},
): Promise<Readonly<Record<string, string>>> {
  const voucher = await voucherOf(changes.by ?? key, tab, micro, seq, changes.claims);
  const accepted = {
    ...{ scheme: X402_SCHEME, network: place.ledger, amount: '1', asset: 'PCC' },
    ...{ payTo: organisationAccount(operator), maxTimeoutSeconds: 60 },
    ...changes.accepted,
  };
  const payload = { x402Version: 2, accepted, payload: { type: 'voucher', voucher } };
  return { [x402Headers.signature]: writeX402(payload) };
}

/** A voucher of a buyer for their tab. */
export function voucherOf(
  key: SigningKey,
  { tab }: Pick<Tab, 'tab'>,
  micro: bigint,
  seq: number,
  changes: object = {},
) {
  return signVoucher(key, {
    ...{ aud: operator, sub: tab, ...place, amount: amountOf(micro), seq },
    expiresAt: new Date(NOW_MS + DAY_MS),
    ...changes,
  });
}

/** A market for routes, over a desk; it relays nothing to a ledger. */
export function salesOf(desk: MarketDesk): NonNullable<AppOptions['sales']> {
  const refuse = (): never => {
    throw new Error('no test relays commands here');
  };
  return {
    desk,
    ledger: { readTab: refuse, readTabs: refuse, readPrices: refuse, relay: refuse },
    proofs: { roots: new Map(), now: desk.now, replays: new MemoryReplayStore(desk.now) },
    publicUrl: () => 'http://localhost',
    terms: termsOf(desk, defaultMarket.challenge),
  };
}

/** What the journal says is charged on a tab. */
export function chargedOn(desk: MarketDesk, tab: Tab): bigint {
  return desk.journal.of(tab, microOf(tab.settled)).charged;
}

/** The receipt that came with an answer. */
export function receiptIn(headers: Headers): Receipt {
  const text = Buffer.from(headers.get(x402Headers.response) ?? '', 'base64').toString('utf8');
  const { extensions } = JSON.parse(text) as { extensions: { receipt: string } };
  const { jws = '', beside } = readSealedReceipt(extensions.receipt) ?? {};
  if (beside !== undefined) return beside.receipt;
  const [, claims = ''] = jws.split('.');
  return parse(receiptSchema, JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')));
}
