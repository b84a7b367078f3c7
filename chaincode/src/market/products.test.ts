import { beforeEach, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { descriptor, digestOfDescriptor, TestMarket } from './testing/test-market.ts';

let market: TestMarket;
beforeEach(async () => {
  market = await TestMarket.foundBare();
});

const product = 'fleet-usage';
const read = (version?: number) =>
  market.read('readProduct', version === undefined ? { product } : { product, version });

describe('a product', () => {
  test('is published with its descriptor and the digest of that, and read back', async () => {
    const { answer } = await market.publish();
    const digest = digestOfDescriptor(descriptor);
    expect(answer).toEqual({
      product,
      operator: 'MarketMSP',
      version: 1,
      digest,
      status: 'offered',
    });
    expect(await read()).toEqual({
      ...{ product, version: 1, digest, descriptor, status: 'offered' },
      ...{ publishedBy: 'MarketMSP', publishedAt: market.treasury.time() },
    });
    expect(await market.read('readProducts', {})).toEqual([answer]);
  });

  test('has revisions, none of which is lost', async () => {
    await market.publish();
    await market.publish(2, { title: 'Fleet usage, with more' });
    expect(await read()).toMatchObject({
      version: 2,
      descriptor: { title: 'Fleet usage, with more' },
    });
    expect(await read(1)).toMatchObject({ version: 1, descriptor: { title: 'Fleet usage' } });
    await expectRefusal(market, 'PRODUCT_VERSION_WRONG', () => market.publish(2));
    await expectRefusal(market, 'PRODUCT_VERSION_WRONG', () => market.publish(4));
    await expectRefusal(market, 'PRODUCT_UNKNOWN', () => read(3));
  });

  test('revised twice at once has one of them, and the other one is refused when it comes again', async () => {
    await market.publish();
    const request = (title: string) => {
      const whole = { ...descriptor, title };
      return { product, version: 2, descriptor: whole, digest: digestOfDescriptor(whole) };
    };
    const one = await market.endorse('MarketMSP', 'publishProduct', request('One'));
    const other = await market.endorse('MarketMSP', 'publishProduct', request('Other'));
    expect([one.commit(), other.commit()]).toEqual([true, false]);
    await expectRefusal(market, 'PRODUCT_VERSION_WRONG', () =>
      market.submit('MarketMSP', 'publishProduct', request('Other')),
    );
    expect(await read()).toMatchObject({ descriptor: { title: 'One' } });
  });

  test('is withdrawn, keeps its versions, and comes back with the next one', async () => {
    await market.publish();
    const withdraw = () => market.submit('MarketMSP', 'withdrawProduct', { product });
    expect((await withdraw()).answer).toMatchObject({ status: 'withdrawn', version: 1 });
    await expectRefusal(market, 'PRODUCT_WITHDRAWN', withdraw);
    expect(await read(1)).toMatchObject({ status: 'withdrawn', descriptor });
    expect((await market.publish(2)).answer).toMatchObject({ status: 'offered' });
  });

  test('is its operator’s', async () => {
    await market.publish();
    await expectRefusal(market, 'PRODUCT_FOREIGN', () => market.publish(2, {}, 'RivalMSP'));
    await expectRefusal(market, 'PRODUCT_FOREIGN', () =>
      market.submit('RivalMSP', 'withdrawProduct', { product }),
    );
    await expectRefusal(market, 'ROLE_MISSING', () => market.publish(1, {}, 'MakerMSP', 'own'));
    await expectRefusal(market, 'PRODUCT_UNKNOWN', () =>
      market.submit('MarketMSP', 'withdrawProduct', { product: 'no-such' }),
    );
  });

  test('with another digest is refused, and the order of names makes no other one', async () => {
    const digest = digestOfDescriptor({ ...descriptor, title: 'Other' });
    const wrong = { product, version: 1, descriptor, digest };
    await expectRefusal(market, 'PRODUCT_DIGEST_WRONG', () =>
      market.submit('MarketMSP', 'publishProduct', wrong),
    );
    const turned = Object.fromEntries(Object.entries(descriptor).reverse());
    const right = { ...wrong, descriptor: turned, digest: digestOfDescriptor(descriptor) };
    await market.submit('MarketMSP', 'publishProduct', right);
  });

  test.each([
    ['no price', { price: undefined }],
    [
      'a signal that there is not',
      { fields: [{ ...descriptor.fields[0], signal: 'Vehicle.Soul' }] },
    ],
    ['a field twice', { fields: [descriptor.fields[0], descriptor.fields[0]] }],
    ['a purpose that there is not', { terms: { ...descriptor.terms, purposes: ['spying'] } }],
    ['something more', { more: 1 }],
    ['no answers', { answers: [] }],
    ['a view that there is not', { views: ['souls'] }],
  ])('with %s is refused', async (_, changes) => {
    await expectRefusal(market, 'PRODUCT_INVALID', () => market.publish(1, changes));
  });

  test('that is too long is refused', async () => {
    const field = (at: number) => ({
      ...descriptor.fields[0],
      name: `f${at}`,
      means: 'x'.repeat(300),
    });
    const fields = Array.from({ length: 120 }, (_, at) => field(at));
    await expectRefusal(market, 'PRODUCT_INVALID', () => market.publish(1, { fields }));
  });

  test('is not revised under a name that is none', async () => {
    for (const name of ['A', 'a', 'a b', 'a'.repeat(49), '../x']) {
      await expectRefusal(market, 'PRODUCT_ID_INVALID', () =>
        market.publish(1, {}, 'MarketMSP', name),
      );
    }
  });
});
