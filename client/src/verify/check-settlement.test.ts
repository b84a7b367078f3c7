import {
  amountOf,
  canonicalJson,
  defaultMarket,
  digestOf,
  type Distribution,
  instantOf,
  keyAccount,
  ownersRootOf,
  ownersTree,
  parse,
  productId,
  receipt as receiptSchema,
  receiptLeaf,
  receiptsTree,
  type Settlement,
  settlementAudit,
  type SettlementAudit,
  organisationAccount,
  parseMspId,
  parseVid,
} from '@passport/model';
import type { History } from '@passport/oracle';
import { describe, expect, test } from 'vitest';

import { checkSettlement, type OnLedger } from './check-settlement.ts';

const VID = parseVid('aaaaaaaaaaaaaaaaaaaaaaaaaa');
const OWNER = 'abcdefghijklmnop';
const at = instantOf(Date.parse('2026-11-28T12:00:00.000Z'));
const [maker, garage] = ['MakerMSP', 'GarageMSP'].map((name) => parseMspId(name));
if (maker === undefined || garage === undefined) throw new Error('there are two');
const product = parse(productId, 'vehicle-history');

/** Two events of one source and one of another, of a car that has an owner. */
function line(index: number, source: string, quality: number): object {
  const place = { source, entry: 1, index };
  return {
    vid: VID,
    kind: 'mileage',
    block: 2,
    tx: 0,
    index,
    quality,
    event: { place },
    detail: {},
  };
}
const history = {
  lines: [
    {
      ...{ vid: VID, kind: 'ownership-transferred', block: 1, tx: 0, index: 0, quality: null },
      ...{ event: null, detail: { owner: OWNER, ownerEpoch: 1 } },
    },
    ...[line(0, 'MakerMSP/cars', 900), line(1, 'MakerMSP/cars', 900)],
    line(2, 'GarageMSP/shop', 600),
    // Behind the block of the answer.
    { ...line(3, 'GarageMSP/shop', 1_000), block: 8 },
  ],
  ...{ blocks: [], acts: new Map(), market: undefined },
} as unknown as History;

const asked = canonicalJson({ vid: VID });
const receipt = parse(receiptSchema, {
  ...{ v: 1, id: 'receipt-0001', operator: maker, ledger: `fabric:${'0a'.repeat(16)}` },
  ...{ product, productVersion: 1, tariffVersion: 0, kind: 'vehicle', splitVersion: 0 },
  ...{ request: digestOf(Buffer.from(asked)), result: digestOf(Buffer.from('answer')) },
  ...{ buyer: 'A'.repeat(43), tab: 'tab-0001', units: 3, block: 7, qualityPermille: null },
  ...{ reduction: null, price: '10000', charged: '10000', at },
});

const owner = {
  ...{ ref: OWNER, holder: OWNER, salt: digestOf(Buffer.from('salt')) },
  ...{ total: amountOf(5_000n), earned: amountOf(5_000n), weight: '10000000000' },
};
const audit: SettlementAudit = settlementAudit.parse({
  file: {
    ...{ v: 1, operator: maker, ledger: receipt.ledger, number: 1, first: 1, through: 1 },
    sources: [
      { mspId: garage, weight: '2500000000' },
      { mspId: maker, weight: '7500000000' },
    ],
    ...{ owners: [owner], answers: [] },
  },
  ...{ before: [], sold: [{ settlement: 1, lines: [{ receipt, asked }] }], epochBlocks: 4 },
});

const root = ownersRootOf(
  ownersTree([{ holder: OWNER, amount: amountOf(5_000n), salt: owner.salt }]),
  1,
);
const tree = receiptsTree([receiptLeaf(receipt)]).root;
const credit = { transactionId: 'a'.repeat(64), leg: 0 };
const leg = (to: typeof maker, as: Distribution['legs'][number]['as'], micro: bigint) => ({
  ...{ to: organisationAccount(to), as, amount: amountOf(micro) },
});
const settlement: Settlement = {
  ...{ operator: maker, number: 1, settledAt: at, tabs: [], credit },
  receipts: { root: tree, count: 1, sum: amountOf(10_000n) },
  products: [{ product, version: 1, receipts: 1, amount: amountOf(10_000n) }],
  bySplit: [{ version: 0, amount: amountOf(10_000n) }],
};
const distribution: Distribution = {
  ...{ operator: maker, number: 1, distributedAt: at, settlements: { first: 1, last: 1 }, root },
  ...{ taken: amountOf(10_000n), owners: amountOf(5_000n), carried: null },
  legs: [
    ...[leg(garage, 'source', 750n), leg(maker, 'source', 2_250n)],
    ...[leg(garage, 'member', 250n), leg(maker, 'member', 250n), leg(maker, 'operator', 1_500n)],
  ],
};
const on: OnLedger = {
  ...{ settlements: [settlement], distribution, before: undefined },
  ...{ splits: new Map([[0, defaultMarket.split]]), views: new Map() },
};

