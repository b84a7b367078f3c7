import { generateSigningKey, type SigningKey } from '@passport/ledger-client';
import { type PaymentRequired, type Tab, x402Headers } from '@passport/model';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { tableFormats } from '../formats/formats.ts';
import type { MarketDesk } from '../market/market-desk.ts';
import { ReleasedMirror } from '../released/released-mirror.ts';
import { BatchArchive, someBatches } from '../sql/testing/some-batches.ts';
import { MarketWorld, paying, PRICE } from '../testing/market-world.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { answerReleased } from './released-route.ts';

const PATH = '/v1/released/usage?metrics=trips&by=brand';
/** With what their trips tell: all of it that a mirror takes. */
const batches = someBatches
  .filter(({ view }) => view === 'usage')
  .map((batch) => ({ ...batch, dimensions: [...batch.dimensions, 'dt'] }));
const mediaTypes = tableFormats.map(({ mediaType }) => mediaType);

let buyer: SigningKey;
let released: ReleasedMirror;
let desk: MarketDesk;
let tab: Tab;
beforeAll(async () => {
  buyer = await generateSigningKey();
  released = new ReleasedMirror({
    archive: new BatchArchive(batches, 7),
    ...{ logger: quiet, pollMs: 10 },
  });
  await released.advance();
});
beforeEach(async () => {
  const world = await MarketWorld.start();
  desk = await world.desk();
  tab = world.openTab(buyer.keyId, 100n * PRICE);
});

type Asking = {
  readonly isFree?: boolean;
  readonly isOpen?: boolean;
  readonly path?: string;
  readonly released?: ReleasedMirror;
};

async function ask(
  headers: Readonly<Record<string, string>>,
  { isFree = false, isOpen = true, path = PATH, released: mirror = released }: Asking = {},
): Promise<Response> {
  const sales = isOpen ? { desk } : undefined;
  const url = `http://localhost${path}`;
  const request = { url, headers: new Headers(headers), isGone: () => false };
  return answerReleased({ released: mirror, isFree, sales }, 'usage', request);
}

/** A payment that covers nothing. */
const bad = () => paying(buyer, tab, 1n, 9);

const buy = async (accept: string, seq: number, more: Readonly<Record<string, string>> = {}) =>
  ask({ ...(await paying(buyer, tab, BigInt(seq) * 2n * PRICE, seq)), Accept: accept, ...more });

const bytesOf = async (response: Response): Promise<Buffer> =>
  Buffer.from(await response.arrayBuffer());

describe('an answer about released batches that is sold', () => {
  test.each(mediaTypes)(
    'is in %s what it is for nothing, the same bytes each time',
    async (type) => {
      const free = await ask({ Accept: type }, { isFree: true, isOpen: false });
      const bytes = await bytesOf(free);
      for (const seq of [1, 2]) {
        const sold = await buy(type, seq);
        expect(sold.status).toBe(200);
        expect((await bytesOf(sold)).equals(bytes)).toBe(true);
        for (const name of ['content-type', 'vary', 'passport-block', 'passport-ledger']) {
          expect(sold.headers.get(name)).toBe(free.headers.get(name));
        }
        expect(sold.headers.get('cache-control')).toBe('no-store');
      }
    },
  );

  test('costs the same in every format, and the quote says which', async () => {
    const asked = await Promise.all(mediaTypes.map((type) => ask({ Accept: type })));
    const required = asked.map(
      ({ headers }) =>
        JSON.parse(
          Buffer.from(headers.get(x402Headers.required) ?? '', 'base64').toString('utf8'),
        ) as PaymentRequired,
    );
    expect(asked.map(({ status }) => status)).toEqual(mediaTypes.map(() => 402));
    expect(required.map(({ resource }) => resource.mimeType)).toEqual(mediaTypes);
    expect(new Set(required.map(({ accepts }) => accepts[0]?.amount)).size).toBe(1);
  });

  test('is another purchase in another format: the key of one does not give the other', async () => {
    const key = { 'Idempotency-Key': 'purchase-0000001' };
    const csv = await bytesOf(await buy('text/csv', 1, key));
    const same = await buy('text/csv, application/json;q=0.1', 1, key);
    expect((await bytesOf(same)).equals(csv)).toBe(true);
    await expect(buy('application/json', 1, key)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(desk.journal.unsettled).toHaveLength(1);
  });

  test('is given where it rests on no batch, whoever asks, and sold once there is one', async () => {
    const key = { 'Idempotency-Key': 'purchase-0000001' };
    const nothing = new ReleasedMirror({
      archive: new BatchArchive([], 7),
      ...{ logger: quiet, pollMs: 10 },
    });
    await nothing.advance();
    const asked = { released: nothing };
    for (const paid of [
      {},
      { ...(await paying(buyer, tab, 2n * PRICE, 1)), ...key },
      await bad(),
    ]) {
      const given = await ask({ Accept: 'text/csv', ...paid }, asked);
      expect([given.status, await given.text()]).toEqual([200, 'brand,trips\r\n']);
      expect(given.headers.get(x402Headers.response)).toBeNull();
      expect(given.headers.get('cache-control')).toBe('no-store');
    }
    expect(desk.journal.kept).toEqual([]);
    const sold = await ask({ ...(await paying(buyer, tab, 2n * PRICE, 2)), ...key });
    expect(sold.headers.get(x402Headers.response)).not.toBeNull();
    expect(desk.journal.kept).toHaveLength(1);
  });

  test('is sold where it tells of batches that it leaves out', async () => {
    const path = '/v1/released/usage?metrics=trips&by=brand&brand=none';
    const answer = await ask({}, { path, isFree: true, isOpen: false });
    expect(await answer.json()).toMatchObject({ batches: 0, coarser: { batches: 2 }, rows: [] });
    expect((await ask({}, { path })).status).toBe(402);
  });

  test('is in no format that there is not, and costs 402 where nothing is sold', async () => {
    await expect(buy('text/html', 1)).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' });
    await expect(ask({}, { isOpen: false })).rejects.toMatchObject({ code: 'PAYMENT_REQUIRED' });
    expect(desk.journal.unsettled).toHaveLength(0);
  });
});
