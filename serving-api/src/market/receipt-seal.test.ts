import { generateSigningKey, type SigningKey } from '@passport/ledger-client';
import {
  isReceiptUnder,
  readSealedReceipt,
  receipt as receiptSchema,
  RECEIPT_TYPE,
  RECEIPTS_TYPE,
  signedReceipts,
} from '@passport/model';
import { beforeAll, expect, test } from 'vitest';

import { MarketWorld, paying, PRICE } from '../testing/market-world.ts';
import { OperatorSeal } from './operator-seal.ts';
import { ReceiptSeal } from './receipt-seal.ts';

const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

let buyer: SigningKey;
beforeAll(async () => {
  buyer = await generateSigningKey();
});

/** A market that counts what it signs, and receipts of it. */
async function counted() {
  const world = await MarketWorld.start();
  const desk = await world.desk();
  const types: string[] = [];
  const receipts = new ReceiptSeal({
    seal: (type, claims) => {
      types.push(type);
      return desk.seal.seal(type, claims);
    },
  });
  const buy = async (count: number) => {
    const tabs = Array.from({ length: count }, () => world.openTab(buyer.keyId, 9n * PRICE));
    const pays = await Promise.all(tabs.map((tab) => paying(buyer, tab, PRICE, 1)));
    return Promise.all(pays.map((headers) => world.send({ ...desk, receipts }, headers)));
  };
  return { desk, types, receipts, buy };
}

test('receipts of one write of the journal share a signature, and each is under it', async () => {
  const { desk, types, receipts, buy } = await counted();
  const bought = await buy(5);
  expect(types).toEqual([RECEIPTS_TYPE]);
  const lines = desk.journal.unsettled.map(({ entry }) => entry);
  const sold = lines.flatMap((line) => (line.kind === 'sale' ? [line.receipt] : []));
  expect(bought.map(({ receipt }) => receipt)).toEqual(sold);
  for (const text of await Promise.all(sold.map((one) => receipts.sealed(one)))) {
    const { jws = '', beside } = readSealedReceipt(text) ?? {};
    const { root } = desk.seal.open(RECEIPTS_TYPE, signedReceipts, jws);
    expect(isReceiptUnder(root, beside?.receipt ?? {}, beside?.proof ?? [])).toBe(true);
  }
  expect(types).toEqual([RECEIPTS_TYPE, RECEIPTS_TYPE]);
});

test('a receipt that was signed leaves when its line is on the disk, and never where it fails', async () => {
  for (const isBroken of [false, true]) {
    const world = await MarketWorld.start();
    const disk = world.files.disk();
    let [isSigned, isThere] = [false, false];
    const append = disk.append.bind(disk);
    disk.append = async (name, at, bytes) => {
      await turn();
      if (isBroken) throw new Error('the disk is full');
      await append(name, at, bytes);
      isThere = true;
    };
    const desk = await world.desk(disk);
    const receipts = new ReceiptSeal({
      seal: (type, claims) => {
        [isSigned, isThere] = [true, false];
        return desk.seal.seal(type, claims);
      },
    });
    const pays = await paying(buyer, world.openTab(buyer.keyId, 9n * PRICE), PRICE, 1);
    const { receipt, code } = await world.send({ ...desk, receipts }, pays);
    const bought = { isThere, isSigned, hasReceipt: receipt !== null, code };
    expect(bought).toMatchObject(
      isBroken
        ? { isThere: false, hasReceipt: false, code: 'NOT_READY' }
        : { isThere: true, isSigned: true, hasReceipt: true },
    );
  }
});

test('a receipt alone has a signature of its own', async () => {
  const { desk, types, receipts, buy } = await counted();
  const [bought] = await buy(1);
  if (!bought?.receipt) throw new Error('it was to be sold');
  const text = await receipts.sealed(bought.receipt);
  expect(desk.seal.open(RECEIPT_TYPE, receiptSchema, text)).toEqual(bought.receipt);
  expect(types).toEqual([RECEIPT_TYPE, RECEIPT_TYPE]);
});

test('nobody gets a receipt that cannot be signed, and the next one can be', async () => {
  const seal = new OperatorSeal(buyer);
  let isBroken = true;
  const receipts = new ReceiptSeal({
    seal: (type, claims) => {
      if (isBroken) throw new Error('no key');
      return seal.seal(type, claims);
    },
  });
  const { buy } = await counted();
  const [one, other] = (await buy(2)).flatMap(({ receipt }) => (receipt ? [receipt] : []));
  if (one === undefined || other === undefined) throw new Error('they were to be sold');
  const texts = await Promise.allSettled([receipts.sealed(one), receipts.sealed(other)]);
  expect(texts.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isBroken = false;
  expect(seal.open(RECEIPT_TYPE, receiptSchema, await receipts.sealed(one))).toEqual(one);
});
