import { keyAccount, microOf, type Tab } from '@passport/model';
import { beforeEach, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { makeKey } from '../testing/test-users.ts';
import { type Actor, anna, boris, treasuryMembers } from '../tokens/testing/test-treasury.ts';
import { ownersOf } from './testing/owners.ts';
import { TestMarket } from './testing/test-market.ts';

const ANNA = keyAccount(anna.keyId);
const CARLA = makeKey();
const MEMBERS = BigInt(Object.keys(treasuryMembers).length);

let market: TestMarket;
let tab: Tab;
let claimed = 0n;
let vouchers = 0;
beforeEach(async () => {
  claimed = 0n;
  market = await TestMarket.found();
  await market.treasury.fund(ANNA, '100000');
  tab = await market.open(anna, { amount: '50000' });
});

const settle = async (number: number, micro: bigint, of = tab, key = anna) => {
  claimed += micro;
  vouchers += 1;
  const amount = String(claimed);
  const entry = { voucher: await market.voucher(key, of, amount, vouchers), claimed: amount };
  await market.submit('MarketMSP', 'settle', market.settlement(number, micro, [entry]));
};
const sources = [
  { mspId: 'MakerMSP', weight: '3' },
  { mspId: 'GarageMSP', weight: '1' },
];
const distribute = async (
  number: number,
  through: number,
  earned: Readonly<Record<string, bigint>>,
  changes: object = {},
  actor: Actor = 'MarketMSP',
) => {
  const { root } = ownersOf(new Map(Object.entries(earned)));
  const request = { number, through, lane: 0, sources, root, ...changes };
  return (await market.submit(actor, 'distribute', request)).answer;
};
const claim = async (
  number: number,
  key: typeof anna,
  earned: Readonly<Record<string, bigint>>,
  changes: object = {},
  signed: object = {},
) => {
  const { command } = await market.sign(key, 'claim', { operator: 'MarketMSP' }, signed);
  const proof = ownersOf(new Map(Object.entries(earned))).proofOf(key.keyId);
  const request = { operator: 'MarketMSP', number, lanes: [0], claims: [{ command, proof }] };
  return (await market.submit('GarageMSP', 'claim', { ...request, ...changes })).answer;
};
const total = async (account: string) => microOf((await market.treasury.balance(account)).total);
const pool = () => market.read('readOwnersPool', { operator: 'MarketMSP' });

describe('a distribution', () => {
  test('splits what came in by the pinned split, to the last micro-PCC', async () => {
    await settle(1, 1_001n);
    const distribution = await distribute(1, 1, { [boris.keyId]: 501n });
    // 1001: owners 500.5, sources 300.3, members 50.05, operator 150.15.
    expect(distribution).toMatchObject({
      ...{ operator: 'MarketMSP', number: 1, settlements: { first: 1, last: 1 } },
      distributedAt: market.treasury.time(),
      ...{ taken: '1001', owners: '501', carried: null, root: { sum: '501', count: 1 } },
    });
    const paid = distribution.legs.reduce((sum, { amount }) => sum + microOf(amount), 0n);
    expect(paid + 501n).toBe(1_001n);
    const as = (what: string) => distribution.legs.filter((leg) => leg.as === what);
    expect(as('source').map(({ to, amount }) => [to, amount])).toEqual([
      ['org:MakerMSP', '225'],
      ['org:GarageMSP', '75'],
    ]);
    expect(as('member')).toHaveLength(Number(MEMBERS));
    expect(as('operator')).toEqual([{ to: 'org:MarketMSP', amount: '150', as: 'operator' }]);
    expect(await total('org:GarageMSP')).toBe(75n + 7n);
    expect(await pool()).toEqual({
      ...{ operator: 'MarketMSP', distribution: 1, paidIn: '501' },
      lanes: [{ lane: 0, amount: '501' }],
    });
    const read = { operator: 'MarketMSP', number: 1 };
    expect(await market.read('readDistribution', read)).toEqual(distribution);
    expect(await market.read('readDistributions', { operator: 'MarketMSP', from: 1 })).toEqual([
      distribution,
    ]);
  });

  test('shares out settlements in order, each once, with none left out', async () => {
    await settle(1, 1_000n);
    await settle(2, 1_000n);
    await settle(4, 1_000n);
    await expectRefusal(market, 'DISTRIBUTION_WRONG', () => distribute(2, 1, {}));
    await expectRefusal(market, 'SETTLEMENT_UNKNOWN', () => distribute(1, 4, {}));
    expect(await distribute(1, 2, { [boris.keyId]: 1_000n })).toMatchObject({ taken: '2000' });
    await expectRefusal(market, 'DISTRIBUTION_WRONG', () => distribute(1, 2, {}));
    await expectRefusal(market, 'DISTRIBUTION_WRONG', () => distribute(2, 2, {}));
    await settle(3, 1_000n);
    const next = await distribute(2, 4, { [boris.keyId]: 2_000n });
    expect(next).toMatchObject({ settlements: { first: 3, last: 4 }, taken: '2000' });
    expect(await pool()).toMatchObject({ distribution: 2, paidIn: '2000' });
  });

  test('is by the operator of the settlements', async () => {
    await settle(1, 1_000n);
    await expectRefusal(market, 'SETTLEMENT_UNKNOWN', () => distribute(1, 1, {}, {}, 'RivalMSP'));
    await expectRefusal(market, 'ROLE_MISSING', () => distribute(1, 1, {}, {}, 'MakerMSP'));
  });

  test('has a root whose sum is what owners were ever paid in', async () => {
    await settle(1, 1_000n);
    for (const sum of [0n, 499n, 501n, 1_000n]) {
      await expectRefusal(market, 'OWNERS_SUM_WRONG', () =>
        distribute(1, 1, { [boris.keyId]: sum }),
      );
    }
    await distribute(1, 1, { [boris.keyId]: 500n });
    await settle(2, 1_000n);
    await expectRefusal(market, 'OWNERS_SUM_WRONG', () =>
      distribute(2, 2, { [boris.keyId]: 500n }),
    );
    await distribute(2, 2, { [boris.keyId]: 600n, [CARLA.keyId]: 400n });
  });

  test('goes by the split that each tab pinned', async () => {
    await settle(1, 1_000n);
    const toOwners = { owners: 1000, sources: 0, members: 0, operator: 0 };
    const version = await market.setParameter('market.split', toOwners);
    const later = await market.open(anna, { amount: '1000' });
    claimed = 0n;
    await settle(2, 1_000n, later);
    const { bySplit } = await market.read('readSettlement', { operator: 'MarketMSP', number: 2 });
    expect(bySplit).toEqual([{ version, amount: '1000' }]);
    const { owners } = await distribute(1, 2, { [boris.keyId]: 1_500n });
    expect(owners).toBe('1500');
  });

  test('carries the part of sources where there are none to the next one', async () => {
    await settle(1, 1_000n);
    const first = await distribute(1, 1, { [boris.keyId]: 500n }, { sources: [] });
    expect(first.carried).toMatchObject({ amount: '300' });
    await settle(2, 1_000n);
    const second = await distribute(2, 2, { [boris.keyId]: 1_000n });
    expect(second.carried).toBeNull();
    const paid = second.legs.filter(({ as }) => as === 'source').map(({ amount }) => amount);
    expect(paid).toEqual(['450', '150']);
  });

  test('pays members alone, each once; one that is suspended keeps what its sources have earned', async () => {
    await settle(1, 1_000n);
    const weigh = (list: readonly object[]) =>
      distribute(1, 1, { [boris.keyId]: 500n }, { sources: list });
    const [maker] = sources;
    await expectRefusal(market, 'MEMBER_UNKNOWN', () =>
      weigh([{ mspId: 'StrangerMSP', weight: '1' }]),
    );
    await expectRefusal(market, 'WEIGHTS_INVALID', () => weigh([maker ?? {}, maker ?? {}]));
    for (const weight of ['0', '-1', '1.5', '']) {
      await expectRefusal(market, 'WEIGHTS_INVALID', () => weigh([{ mspId: 'MakerMSP', weight }]));
    }
    await market.treasury.setStatus('GarageMSP', 'suspend');
    const { legs } = await weigh(sources);
    const garage = legs.filter(({ to }) => to === 'org:GarageMSP');
    expect(garage).toEqual([{ to: 'org:GarageMSP', amount: '75', as: 'source' }]);
  });
});

describe('a claim', () => {
  const earned = { [boris.keyId]: 300n, [CARLA.keyId]: 199n, 'waits-for-a-key': 1n };

  test('pays an owner what the root says, to an account that they name, once', async () => {
    await settle(1, 1_000n);
    await distribute(1, 1, earned);
    expect(await claim(1, boris, earned)).toEqual({ claims: 1, paid: '300' });
    expect(await total(keyAccount(boris.keyId))).toBe(300n);
    expect(await claim(1, CARLA, earned, {}, { sub: 'org:MakerMSP/fleet' })).toMatchObject({
      paid: '199',
    });
    expect(await total('org:MakerMSP/fleet')).toBe(199n);
    await expectRefusal(market, 'SHARE_CLAIMED', () => claim(1, boris, earned));
    expect(await pool()).toMatchObject({ lanes: [{ lane: 0, amount: '1' }] });
    const of = { operator: 'MarketMSP', owner: boris.keyId };
    expect(await market.read('readOwnerClaims', of)).toEqual({
      ...of,
      claimed: '300',
      distribution: 1,
    });
  });

  test('of a later root pays the difference, and by an older one nothing any more', async () => {
    await settle(1, 1_000n);
    await distribute(1, 1, earned);
    await claim(1, boris, earned);
    await settle(2, 1_000n);
    const more = { [boris.keyId]: 700n, [CARLA.keyId]: 300n };
    await distribute(2, 2, more);
    await expectRefusal(market, 'DISTRIBUTION_OUTDATED', () => claim(1, CARLA, earned));
    expect(await claim(2, boris, more)).toMatchObject({ paid: '400' });
    // Nothing was lost to who has not claimed by the first root.
    expect(await claim(2, CARLA, more)).toMatchObject({ paid: '300' });
    await expectRefusal(market, 'DISTRIBUTION_UNKNOWN', () => claim(3, boris, more));
  });

  test('by the same command answers once, whoever relays it', async () => {
    await settle(1, 1_000n);
    await distribute(1, 1, earned);
    const { command } = await market.sign(boris, 'claim', { operator: 'MarketMSP' });
    const proof = ownersOf(new Map(Object.entries(earned))).proofOf(boris.keyId);
    const request = { operator: 'MarketMSP', number: 1, lanes: [0], claims: [{ command, proof }] };
    await market.submit('GarageMSP', 'claim', request);
    const { answer } = await market.submit('RivalMSP', 'claim', request);
    expect(answer).toEqual({ claims: 1, paid: '0' });
    expect(await total(keyAccount(boris.keyId))).toBe(300n);
  });

  test('with a proof of somebody else, of another amount, or of no root is refused', async () => {
    await settle(1, 1_000n);
    await distribute(1, 1, earned);
    const { proofOf } = ownersOf(new Map(Object.entries(earned)));
    const { command } = await market.sign(boris, 'claim', { operator: 'MarketMSP' });
    const own = proofOf(boris.keyId);
    const wrong = [
      proofOf(CARLA.keyId),
      { ...own, amount: '301' },
      { ...own, salt: 'ff'.repeat(32) },
      { ...own, path: own.path.slice(1) },
      { ...own, path: [...own.path].reverse().map((step) => ({ ...step, sum: '0' })) },
    ];
    for (const proof of wrong) {
      await expectRefusal(market, 'SHARE_PROOF_WRONG', () =>
        claim(1, boris, earned, { claims: [{ command, proof }] }),
      );
    }
  });

  test("is signed by the owner, for that operator, and one's own in each request", async () => {
    await settle(1, 1_000n);
    await distribute(1, 1, earned);
    const { proofOf } = ownersOf(new Map(Object.entries(earned)));
    const { command: rival } = await market.sign(boris, 'claim', { operator: 'RivalMSP' });
    const proof = proofOf(boris.keyId);
    const claims = [{ command: rival, proof }];
    await expectRefusal(market, 'COMMAND_TARGET_WRONG', () => claim(1, boris, earned, { claims }));
    const { command: forged } = await market.sign(anna, 'claim', { operator: 'MarketMSP' });
    await expectRefusal(market, 'SHARE_PROOF_WRONG', () =>
      claim(1, boris, earned, { claims: [{ command: forged, proof }] }),
    );
    const two = [
      { command: (await market.sign(boris, 'claim', { operator: 'MarketMSP' })).command, proof },
      { command: (await market.sign(boris, 'claim', { operator: 'MarketMSP' })).command, proof },
    ];
    const error = await expectRefusal(market, 'SHARE_REPEATED', () =>
      claim(1, boris, earned, { claims: two }),
    );
    expect(error.pointer).toBe('/claims/1');
    await expectRefusal(market, 'MEMBER_UNKNOWN', () =>
      claim(1, boris, earned, {}, { sub: 'org:StrangerMSP' }),
    );
  });

  test('takes from one lane after the other, and never more than the pool has', async () => {
    await settle(1, 1_000n);
    await distribute(1, 1, { [boris.keyId]: 500n });
    await settle(2, 1_000n);
    const more = { [boris.keyId]: 900n, [CARLA.keyId]: 100n };
    await distribute(2, 2, more, { lane: 3 });
    await expectRefusal(market, 'POOL_SHORT', () => claim(2, boris, more, { lanes: [0] }));
    await expectRefusal(market, 'LANE_INVALID', () => claim(2, boris, more, { lanes: [0, 0] }));
    await claim(2, boris, more, { lanes: [0, 3] });
    expect(await pool()).toMatchObject({
      lanes: [
        { lane: 0, amount: '0' },
        { lane: 3, amount: '100' },
      ],
    });
    // An operator that gives to one what it had promised another finds the pool empty.
    await settle(3, 1_000n);
    const false_ = { [CARLA.keyId]: 1_500n };
    await distribute(3, 3, false_);
    await expectRefusal(market, 'POOL_SHORT', () => claim(3, CARLA, false_, { lanes: [0, 3] }));
  });

  test('goes by what a later root has corrected: what nobody has claimed yet can be taken back', async () => {
    await settle(1, 1_000n);
    await distribute(1, 1, { [boris.keyId]: 500n });
    await settle(2, 1_000n);
    const corrected = { [boris.keyId]: 100n, [CARLA.keyId]: 900n };
    await distribute(2, 2, corrected);
    await expectRefusal(market, 'DISTRIBUTION_OUTDATED', () =>
      claim(1, boris, { [boris.keyId]: 500n }),
    );
    expect(await claim(2, boris, corrected)).toMatchObject({ paid: '100' });
    expect(await claim(2, CARLA, corrected)).toMatchObject({ paid: '900' });
  });

  test('of many owners is one transaction, all of them or none', async () => {
    const keys = Array.from({ length: 20 }, () => makeKey());
    const all = Object.fromEntries(keys.map(({ keyId }) => [keyId, 25n]));
    await settle(1, 1_000n);
    await distribute(1, 1, all);
    const { proofOf } = ownersOf(new Map(Object.entries(all)));
    const claims = await Promise.all(
      keys.map(async (key) => ({
        command: (await market.sign(key, 'claim', { operator: 'MarketMSP' })).command,
        proof: proofOf(key.keyId),
      })),
    );
    const [first] = claims;
    const bad = [...claims.slice(1), { ...claims[0], proof: { ...first?.proof, amount: '26' } }];
    const request = { operator: 'MarketMSP', number: 1, lanes: [0] };
    const error = await expectRefusal(market, 'SHARE_PROOF_WRONG', () =>
      market.submit('GarageMSP', 'claim', { ...request, claims: bad }),
    );
    expect(error.pointer).toBe('/claims/19');
    const { answer } = await market.submit('GarageMSP', 'claim', { ...request, claims });
    expect(answer).toEqual({ claims: 20, paid: '500' });
  });
});
