import { readFileSync } from 'node:fs';

import { contracts, keyAccount } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import type { Endorsed } from '../testing/test-ledger.ts';
import { type Actor, anna, TestTreasury, type TokensFunction } from './testing/test-treasury.ts';

const MAKER = 'org:MakerMSP';
const GARAGE = 'org:GarageMSP';
const ANNA = keyAccount(anna.keyId);

/** What a transaction did, sorted; ids are `#`, what was deleted has a minus. */
type KeySets = {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly ranges: readonly string[];
  readonly events: readonly string[];
};

let treasury: TestTreasury;
const seen = new Map<string, KeySets>();

beforeAll(async () => {
  treasury = await TestTreasury.found();
  await treasury.fund(MAKER, '1000');
  await treasury.fund(ANNA, '1000');
});

async function call(
  actor: Actor,
  name: TokensFunction,
  request: object,
): Promise<KeySets & { readonly answer: unknown }> {
  const endorsed = await treasury.endorse(actor, name, request);
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
  [actor, name, request]: readonly [Actor, TokensFunction, object],
  event: string,
  reads: readonly string[],
  writes: readonly string[],
): Promise<unknown> {
  const { answer, ...sets } = await call(actor, name, request);
  const own = [`command|${actor}|#`];
  expect(sets).toEqual({
    reads: [...own, `member|${actor}`, ...reads].sort(),
    writes: [...own, ...writes].sort(),
    ranges: [],
    events: [event],
  });
  return answer;
}

const makerLane = `lane|PCC|${MAKER}|00`;
const annaLane = `lane|PCC|${ANNA}|00`;
const annaCommand = `command|${anna.keyId}|#`;
const transfer = { asset: 'PCC', lane: 0, to: GARAGE, amount: '1' };
const hold = () => ({
  ...{ asset: 'PCC', lane: 0, amount: '10', settler: 'MarketMSP' },
  expiresAt: treasury.time(60_000),
});
const redemption = { asset: 'PCC', lane: 0, amount: '10', payTo: 'iban-1' };

