import { describe, expect, test } from 'vitest';

import { clockOf, readServerClock } from './server-clock.ts';

const TRUE_MS = Date.parse('2026-11-28T12:00:00.000Z');
const HOUR_MS = 3_600_000;

/** A device whose clock is off, and a server that takes its time to answer. */
function world(offMs: number, takesMs = 400, date?: (ms: number) => string | undefined) {
  let trueMs = TRUE_MS;
  const asked: RequestInit[] = [];
  return {
    asked,
    pass: (ms: number) => {
      trueMs += ms;
    },
    device: () => new Date(trueMs + offMs),
    offBy: (clock: () => Date) => Math.abs(clock().getTime() - trueMs),
    ask: (async (_, init) => {
      asked.push(init ?? {});
      trueMs += takesMs / 2;
      const said = date === undefined ? new Date(trueMs).toUTCString() : date(trueMs);
      trueMs += takesMs / 2;
      if (said === 'no answer') throw new TypeError('fetch failed');
      return new Response(null, said === undefined ? {} : { headers: { Date: said } });
    }) satisfies typeof fetch,
  };
}

describe('the clock by what a server says', () => {
  test.each([-24 * HOUR_MS, -HOUR_MS, -3_000, 0, 1_000, 3_000, HOUR_MS, 400 * 24 * HOUR_MS])(
    'is right on a device that is %d ms ahead, and stays so',
    async (offMs) => {
      const { device, ask, asked, offBy, pass } = world(offMs);
      const clock = await readServerClock('https://pages.example/', device, ask);
      expect(offBy(clock)).toBeLessThanOrEqual(1_500);
      pass(HOUR_MS);
      expect(offBy(clock)).toBeLessThanOrEqual(1_500);
      // What a cache has kept would have the time of then.
      expect(asked).toMatchObject([{ method: 'HEAD', cache: 'no-store' }]);
    },
  );

  test('is the device’s own where that is right, so that answers which take long put nothing off', async () => {
    const { device, ask } = world(0, 1_600);
    expect(await readServerClock('/', device, ask)).toBe(device);
  });

  test.each<[string, string | undefined]>([
    ['says no time', undefined],
    ['says something else', 'soon'],
    ['does not answer', 'no answer'],
  ])('is the device’s own where the server %s', async (_, said) => {
    const { device, ask } = world(HOUR_MS, 0, () => said);
    expect(await readServerClock('/', device, ask)).toBe(device);
  });

  test('goes on from what a server has said in words', () => {
    const { device, offBy, pass } = world(-HOUR_MS);
    const clock = clockOf(new Date(TRUE_MS), device);
    pass(5_000);
    expect(offBy(clock)).toBe(0);
  });
});