const differing = (of: SettlementAudit, ledger: OnLedger, told = history): string[] =>
  checkSettlement(of, ledger, told).flatMap(({ what, difference }) =>
    difference === undefined ? [] : [what],
  );

describe('what a settlement paid', () => {
  test('is recomputed from blocks and receipts', () => {
    expect(differing(audit, on)).toEqual([]);
    expect(checkSettlement(audit, on, history).length).toBeGreaterThan(8);
  });

  test('is found where a source got more than it told', () => {
    const legs = [leg(garage, 'source', 751n), leg(maker, 'source', 2_249n)];
    const changed = { ...distribution, legs: [...legs, ...distribution.legs.slice(2)] };
    expect(differing(audit, { ...on, distribution: changed })).toEqual(['paid to sources']);
  });

  test('is found where an owner got what another has earned', () => {
    const other = { ...owner, ref: 'ponmlkjihgfedcba', holder: keyAccount(receipt.buyer) };
    const file = audit.file && { ...audit.file, owners: [other] };
    expect(differing({ ...audit, file }, on)).toEqual(['totals of owners', 'root of the owners']);
  });

  test('is found where the receipts are not those of the ledger, or of another request', () => {
    const line = { receipt, asked: canonicalJson({ vid: 'b' }) };
    const sold = [{ settlement: 1, lines: [line] }];
    expect(differing({ ...audit, sold }, on)).toContain('receipts of settlement 1');
    const cheaper = { receipt: { ...receipt, price: amountOf(1n) }, asked };
    const fewer = [{ settlement: 1, lines: [cheaper] }];
    expect(differing({ ...audit, sold: fewer }, on)).toContain('receipts of settlement 1');
  });

  test('is found where the ledger tells of other events', () => {
    const less = { ...history, lines: history.lines.filter(({ index }) => index !== 1) };
    const found = differing(audit, on, less);
    expect(found).toEqual(['weights of sources', 'paid to sources']);
  });

  test('goes on from the totals of the distribution before', () => {
    const before = { ...distribution, number: 0 };
    expect(differing(audit, { ...on, before })).toContain('root of the owners before');
  });

  test('of driving is of the trips of the months, of vehicles that references stand for', () => {
    const trip = (index: number, source: string, day: string): object => ({
      ...line(index, source, 500),
      ...{ kind: 'trip', at: day },
    });
    const trips = [
      ...[trip(4, 'MakerMSP/cars', '2026-01-31'), trip(5, 'MakerMSP/cars', '2026-02-01')],
      trip(6, 'GarageMSP/shop', '2026-03-31'),
    ];
    const driven = { ...history, lines: [...history.lines, ...trips] } as unknown as History;
    const question = {
      ...{ path: '/v1/driving', vehicles: ['v-mine'], from: '2026-02', to: '2026-03' },
    };
    const of = soldAs(question, { kind: 'vehicle' });
    const vehicles = { 'v-mine': VID };
    // One of each: half of the price each, in millionths.
    const sources = [
      { mspId: garage, weight: '5000000000' },
      { mspId: maker, weight: '5000000000' },
    ];
    const told = {
      ...of.audit,
      vehicles,
      file: of.audit.file && { ...of.audit.file, sources },
    } as SettlementAudit;
    const legs = [leg(garage, 'source', 1_500n), leg(maker, 'source', 1_500n)];
    const paid = { ...distribution, legs: [...legs, ...distribution.legs.slice(2)] };
    expect(differing(told, { ...of.on, distribution: paid }, driven)).toEqual([]);
    expect(differing({ ...told, vehicles: {} }, { ...of.on, distribution: paid }, driven)).toEqual(
      expect.arrayContaining(['weights of sources', 'paid to sources']),
    );
  });
});

/** The same sale, of something else. */
function soldAs(question: object, more: object): { audit: SettlementAudit; on: OnLedger } {
  const text = canonicalJson(question as Parameters<typeof canonicalJson>[0]);
  const sold = { ...receipt, ...more, request: digestOf(Buffer.from(text)) };
  const { root: hash } = receiptsTree([receiptLeaf(sold)]);
  const lines = [{ receipt: sold, asked: text }];
  return {
    audit: { ...audit, sold: [{ settlement: 1, lines }] },
    on: {
      ...on,
      settlements: [{ ...settlement, receipts: { ...settlement.receipts, root: hash } }],
    },
  };
}
