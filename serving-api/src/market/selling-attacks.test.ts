import { sign } from 'node:crypto';

import { generateSigningKey, type SigningKey } from '@passport/ledger-client';
import {
  MARKET_CONTRACT,
  organisationAccount,
  QUOTE_TYPE,
  type Tab,
  VOUCHER_TYPE,
  writeX402,
  X402_SCHEME,
  x402Headers,
} from '@passport/model';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { JournalDisk } from '../journal/journal-disk.ts';
import {
  chargedOn,
  MarketWorld,
  NOW_MS,
  operator,
  paying,
  place,
  PRICE,
  voucherOf,
} from '../testing/market-world.ts';
import type { MarketDesk } from './market-desk.ts';
import { openSession } from './open-session.ts';
import { OperatorSeal } from './operator-seal.ts';

let buyer: SigningKey;
let world: MarketWorld;
let desk: MarketDesk;
let tab: Tab;
beforeAll(async () => {
  buyer = await generateSigningKey();
});
beforeEach(async () => {
  world = await MarketWorld.start();
  desk = await world.desk();
  tab = world.openTab(buyer.keyId, 10n * PRICE);
});

/** A payment whose voucher has other claims, or another header, than any that our client signs. */
function payingOddly(claims: object, header: object = {}): Readonly<Record<string, string>> {
  const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const said = {
    ...{ iss: buyer.keyId, aud: operator, sub: tab.tab, ...place, contract: MARKET_CONTRACT },
    ...{ exp: NOW_MS / 1000 + 86_400, amount: String(PRICE), seq: 1, ...claims },
  };
  const { kty, crv, x, y } = buyer.publicKey;
  const head = { alg: 'ES256', typ: VOUCHER_TYPE, jwk: { kty, crv, x, y }, ...header };
  const text = `${encoded(head)}.${encoded(said)}`;
  const key = { key: buyer.privateKey, dsaEncoding: 'ieee-p1363' } as const;
  const voucher = `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  const accepted = {
    ...{ scheme: X402_SCHEME, network: place.ledger, amount: String(PRICE), asset: 'PCC' },
    payTo: organisationAccount(operator),
  };
  const payload = { type: 'voucher', voucher };
  return { [x402Headers.signature]: writeX402({ x402Version: 2, accepted, payload }) };
}

/** The world's disk, on which something happens before each line. */
function diskThat({ files }: MarketWorld, happens: () => void): JournalDisk {
  const disk = files.disk();
  return {
    list: () => disk.list(),
    read: (name) => disk.read(name),
    append: async (name, at, bytes) => {
      happens();
      await disk.append(name, at, bytes);
    },
    cut: (name, length) => disk.cut(name, length),
    replace: (name, bytes) => disk.replace(name, bytes),
    remove: (name) => disk.remove(name),
    close: () => disk.close(),
  };
}

describe('nobody gets an answer', () => {
  test('by these vouchers, which differ from one that does in one thing only', async () => {
    const odd = [
      ...[payingOddly({ contract: 'Tokens' }), payingOddly({ more: 1 })],
      ...[payingOddly({ amount: '-1' }), payingOddly({ amount: '1e9' }), payingOddly({ seq: 0 })],
      ...[payingOddly({ amount: 5_000 }), payingOddly({ exp: 'never' })],
      ...[payingOddly({}, { alg: 'none' }), payingOddly({}, { typ: QUOTE_TYPE })],
      payingOddly({}, { crit: ['x'], x: 1 }),
    ];
    for (const headers of odd) {
      const refused = await world.send(desk, headers);
      expect(refused.code).toMatch(
        /^(VOUCHER_(FOREIGN|MALFORMED|SIGNATURE_INVALID)|AMOUNT_INVALID)$/,
      );
      expect(refused.body).not.toContain('usage at');
    }
    expect(chargedOn(desk, tab)).toBe(0n);
    expect((await world.send(desk, payingOddly({}))).status).toBe(200);
  });

  test('at a price that the operator did not quote', async () => {
    const seal = new OperatorSeal(await generateSigningKey());
    const quote = seal.seal(QUOTE_TYPE, { maximum: '1' });
    const forged = await paying(buyer, tab, PRICE, 1, { accepted: { extra: { quote } } });
    expect(await world.send(desk, forged)).toMatchObject({ status: 402, code: 'QUOTE_INVALID' });
    expect(chargedOn(desk, tab)).toBe(0n);
  });

  test('on a tab that nobody has read while the ledger is away', async () => {
    world.isLedgerAway = true;
    const refused = await world.send(desk, await paying(buyer, tab, PRICE, 1));
    expect(refused).toMatchObject({ code: 'NOT_READY', receipt: null });
    const voucher = await voucherOf(buyer, tab, PRICE, 1);
    await expect(openSession(desk, { voucher })).rejects.toMatchObject({ code: 'NOT_READY' });
  });

  test('that is not on the disk, nor any later one before the server has started again', async () => {
    let isFull = false;
    const disk = diskThat(world, () => {
      if (isFull) throw new Error('ENOSPC');
    });
    desk = await world.desk(disk);
    expect((await world.send(desk, await paying(buyer, tab, PRICE, 1))).status).toBe(200);
    isFull = true;
    const lost = await world.send(desk, await paying(buyer, tab, 2n * PRICE, 2));
    expect(lost).toMatchObject({ code: 'NOT_READY', body: '' });
    isFull = false;
    const later = await world.send(desk, await paying(buyer, tab, 3n * PRICE, 3));
    expect(later).toMatchObject({ code: 'NOT_READY', body: '' });
    const next = await world.desk();
    expect(chargedOn(next, tab)).toBe(PRICE);
    expect((await world.send(next, await paying(buyer, tab, 2n * PRICE, 2))).status).toBe(200);
  });
});

describe('nobody is charged twice', () => {
  test('who hangs up while the debit is being written: the same voucher gives the answer', async () => {
    const gone = new AbortController();
    desk = await world.desk(diskThat(world, () => gone.abort()));
    const voucher = await paying(buyer, tab, PRICE, 1);
    const first = await world.send(desk, voucher, 'usage', gone.signal);
    expect(chargedOn(desk, tab)).toBe(PRICE);
    const again = await world.send(desk, voucher);
    expect(again).toMatchObject({ status: 200, body: 'usage at 7', receipt: first.receipt });
    expect(chargedOn(desk, tab)).toBe(PRICE);
    expect(desk.journal.unsettled).toHaveLength(1);
  });

  test('nor refused, of a hundred buyers who pay at once, ten answers each', async () => {
    const keys = await Promise.all(Array.from({ length: 100 }, () => generateSigningKey()));
    const tabs = keys.map((key) => world.openTab(key.keyId, 10n * PRICE));
    const sessions = await Promise.all(
      keys.map(async (key, at) => {
        const own = tabs[at] ?? tab;
        const voucher = await voucherOf(key, own, 10n * PRICE, 1);
        const { credential } = await openSession(desk, { voucher });
        return { Authorization: `Passport-Session ${credential}` };
      }),
    );
    const replies = await Promise.all(
      sessions.flatMap((headers) => Array.from({ length: 10 }, () => world.send(desk, headers))),
    );
    expect(replies.filter(({ status }) => status !== 200)).toEqual([]);
    for (const one of tabs) expect(chargedOn(desk, one)).toBe(10n * PRICE);
    const more = await world.send(desk, sessions[0] ?? {});
    expect(more).toMatchObject({ status: 402, code: 'VOUCHER_EXCEEDED' });
  });
});
