import { once } from 'node:events';
import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import { generateSigningKey } from '@passport/ledger-client';
import { Hono } from 'hono';
import { expect, test, vi } from 'vitest';

import { chargedOn, MarketWorld, paying, PRICE } from '../testing/market-world.ts';
import type { SoldAnswer } from './for-sale.ts';
import { payFor } from './pay-for.ts';
import { payingRequest } from './paying-request.ts';

test('who closes the connection before the answer is there is not charged', async () => {
  const world = await MarketWorld.start();
  const desk = await world.desk();
  const buyer = await generateSigningKey();
  const tab = world.openTab(buyer.keyId, 10n * PRICE);
  const sale = world.sale(desk);
  const answer = await sale.produce();
  let give: ((answer: SoldAnswer) => void) | undefined;
  let wasGone: boolean | undefined;
  const app = new Hono();
  app.get('/slow', async (context) => {
    const asking = payingRequest(context);
    const produce = () => new Promise<SoldAnswer>((done) => (give = done));
    try {
      return await payFor(desk, asking, { ...sale, produce });
    } finally {
      wasGone = asking.isGone();
    }
  });
  app.get('/fast', (context) => payFor(desk, payingRequest(context), sale));
  // The refusal of who has gone reaches nobody.
  app.onError((_, context) => context.text('refused', 500));
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const headers = await paying(buyer, tab, PRICE, 1);
    const client = request(`${url}/slow`, { headers });
    client.on('error', () => undefined);
    client.end();
    await vi.waitUntil(() => give !== undefined, { timeout: 10_000 });
    client.destroy();
    await vi.waitUntil(
      () => new Promise((done) => server.getConnections((_, count) => done(count === 0))),
      { timeout: 10_000 },
    );
    give?.(answer);
    await vi.waitUntil(() => wasGone !== undefined, { timeout: 10_000 });
    expect(wasGone).toBe(true);
    expect(chargedOn(desk, tab)).toBe(0n);
    expect(desk.journal.unsettled).toEqual([]);
    const again = await fetch(`${url}/fast`, { headers });
    expect([again.status, await again.text()]).toEqual([200, 'usage at 7']);
    expect(chargedOn(desk, tab)).toBe(PRICE);
  } finally {
    server.close();
  }
});
