import { emptyArchive } from '@passport/batch-layer';
import { connectViews, SpeedReader } from '@passport/speed-layer';
import { vi } from 'vitest';

import { createApp } from '../http/app.ts';
import { LiveMirror } from '../mirror/live-mirror.ts';
import { ReleasedMirror } from '../released/released-mirror.ts';
import type { MirrorFixture, TestBlock, World } from './mirror-fixture.ts';
import { quiet } from './quiet-logger.ts';
import { unaskedMarket } from './unasked-market.ts';

/** How long a test waits for what has to come. */
export const WAIT = { timeout: 20_000, interval: 10 };

const blocks: TestBlock[] = Array.from({ length: 12 }, (_, number) => ({
  stepMs: 60_000,
  facts: [
    [
      {
        cell: ['usage', '2026-01-01', 'A', 'm', 'e', 'r', 'k', 'dt'].join('\u001f'),
        key: 'trips',
        delta: number,
      },
    ],
    [],
  ],
}));

/** The API of a test, and what is behind it. */
export type Api = {
  readonly world: World;
  readonly get: (path: string) => Promise<{ status: number; type: string; body: Body }>;
  readonly bugs: unknown[];
  readonly mirror: LiveMirror;
  readonly released: ReleasedMirror;
  readonly app: ReturnType<typeof createApp>;
};
type Body = Readonly<Record<string, unknown>> & {
  readonly code?: string;
  readonly detail?: string;
};

/** The API over a world that has blocks 0 to `last`. */
export async function testApi(fixture: MirrorFixture, last: number, isFree = true): Promise<Api> {
  const world = await fixture.world(blocks, 2);
  for (const partition of [0, 1]) if (last >= 0) await world.write(partition, last);
  await world.settle();
  const redis = connectViews(fixture.viewsUrl, 'fail');
  redis.on('error', () => undefined);
  fixture.onEnd(() => redis.disconnect());
  const speed = new SpeedReader(redis, world.name);
  const shared = { archive: emptyArchive, speed, partitions: 2 };
  const mirror = new LiveMirror({ ...shared, logger: quiet, pollMs: 5, retryMs: 20 });
  const released = new ReleasedMirror({ archive: emptyArchive, logger: quiet, pollMs: 5 });
  const over = new AbortController();
  const following = mirror.follow(over.signal);
  fixture.onEnd(() => {
    over.abort(new Error('the test is over'));
    return following;
  });
  if (last >= 0) await vi.waitUntil(() => mirror.block === last, WAIT);
  const bugs: unknown[] = [];
  const app = createApp({
    ...shared,
    mirror,
    released,
    market: await unaskedMarket(),
    isFree,
    onBug: (error) => void bugs.push(error),
  });
  return {
    ...{ world, bugs, mirror, released, app },
    get: async (path) => {
      const response = await app.request(`http://localhost${path}`);
      const type = response.headers.get('content-type') ?? '';
      return { status: response.status, type, body: (await response.json()) as Body };
    },
  };
}
