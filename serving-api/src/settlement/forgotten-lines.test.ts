import { generateSigningKey } from '@passport/ledger-client';
import { type PaymentRequired, type Tab, x402Headers } from '@passport/model';
import { expect, test } from 'vitest';

import { LostAnswers } from '../market/lost-answers.ts';
import type { MarketDesk } from '../market/market-desk.ts';
import { sha256 } from '../market/payer.ts';
import { usageOf } from '../market/usage.ts';
import { MarketWorld, paying, PRICE } from '../testing/market-world.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { type Death, SettlingWorld } from '../testing/settling-world.ts';
import { placeOfReceipt } from './receipt-place.ts';

const key = await generateSigningKey();

/** A process with one sale, and what its buyer is told. */
async function oneSale(death: () => Death = () => undefined) {
  const market = await MarketWorld.start();
  const world = new SettlingWorld(market);
  const tab = market.openTab(key.keyId, 100n * PRICE);
  const disk = market.files.disk();
  const desk = await market.desk(disk);
  const parts = await world.open(desk, disk, death);
  const reply = await market.send(desk, await paying(key, tab, 2n * PRICE, 1));
  const id = reply.receipt?.id;
  if (id === undefined) throw new Error('it was to be sold');
  const tabs = (): Tab[] => [...market.tabs.values()];
  const usage = () =>
    usageOf(
      { desk, ledger: { readTabs: () => Promise.resolve(tabs()) }, settled: parts },
      key.keyId,
    );
  const place = () => placeOfReceipt({ ...parts, journal: desk.journal }, key.keyId, id);
  return { market, world, tab, desk, ...parts, id, usage, place };
}

const timesTold = async (
  id: string,
  usage: Awaited<ReturnType<typeof oneSale>>['usage'],
): Promise<number> => {
  const { receipts, settled } = await usage();
  const all = [...receipts, ...settled.flatMap((one) => one.receipts)];
  return all.filter((receipt) => receipt.id === id).length;
};

test('a receipt is told once, whatever a settlement of it has come to', async () => {
  let calls = Number.POSITIVE_INFINITY;
  const death = (): Death => {
    calls -= 1;
    return calls < 0 ? 'before' : calls === 0 ? 'behind' : undefined;
  };
  const seen = new Set<string>();
  // The process ends behind each of its calls in turn, the settlement itself among them.
  for (let at = 1; at < 12; at += 1) {
    calls = Number.POSITIVE_INFINITY;
    const { id, usage, settler, world } = await oneSale(death);
    calls = at;
    await settler.settleAll().catch(() => undefined);
    calls = Number.POSITIVE_INFINITY;
    expect(await timesTold(id, usage), `behind call ${at}`).toBe(1);
    seen.add(`${world.settlements.length} ${(await usage()).receipts.length}`);
  }
  // It was on the ledger, and waiting in the journal still: told as settled.
  expect([...seen].sort()).toEqual(['0 1', '1 0']);
});

test('quotes that led to a debit are told, before it is settled and behind it', async () => {
  const { market, desk, tab, settler, usage } = await oneSale();
  const unpaid = await market.send(desk, {});
  const required = unpaid.headers.get(x402Headers.required) ?? '';
  const { accepts } = JSON.parse(
    Buffer.from(required, 'base64').toString('utf8'),
  ) as PaymentRequired;
  const jws = (accepts[0]?.extra as { readonly quote: string } | undefined)?.quote ?? '';
  const pays = await paying(key, tab, 3n * PRICE, 2, { accepted: accepts[0] ?? {} });
  const { receipt } = await market.send(desk, pays);
  const quoted = { receipt: receipt?.id, id: sha256(jws), maximum: String(PRICE), block: 7 };
  const before = await usage();
  expect([before.receipts.length, before.quotes]).toMatchObject([2, [quoted]]);
  await settler.settleAll();
  const behind = await usage();
  expect([behind.quotes, behind.settled.flatMap(({ quotes }) => quotes)]).toMatchObject([
    [],
    [quoted],
  ]);
});

test('what the ledger does not give stays told, as owed, when the journal has handed it on', async () => {
  const { market, tab, desk, settler, usage, place, id } = await oneSale();
  market.tabs.set(`${tab.buyer} ${tab.tab}`, { ...tab, status: 'closed' });
  await settler.settleAll();
  expect(desk.journal.unsettled).toEqual([]);
  expect(await timesTold(id, usage)).toBe(1);
  expect(await place()).toMatchObject({ receipt: { id }, settlement: null, credit: null });
});

test('what was given back stays told, with its credit, when the journal has handed it on', async () => {
  const { desk, settler, usage, place, id, world } = await oneSale();
  // As after a crash: nobody knows that it has left.
  const [sale] = desk.journal.kept;
  if (sale?.entry.kind !== 'sale') throw new Error('there was to be a sale');
  markUndelivered(desk, sale.entry.key);
  expect(await new LostAnswers({ desk, holdMs: 0, logger: quiet }).sweep()).toBe(1);
  expect((await usage()).credits).toHaveLength(1);
  await settler.settleAll();
  expect([desk.journal.unsettled.length, world.settlements.length]).toEqual([0, 0]);
  expect((await usage()).credits.map(({ receipt }) => receipt)).toEqual([id]);
  expect(await timesTold(id, usage)).toBe(1);
  expect(await place()).toMatchObject({
    receipt: { id },
    settlement: null,
    credit: { receipt: id },
  });
});

function markUndelivered(
  desk: MarketDesk,
  purchase: Parameters<MarketDesk['journal']['saleOf']>[1],
) {
  const [link] = desk.journal.kept;
  if (link === undefined) throw new Error('there was to be a sale');
  const known = desk.journal.saleOf(link.entry, purchase, desk.now().getTime());
  if (known !== undefined) known.isUndelivered = true;
}
