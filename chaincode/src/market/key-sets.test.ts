import { readFileSync } from 'node:fs';

import { contracts, keyAccount, type Tab } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import type { Endorsed } from '../testing/test-ledger.ts';
import { type Actor, anna, boris, treasuryMembers } from '../tokens/testing/test-treasury.ts';
import { ownersOf } from './testing/owners.ts';
import {
  descriptor,
  digestOfDescriptor,
  type MarketFunction,
  TestMarket,
} from './testing/test-market.ts';

const ANNA = keyAccount(anna.keyId);
const BORIS = keyAccount(boris.keyId);
const MEMBERS = Object.keys(treasuryMembers);

/** What a transaction did, sorted; ids are `#`, what was deleted has a minus. */
type KeySets = {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly ranges: readonly string[];
  readonly events: readonly string[];
};

let market: TestMarket;
const tabs: Tab[] = [];
const seen = new Map<string, KeySets>();

beforeAll(async () => {
  market = await TestMarket.found();
  await market.treasury.fund(ANNA, '100000');
  tabs.push(await market.open(anna), await market.open(anna));
});

async function call(
  actor: Actor,
  name: MarketFunction,
  request: object,
): Promise<KeySets & { readonly answer: unknown }> {
  const endorsed = await market.endorse(actor, name, request);
  if (!endorsed.commit()) throw new Error('a transaction conflicts with itself');
  const sets = keySetsOf(endorsed);
  seen.set(name, sets);
  return { ...sets, answer: endorsed.answer };
}

function keySetsOf({ effects }: Endorsed): KeySets {
  const nameless = (key: string): string => key.replaceAll(/[0-9a-f]{64}|command-\d+/g, '#');
  return {
    reads: effects.reads.map(nameless).sort(),
    writes: effects.writes
      .map(([key, value]) => `${value === undefined ? '-' : ''}${nameless(key)}`)
      .sort(),
    ranges: effects.ranges.map(nameless),
    events: effects.events.map(([name]) => name),
  };
}

/** A call that submits: what it reads and writes beside its command and its caller. */
async function expectSubmit(
  [actor, name, request]: readonly [Actor, MarketFunction, object],
  event: string,
  reads: readonly string[],
  writes: readonly string[],
  ranges: readonly string[] = [],
): Promise<void> {
  const sets = await call(actor, name, request);
  const own = [`command|${actor}|#`];
  expect({ ...sets, answer: undefined }).toEqual({
    reads: [...own, `member|${actor}`, ...reads].sort(),
    writes: [...own, ...writes].sort(),
    ranges,
    events: [event],
    answer: undefined,
  });
}

const annaLane = `lane|PCC|${ANNA}|00`;
const annaCommand = `command|${anna.keyId}|#`;
const tab = `tab|${anna.keyId}|#`;
const tabLane = `lane|PCC|tab:${anna.keyId}/#|00`;

const settlement = async (number: number, of: readonly Tab[]) =>
  market.settlement(
    number,
    String(1_000 * of.length),
    await Promise.all(
      of.map(async (it) => ({
        voucher: await market.voucher(anna, it, '1000', 1),
        claimed: '1000',
      })),
    ),
  );

