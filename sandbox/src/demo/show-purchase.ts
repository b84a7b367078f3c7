import {
  BankDesk,
  type Bought,
  Buyer,
  BuyerError,
  generateBuyerKey,
  importBuyerKey,
  sqlAsk,
  type Surroundings,
  viewAsk,
} from '@passport/client/buyer';
import { microOf, parse, parseEuros, reference } from '@passport/model';
import { sleep } from '@passport/runtime';

import { showPcc } from '../money-lines.ts';
import type { Terminal } from '../terminal.ts';
import { memoryPurse } from './memory-purse.ts';

/** What a purchase takes. */
export type PurchaseContext = {
  readonly terminal: Terminal;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** The serving API, and the bank's desk. */
  readonly api: string;
  readonly bank: string;
};

/** How long the market may take to offer its products, and the pause between two looks. */
const OFFERED_MS = 120_000;
const LOOK_MS = 500;
/** How long nothing may be released. */
const RELEASED_MS = 10_000;

const EUROS = parseEuros('25.00');
const TAB_MICRO = 10_000_000n;
const SESSION_MICRO = 1_000_000n;
const SESSION_QUERIES = 20;

/** What is bought: sums as rows. */
export const sums = viewAsk({
  ...{ view: 'usage', metrics: ['trips', 'distanceM', 'vehicles'], by: ['brand'] },
});
const statement = sqlAsk({
  ...{ product: 'fleet-usage', rowsMax: 100 },
  sql: 'SELECT brand, sum(trips) AS trips FROM released_usage GROUP BY brand ORDER BY trips DESC',
  format: 'csv',
});

/** Somebody with nothing but a new key. */
export async function newcomer(context: PurchaseContext): Promise<Buyer> {
  const key = await importBuyerKey(await generateBuyerKey());
  return new Buyer({ ...surroundingsOf(context), api: context.api, key, store: memoryPurse() });
}

/**
 * A newcomer pays euros in, opens a tab, and buys answers. They owe then what the next settlement takes; nothing where
 * nothing is released in time, as what rests on no data costs nothing: false then. Throws BuyerError.
 */
export async function showPurchase(context: PurchaseContext, buyer: Buyer): Promise<boolean> {
  const { terminal, api, now } = context;
  const bank = new BankDesk(context.bank, surroundingsOf(context));
  terminal.headline('A newcomer with nothing but a new key buys answers');
  terminal.line(`  account    ${buyer.account}`);
  const name = parse(reference, `demo-${now().getTime()}`);
  const { euros, minted } = await bank.deposit(buyer.account, EUROS, name);
  terminal.line(`  deposit    ${euros} EUR at the bank: ${showPcc(minted)} minted by two members`);
  const tab = await buyer.tabs.open({ amountMicro: TAB_MICRO });
  terminal.line(`  tab        ${showPcc(tab.escrow)} set aside on the ledger, for ${tab.operator}`);
  const priced = await quoteOnceReleased(context, buyer);
  terminal.line(`  GET        ${api}/${sums.path}`);
  if (priced !== undefined) {
    terminal.line(`             402, and a quote: ${showPcc(priced.maximum)} at most`);
  }
  showBought(context, await buyer.buy(sums));
  terminal.line(`  POST       ${api}/v1/sql  ${statementText()}`);
  showBought(context, await buyer.buy(statement));
  const session = await buyer.session(SESSION_MICRO);
  const asked = Array.from({ length: SESSION_QUERIES }, (_, at) =>
    at % 2 === 0 ? sums : statement,
  );
  const answers = await Promise.all(asked.map((ask) => session.buy(ask)));
  const prices = answers.map(({ paid }) => (paid === null ? 0n : microOf(paid.receipt.price)));
  const sum = prices.reduce((before, price) => before + price, 0n);
  terminal.line(`  session    ${answers.length} more at once, for ${showPcc(sum)} together`);
  return sum > 0n;
}

/**
 * A small sandbox is fed before the market has offered its products on the ledger, and before anything is released, which
 * costs something only then: it asks again until both are so. Undefined where nothing is released in time. Throws
 * BuyerError.
 */
async function quoteOnceReleased({ now, signal }: PurchaseContext, buyer: Buyer) {
  const fromMs = now().getTime();
  const isWithin = (ms: number): boolean => now().getTime() < fromMs + ms;
  for (;;) {
    try {
      const priced = await buyer.quote(sums);
      if (priced !== undefined || !isWithin(RELEASED_MS)) return priced;
    } catch (error) {
      const isEarly = error instanceof BuyerError && error.apiCode === 'PRODUCT_UNKNOWN';
      if (!isEarly || !isWithin(OFFERED_MS)) throw error;
    }
    await sleep(LOOK_MS, signal);
  }
}

function surroundingsOf({ now, signal }: PurchaseContext): Surroundings {
  return { fetch, now, pause: (ms) => sleep(ms, signal) };
}

function statementText(): string {
  const { body } = statement;
  return typeof body === 'object' && body !== null && 'sql' in body ? String(body.sql) : '';
}

function showBought({ terminal }: PurchaseContext, { body, paid }: Bought): void {
  const text = new TextDecoder().decode(body).trimEnd();
  for (const line of text.split(/\r?\n/).slice(0, 8)) {
    terminal.line(terminal.style.faint(`             ${line.slice(0, 100)}`));
  }
  if (paid === null) {
    terminal.line('  free       it rests on no data: nothing of it is released yet');
    return;
  }
  const { price, block, product } = paid.receipt;
  terminal.line(`  receipt    ${showPcc(price)} for ${product}, exact at block ${block}, signed`);
}
