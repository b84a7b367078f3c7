import { generateSigningKey } from '@passport/ledger-client';
import { type LocalRedis, startRedis } from '@passport/local-servers';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { MemoryFiles } from '../testing/mortal-disk.ts';
import { chargedOn, MarketWorld, paying, PRICE } from '../testing/market-world.ts';
import { journalName } from './journal-name.ts';
import { RedisTabLeases } from './tab-leases.ts';

let folder: TemporaryFolder;
let server: LocalRedis;
let redis: Redis;
beforeAll(async () => {
  folder = await temporaryFolder('leases');
  server = await startRedis({ directory: folder.path, role: 'durable' });
  redis = new Redis(server.url);
}, 120_000);
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
  await folder?.remove();
});

/** A server with its own journal. */
async function serverOf(world: MarketWorld, files: MemoryFiles) {
  const leases = new RedisTabLeases(redis, 'test', await journalName(files.disk()));
  return { desk: await world.desk(files.disk(), leases), leases };
}

test('of two servers that race for a tab one sells on it, also after a restart', async () => {
  const world = await MarketWorld.start();
  const buyer = await generateSigningKey();
  for (let round = 0; round < 5; round += 1) {
    const files = [new MemoryFiles(), new MemoryFiles()] as const;
    const servers = [await serverOf(world, files[0]), await serverOf(world, files[1])] as const;
    const tab = world.openTab(buyer.keyId, 10n * PRICE);
    const headers = await paying(buyer, tab, PRICE, 1);
    const replies = await Promise.all(servers.map(({ desk }) => world.send(desk, headers)));
    const codes = replies.map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set([null, 'TAB_ELSEWHERE']));
    const holder = codes.indexOf(null) === 0 ? 0 : 1;
    // The next process of the journal still has it; the other one only once it was given up.
    const [again, other] = [files[holder], files[1 - holder]];
    if (again === undefined || other === undefined) throw new Error('there are two servers');
    const next = await serverOf(world, again);
    const more = await paying(buyer, tab, 2n * PRICE, 2);
    expect((await world.send(next.desk, more)).status).toBe(200);
    expect(chargedOn(next.desk, tab)).toBe(2n * PRICE);
    await next.leases.release(tab);
    const stranger = await serverOf(world, other);
    expect(await stranger.leases.take(tab)).toBeGreaterThan(round);
  }
});

test('nothing is sold while nobody knows whose a tab is', async () => {
  const world = await MarketWorld.start();
  const buyer = await generateSigningKey();
  const away = new Redis(server.url, { enableOfflineQueue: false, lazyConnect: true });
  const desk = await world.desk(undefined, new RedisTabLeases(away, 'test', 'journal'));
  const tab = world.openTab(buyer.keyId, 10n * PRICE);
  const refused = await world.send(desk, await paying(buyer, tab, PRICE, 1));
  expect(refused).toMatchObject({ code: 'NOT_READY', receipt: null });
  away.disconnect();
});
