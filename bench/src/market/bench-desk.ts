import {
  type SigningKey,
  generateSigningKey,
  signVoucher,
  VoucherVerifier,
} from '@passport/ledger-client';
import {
  amountOf,
  defaultMarket,
  instantOf,
  type LedgerId,
  organisationAccount,
  parse,
  parseCommandId,
  parseMspId,
  productId,
  type Tab,
  writeX402,
  X402_SCHEME,
} from '@passport/model';
import {
  AnswerStore,
  DebitJournal,
  type FolderDisk,
  type MarketDesk,
  OperatorSeal,
  PriceBook,
  ReceiptSeal,
  SessionKeys,
  soleServer,
  TabMirror,
} from '@passport/serving-api';

const DAY_MS = 86_400_000;

/** More than anybody here spends. */
export const ESCROW = 10n ** 15n;

/** What a voucher is raised by from request to request: more than an answer costs. */
export const STEP = 10_000n;

export const operator = parseMspId('MakerMSP');
export const place = { ledger: `fabric:${'0a'.repeat(16)}` as LedgerId, channel: 'passport' };
export const product = parse(productId, 'fleet-usage');

/** What sells, over tabs in memory in place of a ledger. */
export class BenchDesk {
  readonly desk: MarketDesk;
  readonly #tabs: Map<string, Tab>;

  private constructor(desk: MarketDesk, tabs: Map<string, Tab>) {
    this.desk = desk;
    this.#tabs = tabs;
  }

  static async open(disk: FolderDisk): Promise<BenchDesk> {
    const tabs = new Map<string, Tab>();
    const seal = new OperatorSeal(await generateSigningKey());
    const now = (): Date => new Date();
    const tariffs = [{ version: 0, tariff: defaultMarket.tariff }];
    const products = [
      {
        ...{ product, version: 1, tariffPermille: 1000, answers: ['view', 'sql'] as const },
        ...{ views: ['usage'] as const, purposes: ['insurance'] as const, classes: [] },
      },
    ];
    const readTab = (buyer: string, tab: string): Promise<Tab> => {
      const found = tabs.get(`${buyer} ${tab}`);
      if (found === undefined) return Promise.reject(new Error(`there is no tab ${tab}`));
      return Promise.resolve(found);
    };
    let receipts = 0;
    const desk: MarketDesk = {
      ...{ operator, place, seal, leases: soleServer, now, marginMs: 1_800_000 },
      sessions: new SessionKeys(seal.derive('passport/session/1')),
      receipts: new ReceiptSeal(seal),
      verifier: new VoucherVerifier(),
      tabs: new TabMirror({ readTab }, now),
      journal: await DebitJournal.open(disk, (error) => {
        throw error;
      }),
      prices: await PriceBook.open({
        readPrices: () => Promise.resolve({ products, current: 0, tariffs }),
      }),
      answers: new AnswerStore(),
      underWay: new Map(),
      newReceipt: () => parseCommandId(`receipt-${(receipts += 1)}`),
    };
    return new BenchDesk(desk, tabs);
  }

  /** A new tab of a key, known to the server. */
  async openTab(key: SigningKey): Promise<Tab> {
    const at = Date.now();
    const tab: Tab = {
      ...{ buyer: key.keyId, tab: parseCommandId(`tab-${String(this.#tabs.size + 1e6)}`) },
      ...{ operator, ledger: place.ledger, escrow: amountOf(ESCROW), settled: amountOf(0n) },
      ...{ refunded: amountOf(0n), sequence: 0, topUps: 0, openedAt: instantOf(at) },
      ...{ expiresAt: instantOf(at + 30 * DAY_MS), closesAt: null, status: 'open' },
      ...{ pinned: { tariff: 0, split: 0 }, windowMs: 3_600_000 },
    };
    this.#tabs.set(`${key.keyId} ${tab.tab}`, tab);
    await this.desk.tabs.get(key.keyId, tab.tab);
    return tab;
  }

  /** Headers that pay for so many requests of one client, each by a voucher of its own. */
  async payments(count: number): Promise<string[]> {
    const key = await generateSigningKey();
    const tab = await this.openTab(key);
    const accepted = {
      ...{ scheme: X402_SCHEME, network: place.ledger, amount: String(STEP), asset: 'PCC' },
      ...{ payTo: organisationAccount(operator), maxTimeoutSeconds: 300, extra: {} },
    };
    const headers: string[] = [];
    for (let seq = 1; seq <= count; seq += 1) {
      const voucher = await voucherOf(key, tab, STEP * BigInt(seq), seq);
      headers.push(writeX402({ x402Version: 2, accepted, payload: { type: 'voucher', voucher } }));
    }
    return headers;
  }
}

const expiresAt = new Date(Date.now() + DAY_MS);

/** A voucher of a tab's buyer. */
export function voucherOf(key: SigningKey, { tab }: Tab, micro: bigint, seq: number) {
  const amount = amountOf(micro);
  return signVoucher(key, { aud: operator, sub: tab, ...place, amount, seq, expiresAt });
}