describe('the keys that are read and written', () => {
  test('by an attestation', async () => {
    treasury.ledger.advance(1);
    const asOf = treasury.time();
    const request = { asset: 'PCC', amount: '9000', asOf, statement: 'statement-1' };
    await expectSubmit(
      ['BankMSP', 'attestReserve', request],
      'ReserveAttested',
      ['supply|PCC'],
      ['supply|PCC'],
    );
  });

  test('by mints: of what all share, only an approval touches the supply', async () => {
    const propose = (deposit: string) =>
      expectSubmit(
        ['BankMSP', 'proposeMint', { asset: 'PCC', to: GARAGE, amount: '1', deposit }],
        'MintProposed',
        ['member|GarageMSP', `deposit|${deposit}`],
        [`deposit|${deposit}`, 'mint|#'],
      ) as Promise<{ readonly mintId: string }>;
    const { mintId } = await propose('deposit-a');
    await expectSubmit(
      ['AuditMSP', 'approveMint', { mintId }],
      'Minted',
      ['mint|#', 'member|GarageMSP', 'supply|PCC'],
      ['supply|PCC', `credit|PCC|${GARAGE}|#|0000`, 'mint|#'],
    );
    const { mintId: rejected } = await propose('deposit-b');
    await expectSubmit(
      ['AuditMSP', 'rejectMint', { mintId: rejected, reason: 'none' }],
      'MintRejected',
      ['mint|#'],
      ['-deposit|deposit-b', 'mint|#'],
    );
  });

  test('by payments: one lane of the payer, and no key of a receiver', async () => {
    await expectSubmit(
      ['MakerMSP', 'transfer', { from: MAKER, order: transfer }],
      'Paid',
      [makerLane, 'member|GarageMSP'],
      [makerLane, `credit|PCC|${GARAGE}|#|0000`],
    );
    await expectSubmit(
      ['RivalMSP', 'transferSigned', await treasury.sign(anna, 'transferSigned', transfer)],
      'Paid',
      [annaCommand, annaLane, 'member|GarageMSP'],
      [annaCommand, annaLane, `credit|PCC|${GARAGE}|#|0000`],
    );
    const legs = [GARAGE, ANNA, GARAGE].map((to) => ({ to, amount: '1' }));
    await expectSubmit(
      ['MakerMSP', 'pay', { from: MAKER, asset: 'PCC', lane: 0, legs }],
      'Paid',
      [makerLane, 'member|GarageMSP'],
      [
        makerLane,
        `credit|PCC|${GARAGE}|#|0000`,
        `credit|PCC|${ANNA}|#|0001`,
        `credit|PCC|${GARAGE}|#|0002`,
      ],
    );
  });

  test('by folding: the credits that were named, by their keys and not by a range', async () => {
    await treasury.submit('MakerMSP', 'transfer', { from: MAKER, order: transfer });
    const { credits } = await treasury.balance(GARAGE);
    const [first, second, ...rest] = credits.map(({ transactionId, leg }) => ({
      transactionId,
      leg,
    }));
    expect(rest.length).toBeGreaterThan(0);
    const keys = [first, second].map((it) => `credit|PCC|${GARAGE}|#|000${it?.leg}`);
    await expectSubmit(
      ['GarageMSP', 'fold', { asset: 'PCC', account: GARAGE, lane: 7, credits: [first, second] }],
      'Folded',
      [...keys, `lane|PCC|${GARAGE}|07`],
      [...keys.map((key) => `-${key}`), `lane|PCC|${GARAGE}|07`],
    );
  });

  test('by holds', async () => {
    const opened = await expectSubmit(
      ['MakerMSP', 'openHold', { from: MAKER, order: hold() }],
      'HoldOpened',
      ['member|MarketMSP', makerLane],
      [makerLane, 'hold|#'],
    );
    const { holdId } = opened as { readonly holdId: string };
    await expectSubmit(
      ['RivalMSP', 'openHoldSigned', await treasury.sign(anna, 'openHoldSigned', hold())],
      'HoldOpened',
      [annaCommand, 'member|MarketMSP', annaLane],
      [annaCommand, annaLane, 'hold|#'],
    );
    const legs = [GARAGE, ANNA].map((to) => ({ to, amount: '1' }));
    await expectSubmit(
      ['MarketMSP', 'captureHold', { holdId, legs }],
      'HoldCaptured',
      ['hold|#', makerLane, 'member|GarageMSP'],
      [makerLane, `credit|PCC|${GARAGE}|#|0000`, `credit|PCC|${ANNA}|#|0001`, 'hold|#'],
    );
    await expectSubmit(
      ['MarketMSP', 'closeHold', { holdId }],
      'HoldClosed',
      ['hold|#', makerLane],
      [makerLane, 'hold|#'],
    );
  });

  test('by redemptions', async () => {
    const request = { from: MAKER, order: redemption };
    const ask = () =>
      expectSubmit(
        ['MakerMSP', 'requestRedemption', request],
        'RedemptionRequested',
        [makerLane],
        [makerLane, 'redemption|#'],
      ) as Promise<{ readonly redemptionId: string }>;
    const { redemptionId } = await ask();
    await expectSubmit(
      [
        'RivalMSP',
        'requestRedemptionSigned',
        await treasury.sign(anna, 'requestRedemptionSigned', redemption),
      ],
      'RedemptionRequested',
      [annaCommand, annaLane],
      [annaCommand, annaLane, 'redemption|#'],
    );
    await expectSubmit(
      ['BankMSP', 'confirmRedemption', { redemptionId, payout: 'payout-1' }],
      'RedemptionPaid',
      ['redemption|#', 'payout|payout-1', makerLane, 'supply|PCC'],
      ['payout|payout-1', makerLane, 'supply|PCC', 'redemption|#'],
    );
    const { redemptionId: other } = await ask();
    await expectSubmit(
      ['BankMSP', 'rejectRedemption', { redemptionId: other, reason: 'none' }],
      'RedemptionRejected',
      ['redemption|#', makerLane],
      [makerLane, 'redemption|#'],
    );
  });

  test.each([
    ['readSupply', 'supply'],
    ['readMint', 'mint'],
    ['readHold', 'hold'],
    ['readRedemption', 'redemption'],
  ] as const)('by %s: one', async (name, type) => {
    const [key = ''] = treasury.ledger.state().find(([it]) => it.startsWith(`${type}|`)) ?? [];
    const id = key.slice(type.length + 1);
    const request = type === 'supply' ? { asset: id } : { [`${type}Id`]: id };
    const { reads, writes, ranges, events } = await call('GarageMSP', name, request);
    expect(reads).toEqual([type === 'supply' ? 'supply|PCC' : `${type}|#`]);
    expect([writes, ranges, events]).toEqual([[], [], []]);
  });

  test('by a balance: two ranges, which only a function that writes nothing may read', async () => {
    const request = { asset: 'PCC', account: ANNA };
    const { reads, writes, ranges, events } = await call('GarageMSP', 'readBalance', request);
    expect(ranges).toEqual([`lane|PCC|${ANNA}`, `credit|PCC|${ANNA}`]);
    expect([reads, writes, events]).toEqual([[], [], []]);
  });

  test('by a replay: nothing of the money', async () => {
    const request = { commandId: treasury.commandId(), from: MAKER, order: transfer };
    await treasury.submit('MakerMSP', 'transfer', request);
    const replay = await treasury.endorse('MakerMSP', 'transfer', request);
    const reads = ['command|MakerMSP|#'];
    expect(keySetsOf(replay)).toEqual({ reads, writes: [], ranges: [], events: [] });

    const command = await treasury.sign(anna, 'transferSigned', transfer);
    await treasury.submit('RivalMSP', 'transferSigned', command);
    const relayed = await treasury.endorse('GarageMSP', 'transferSigned', command);
    const own = 'command|GarageMSP|#';
    expect(keySetsOf(relayed)).toEqual({
      reads: [own, annaCommand, 'member|GarageMSP'].sort(),
      writes: [own],
      ranges: [],
      events: [],
    });
  });

  test('are those of the table in README.md, for every function', () => {
    const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
    const typesOf = (keys: readonly string[]): string[] =>
      [...new Set(keys.map((key) => key.replace('-', '').split('|')[0] ?? ''))].sort();
    const wordsOf = (cell = ''): string[] =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
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
    expect([...listed].sort()).toEqual(Object.keys(contracts.Tokens).sort());
  });
});