describe('the keys that are read and written', () => {
  test('by products', async () => {
    const publication = { product: 'other', version: 1, descriptor };
    await expectSubmit(
      ['RivalMSP', 'publishProduct', { ...publication, digest: digestOfDescriptor(descriptor) }],
      'ProductPublished',
      ['product|other'],
      ['product|other', 'product-version|other|00000001'],
    );
    await expectSubmit(
      ['RivalMSP', 'withdrawProduct', { product: 'other' }],
      'ProductWithdrawn',
      ['product|other'],
      ['product|other'],
    );
  });

  test('by tabs: keys of the buyer and the tab, and beside them what changes seldom', async () => {
    const rules = ['member|MarketMSP', 'parameter|market.challenge', 'parameter|market.ledger'];
    await expectSubmit(
      ['GarageMSP', 'openTab', await market.sign(anna, 'openTab', market.opening())],
      'TabOpened',
      [
        ...[annaCommand, annaLane, tabLane],
        ...[...rules, 'parameter|market.tariff', 'parameter|market.split'],
      ],
      [annaCommand, annaLane, tabLane, tab],
    );
    const [first] = tabs;
    const topUp = { tab: first?.tab, lane: 0, amount: '1' };
    await expectSubmit(
      ['GarageMSP', 'topUpTab', await market.sign(anna, 'topUpTab', topUp)],
      'TabToppedUp',
      [annaCommand, tab, 'member|MarketMSP', annaLane, tabLane],
      [annaCommand, annaLane, tabLane, tab],
    );
    const closed = await market.open(anna);
    const closing = await market.sign(anna, 'closeTab', { tab: closed.tab });
    await expectSubmit(
      ['GarageMSP', 'closeTab', closing],
      'TabClosing',
      [annaCommand, tab],
      [annaCommand, tab],
    );
    await expectSubmit(
      ['MarketMSP', 'refundTab', { buyer: anna.keyId, tab: closed.tab }],
      'TabRefunded',
      [tab, tabLane],
      [tab, tabLane, `credit|PCC|${ANNA}|#|0000`],
    );
  });

  test('by a settlement: its tabs, and no key that two settlements share', async () => {
    await expectSubmit(
      ['MarketMSP', 'settle', await settlement(1, tabs)],
      'Settled',
      [
        ...['settlement|MarketMSP|00000001', 'product-version|fleet-usage|00000001'],
        ...[tab, tab, tabLane, tabLane],
      ],
      [
        ...['settlement|MarketMSP|00000001', 'credit|PCC|takings:MarketMSP|#|0000'],
        ...[tab, tab, tabLane, tabLane],
      ],
    );
  });

  test('by a distribution: what the settlements left, and the members as a range', async () => {
    const { root } = ownersOf(new Map([[boris.keyId, 1_000n]]));
    const sources = [{ mspId: 'MakerMSP', weight: '1' }];
    await expectSubmit(
      ['MarketMSP', 'distribute', { number: 1, through: 1, lane: 2, sources, root }],
      'Distributed',
      [
        ...['distribution|MarketMSP|00000001', 'settlement|MarketMSP|00000001'],
        ...['parameter|market.split', 'credit|PCC|takings:MarketMSP|#|0000'],
        'lane|PCC|pool:MarketMSP|02',
      ],
      [
        ...['distribution|MarketMSP|00000001', '-credit|PCC|takings:MarketMSP|#|0000'],
        'lane|PCC|pool:MarketMSP|02',
        'credit|PCC|org:MakerMSP|#|0000',
        ...[...MEMBERS].sort().map((it, at) => `credit|PCC|org:${it}|#|000${at + 1}`),
        `credit|PCC|org:MarketMSP|#|000${MEMBERS.length + 1}`,
      ],
      ['member'],
    );
  });

  test('by a claim: the owner’s own, one lane of the pool, and records that never change', async () => {
    const { command } = await market.sign(boris, 'claim', { operator: 'MarketMSP' });
    const proof = ownersOf(new Map([[boris.keyId, 1_000n]])).proofOf(boris.keyId);
    const claims = [{ command, proof }];
    const owner = [`command|${boris.keyId}|#`, `owner-claims|MarketMSP|${boris.keyId}`];
    await expectSubmit(
      ['GarageMSP', 'claim', { operator: 'MarketMSP', number: 1, lanes: [2, 3], claims }],
      'OwnersPaid',
      [
        ...['distribution|MarketMSP|00000001', 'distribution|MarketMSP|00000002'],
        ...[...owner, 'lane|PCC|pool:MarketMSP|02'],
      ],
      [...owner, 'lane|PCC|pool:MarketMSP|02', `credit|PCC|${BORIS}|#|0000`],
    );
  });

  test.each([
    ['readProduct', { product: 'other' }, ['product-version|other|00000001', 'product|other'], []],
    ['readProducts', {}, [], ['product']],
    ['readTabs', { buyer: anna.keyId }, [], [`tab|${anna.keyId}`]],
    ['readSettlement', { operator: 'MarketMSP', number: 1 }, ['settlement|MarketMSP|00000001'], []],
    ['readSettlements', { operator: 'MarketMSP', from: 1 }, [], ['settlement|MarketMSP']],
    [
      'readDistribution',
      { operator: 'MarketMSP', number: 1 },
      ['distribution|MarketMSP|00000001'],
      [],
    ],
    ['readDistributions', { operator: 'MarketMSP', from: 1 }, [], ['distribution|MarketMSP']],
    [
      'readOwnerClaims',
      { operator: 'MarketMSP', owner: boris.keyId },
      [`owner-claims|MarketMSP|${boris.keyId}`],
      [],
    ],
  ] as const)('by %s, which writes nothing', async (name, request, reads, ranges) => {
    const sets = await call('GarageMSP', name, request);
    expect({ ...sets, answer: undefined }).toEqual({
      ...{ reads: [...reads].sort(), ranges, writes: [], events: [], answer: undefined },
    });
  });

  test('by what reads a tab, and the pool', async () => {
    const [first] = tabs;
    const one = await call('GarageMSP', 'readTab', { buyer: anna.keyId, tab: first?.tab });
    expect([one.reads, one.writes]).toEqual([[tab], []]);
    const pool = await call('GarageMSP', 'readOwnersPool', { operator: 'MarketMSP' });
    expect(pool.ranges).toEqual(['lane|PCC|pool:MarketMSP']);
    expect(pool.writes).toEqual([]);
    expect(pool.answer).toMatchObject({ distribution: 1, paidIn: '1000' });
  });

  test('are those of the table in README.md, for every function', () => {
    const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
    const typesOf = (keys: readonly string[]): string[] =>
      [...new Set(keys.map((key) => key.replace('-', '').split('|')[0] ?? ''))].sort();
    const wordsOf = (cell = ''): string[] =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word.replace('-', ''));
    const listed = new Set<string>();
    for (const [, name = '', ...cells] of readme.matchAll(/^\| `(\w+)` \|(.*)\|(.*)\|(.*)\|$/gm)) {
      listed.add(name);
      const [reads, writes, event] = cells.map((cell) => [...new Set(wordsOf(cell))].sort());
      const sets = seen.get(name);
      expect({ name, reads, writes, event }).toEqual({
        name,
        reads: typesOf([...(sets?.reads ?? []), ...(sets?.ranges ?? [])]),
        writes: typesOf(sets?.writes ?? []),
        event: sets?.events,
      });
    }
    expect([...listed].sort()).toEqual(Object.keys(contracts.Market).sort());
  });
});
