import { generateSigningKey } from '@passport/ledger-client';
import {
  amountOf,
  digestOfJson,
  inLeafOrder,
  type LedgerId,
  ownerProofOf,
  ownersRootOf,
  ownersTree,
  parse,
  productId,
} from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { type Buyer, MarketFixture, testDescriptor } from '../../../passport/market-fixture.ts';
import { headerHash } from '../../client/block-hash.ts';
import type { CurrentFixture } from '../../fixture.ts';
import type { CurrentPassport } from '../../passport-network.ts';
import { expectRefused } from './refused.ts';

const START_MS = 60_000;
const BUYERS = 20;
const EACH = 1_000n;

/** The market, as buyers, its operator and owners see it. */
export function describeMarket(current: CurrentPassport, network: CurrentFixture): void {
  describe('the market', () => {
    let market: MarketFixture;
    let operator: ReturnType<CurrentPassport>['members']['MakerMSP']['user']['market'];
    beforeAll(async () => {
      market = await MarketFixture.prepare(current());
      operator = current().members.MakerMSP.user.market;
    }, START_MS);

    const buyerWith = async (micro: bigint): Promise<Buyer> => {
      const [key] = await market.fundBuyers(1, micro);
      if (key === undefined) throw new Error('no buyer was funded');
      return { key, tab: (await market.openTab(key, micro)).answer };
    };

    test('is on the ledger of that genesis block, and says so', async () => {
      const hash = headerHash(await network().block(0));
      expect(market.ledger).toBe(`fabric:${hash.slice(0, 32)}`);
    });

    test('a product is revised, and every version stays', async () => {
      await expectRefused(market.publish(1, testDescriptor), 'PRODUCT_VERSION_WRONG');
      await market.publish(2, { ...testDescriptor, title: 'Fleet usage, more of it' });
      const { market: reader } = current().members.GarageMSP.user;
      const { product } = market;
      const first = await reader.readProduct({ product, version: 1 });
      expect(first.descriptor).toEqual(testDescriptor);
      expect(first.digest).toBe(digestOfJson(testDescriptor as never));
      expect(await reader.readProduct({ product })).toMatchObject({
        version: 2,
        status: 'offered',
      });
      await expectRefused(
        operator.readProduct({ product: parse(productId, 'no-such') }),
        'PRODUCT_UNKNOWN',
      );
    });

    test(`${BUYERS} buyers open tabs at once, and one transaction settles them all`, async () => {
      const keys = await market.fundBuyers(BUYERS, EACH);
      const opened = await Promise.all(keys.map((key) => market.openTab(key, EACH)));
      expect(opened.map(({ attempts }) => attempts)).toEqual(keys.map(() => 1));
      const buyers = keys.map((key, at) => ({ key, tab: opened[at]?.answer as Buyer['tab'] }));
      const tabs = await Promise.all(
        buyers.map(async (buyer) => ({
          voucher: await market.voucher(buyer, 700n, 1),
          claimed: amountOf(600n),
        })),
      );
      const taken = 600n * BigInt(BUYERS);
      const more = await market.fundBuyers(3, EACH);
      const [settled, ...others] = await Promise.all([
        operator.settle({ ...market.id(), ...market.settlement(1, taken, 1_000, tabs) }),
        ...more.map((key) => market.openTab(key, EACH)),
      ]);
      expect(settled.answer).toEqual({ number: 1, taken: String(taken), tabs: BUYERS });
      expect([settled, ...others].map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1]);
      const [first] = buyers;
      if (first === undefined) throw new Error('there are buyers');
      const { buyer, tab } = first.tab;
      expect(await operator.readTab({ buyer, tab })).toMatchObject({
        settled: '600',
        escrow: '1000',
      });
    });

    test('what is not signed, foreign, replayed or too much is refused', async () => {
      const buyer = await buyerWith(EACH);
      const settle = async (claimed: bigint, promised = claimed, changes: object = {}) =>
        operator.settle({
          ...market.id(),
          ...market.settlement(2, claimed, 1, [
            {
              voucher: await market.voucher(buyer, promised, 1, changes),
              claimed: amountOf(claimed),
            },
          ]),
        });
      const foreign = `fabric:${'0'.repeat(32)}` as LedgerId;
      await expectRefused(settle(10n, 10n, { ledger: foreign }), 'VOUCHER_FOREIGN');
      await expectRefused(settle(10n, 10n, { channel: 'other' }), 'VOUCHER_FOREIGN');
      await expectRefused(settle(11n, 10n), 'VOUCHER_EXCEEDED');
      await expectRefused(settle(1_001n), 'ESCROW_EXCEEDED');
      const late = { expiresAt: new Date(Date.now() - 1_000) };
      await expectRefused(settle(10n, 10n, late), 'VOUCHER_EXPIRED');
      const thief = { ...buyer, key: await generateSigningKey() };
      const stolen = await market.voucher(thief, 10n, 1);
      await expectRefused(
        operator.settle({
          ...market.id(),
          ...market.settlement(2, 10n, 1, [{ voucher: stolen, claimed: amountOf(10n) }]),
        }),
        'TAB_UNKNOWN',
      );
      const request = {
        ...market.id(),
        ...market.settlement(2, 10n, 1, [
          { voucher: await market.voucher(buyer, 10n, 1), claimed: amountOf(10n) },
        ]),
      };
      await expectRefused(
        current().members.GarageMSP.user.market.settle({ ...request, ...market.id() }),
        'ROLE_MISSING',
      );
      const done = await operator.settle(request);
      expect((await operator.settle(request)).answer).toEqual(done.answer);
      await expectRefused(operator.settle({ ...request, ...market.id() }), 'SETTLEMENT_KNOWN');
      await expectRefused(settle(10n), 'SETTLEMENT_KNOWN');
    });

    test('what was settled is shared out to the last micro-PCC, and owners claim their part', async () => {
      const owner = await generateSigningKey();
      const taken = 600n * BigInt(BUYERS) + 10n;
      const ownersPart = taken / 2n;
      const shares = inLeafOrder([
        { holder: owner.keyId, amount: amountOf(4_000n), salt: digestOfJson('a') },
        {
          holder: 'waits-for-a-key',
          amount: amountOf(ownersPart - 4_000n),
          salt: digestOfJson('b'),
        },
      ]);
      const tree = ownersTree(shares);
      const distribution = {
        ...{ number: 1, through: 2, lane: 0, root: ownersRootOf(tree, shares.length) },
        sources: [{ mspId: market.operator, weight: amountOf(5n) }],
      };
      const wrong = { ...distribution.root, sum: amountOf(ownersPart + 1n) };
      await expectRefused(
        operator.distribute({ ...market.id(), ...distribution, root: wrong }),
        'OWNERS_SUM_WRONG',
      );
      const { answer } = await operator.distribute({ ...market.id(), ...distribution });
      const legs = answer.legs.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
      expect(legs + BigInt(answer.owners)).toBe(taken);
      const leaf = shares.findIndex(({ holder }) => holder === owner.keyId);
      const share = shares[leaf];
      if (share === undefined) throw new Error('the owner has a leaf');
      const claim = async () =>
        current().members.InsurerMSP.user.market.claim({
          ...{ ...market.id(), operator: market.operator, number: 1, lanes: [0] },
          claims: [
            {
              command: await market.sign(owner, 'claim', { operator: market.operator }),
              proof: ownerProofOf(tree, share, leaf),
            },
          ],
        });
      expect((await claim()).answer).toEqual({ claims: 1, paid: '4000' });
      expect(await market.total(owner.keyId)).toBe(4_000n);
      await expectRefused(claim(), 'SHARE_CLAIMED');
      expect(await operator.readOwnersPool({ operator: market.operator })).toMatchObject({
        distribution: 1,
        paidIn: String(ownersPart),
        lanes: [{ lane: 0, amount: String(ownersPart - 4_000n) }],
      });
    });

    test('a tab that its buyer closes waits for the operator, who may give the rest back', async () => {
      const { key, tab } = await buyerWith(EACH);
      const { market: relay } = current().members.InsurerMSP.user;
      const command = await market.sign(key, 'closeTab', { tab: tab.tab });
      const { answer } = await relay.closeTab({ ...market.id(), command });
      expect(answer).toMatchObject({ status: 'closing' });
      const named = { buyer: tab.buyer, tab: tab.tab };
      await expectRefused(relay.refundTab({ ...market.id(), ...named }), 'TAB_REFUSED');
      const { answer: closed } = await operator.refundTab({ ...market.id(), ...named });
      expect(closed).toMatchObject({ status: 'closed', refunded: String(EACH) });
      expect(await market.total(key.keyId)).toBe(EACH);
    });
  });
}
