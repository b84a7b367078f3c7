import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import {
  generateSigningKey,
  requireCovers,
  type SigningKey,
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
  type Receipt,
  receiptLeaf,
  type Tab,
  writeX402,
  X402_SCHEME,
} from '@passport/model';
import {
  AnswerStore,
  DebitJournal,
  FolderDisk,
  type ForSale,
  type MarketDesk,
  openSession,
  OperatorSeal,
  payFor,
  PriceBook,
  SessionKeys,
  soleServer,
  TabMirror,
} from '@passport/serving-api';
import { paymentMiddleware, x402ResourceServer } from '@x402/hono';
import { Hono } from 'hono';

/** What the bench needs to load it: a session, and vouchers that are used once each, by client. */
export type BuyingReady = {
  readonly port: number;
  readonly session: string;
  readonly vouchers: readonly (readonly string[])[];
};

const DAY_MS = 86_400_000;
const PRICE = 2_030n;
const ESCROW = 10n ** 15n;
const operator = parseMspId('MakerMSP');
const place = { ledger: `fabric:${'0a'.repeat(16)}` as LedgerId, channel: 'passport' };
const [folder = '', clients = '8', each = '100', isWrittenDown = 'yes'] = process.argv.slice(2);

const tabs = new Map<string, Tab>();
const now = (): Date => new Date();
const seal = new OperatorSeal(await generateSigningKey());
const product = parse(productId, 'fleet-usage');
const disk = await FolderDisk.open(folder);
// Switched off, a debit is a line in memory: what the disk costs is the difference.
if (isWrittenDown !== 'yes') disk.append = () => Promise.resolve();
let receipts = 0;
const desk: MarketDesk = {
  ...{ operator, place, seal, leases: soleServer, now, marginMs: 1_800_000 },
  sessions: new SessionKeys(seal.derive('passport/session/1')),
  verifier: new VoucherVerifier(),
  tabs: new TabMirror({ readTab: (buyer, tab) => Promise.resolve(tabOf(`${buyer} ${tab}`)) }, now),
  journal: await DebitJournal.open(disk, (error) => {
    throw error;
  }),
  prices: await PriceBook.open({
    readPrices: () =>
      Promise.resolve({
        products: [{ product, version: 1, tariffPermille: 1000, views: ['usage'] as const }],
        current: 0,
        tariffs: [{ version: 0, tariff: defaultMarket.tariff }],
      }),
  }),
  answers: new AnswerStore(),
  underWay: new Map(),
  newReceipt: () => parseCommandId(`receipt-${(receipts += 1)}`),
};

/** An answer of three cells. */
const answer = (): string =>
  JSON.stringify({ block: 7, view: 'usage', rows: [['Seat', 20, 20_000, 4]] });
const sale: ForSale = {
  product: desk.prices.productOf('usage'),
  kind: 'view',
  mediaType: 'application/json',
  request: { method: 'GET', path: '/paid', search: '' },
  produce: () =>
    Promise.resolve({
      body: Buffer.from(answer(), 'utf8'),
      ...{ type: 'application/json', block: 7, units: 3, qualityPermille: null },
    }),
};

const app = new Hono();
app.get('/free', (context) => context.body(answer(), 200, { 'Content-Type': 'application/json' }));
app.get('/paid', (context) => payFor(desk, context.req.raw, sale));
app.use('/x402', middleware());
app.get('/x402', (context) => context.body(answer(), 200, { 'Content-Type': 'application/json' }));

/** The usual middleware, with a facilitator in the process that checks and writes down the same. */
function middleware() {
  const network = place.ledger as `fabric:${string}`;
  const scheme = X402_SCHEME;
  const verifier = new VoucherVerifier();
  const charged = new Map<string, bigint>();
  const known = (voucher: string): { readonly claims: ReturnType<VoucherVerifier['verify']> } => {
    const [, payload = ''] = voucher.split('.');
    const { iss, sub } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Tab & {
      readonly iss: Tab['buyer'];
      readonly sub: Tab['tab'];
    };
    const tab = { buyer: iss, tab: sub, operator };
    return { claims: verifier.verify(voucher, { place, tab, nowMs: Date.now() }) };
  };
  const server = new x402ResourceServer({
    verify: ({ payload }) => {
      const { claims } = known(String(payload['voucher']));
      const before = charged.get(claims.sub) ?? 0n;
      requireCovers(claims, { seq: 0, amount: before }, before + PRICE, {
        escrow: amountOf(ESCROW),
      });
      return Promise.resolve({ isValid: true, payer: claims.iss });
    },
    settle: async ({ payload }) => {
      const voucher = String(payload['voucher']);
      const { claims } = known(voucher);
      const total = (charged.get(claims.sub) ?? 0n) + PRICE;
      charged.set(claims.sub, total);
      const { seq, exp, amount, iss, sub } = claims;
      const receipt = receiptOf(claims, total);
      await desk.journal.append({
        ...{ kind: 'sale', buyer: iss, tab: sub, lease: 0, key: receipt.result, receipt },
        asked: '{}',
        accepted: { voucher: voucher as never, amount, seq, exp },
      });
      return { success: true, transaction: '', network, payer: iss, amount: String(PRICE) };
    },
    getSupported: () =>
      Promise.resolve({
        kinds: [{ x402Version: 2, scheme, network }],
        extensions: [],
        signers: {},
      }),
  }).register(network, {
    scheme,
    defaultAssetTransferMethod: 'default',
    paymentFlows: { default: { supported: ['authorization'], default: 'authorization' } },
    parsePrice: () => Promise.resolve({ amount: String(PRICE), asset: 'PCC' }),
    enhancePaymentRequirements: (requirements) => Promise.resolve(requirements),
  });
  const price = { amount: String(PRICE), asset: 'PCC' };
  const payTo = organisationAccount(operator);
  const accepts = { scheme, network, payTo, price };
  return paymentMiddleware({ 'GET /x402': { accepts, description: 'an answer' } }, server);
}

function receiptOf(
  claims: { readonly iss: Tab['buyer']; readonly sub: Tab['tab'] },
  total: bigint,
): Receipt {
  return {
    ...{ v: 1, id: desk.newReceipt(), operator, ledger: place.ledger, buyer: claims.iss },
    ...{ tab: claims.sub, product, productVersion: 1, tariffVersion: 0, splitVersion: 0 },
    ...{ kind: 'view', units: 3, block: 7, qualityPermille: null, reduction: null },
    request: receiptLeaf({ request: 'GET /x402' }),
    result: receiptLeaf({ total: total.toString() }),
    ...{ price: amountOf(PRICE), charged: amountOf(total), at: instantOf(Date.now()) },
  };
}

function tabOf(name: string): Tab {
  const tab = tabs.get(name);
  if (tab === undefined) throw new Error(`there is no tab ${name}`);
  return tab;
}

async function openTab(key: SigningKey): Promise<Tab> {
  const at = Date.now();
  const tab: Tab = {
    ...{ buyer: key.keyId, tab: parseCommandId(`tab-${String(tabs.size).padStart(6, '0')}`) },
    ...{ operator, ledger: place.ledger, escrow: amountOf(ESCROW), settled: amountOf(0n) },
    ...{ refunded: amountOf(0n), sequence: 0, topUps: 0, openedAt: instantOf(at) },
    ...{ expiresAt: instantOf(at + 30 * DAY_MS), closesAt: null, status: 'open' },
    ...{ pinned: { tariff: 0, split: 0 }, windowMs: 3_600_000 },
  };
  tabs.set(`${key.keyId} ${tab.tab}`, tab);
  await desk.tabs.get(key.keyId, tab.tab);
  return tab;
}

const expiresAt = new Date(Date.now() + DAY_MS);

function voucher(key: SigningKey, { tab }: Tab, micro: bigint, seq: number) {
  const amount = amountOf(micro);
  return signVoucher(key, { aud: operator, sub: tab, ...place, amount, seq, expiresAt });
}

async function vouchersOf(count: number): Promise<string[]> {
  const key = await generateSigningKey();
  const tab = await openTab(key);
  const headers: string[] = [];
  for (let seq = 1; seq <= count; seq += 1) {
    const accepted = {
      ...{ scheme: X402_SCHEME, network: place.ledger, amount: String(PRICE), asset: 'PCC' },
      ...{ payTo: organisationAccount(operator), maxTimeoutSeconds: 300, extra: {} },
    };
    const payload = { type: 'voucher', voucher: await voucher(key, tab, PRICE * BigInt(seq), seq) };
    headers.push(writeX402({ x402Version: 2, accepted, payload }));
  }
  return headers;
}

const buyer = await generateSigningKey();
const ahead = await voucher(buyer, await openTab(buyer), ESCROW, 1);
const { credential } = await openSession(desk, { voucher: ahead });
const vouchers = await Promise.all(
  Array.from({ length: Number(clients) }, () => vouchersOf(Number(each))),
);
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const ready: BuyingReady = { port, session: `Passport-Session ${credential}`, vouchers };
process.send?.(ready);
process.on('message', () => {
  process.exit(0);
});
