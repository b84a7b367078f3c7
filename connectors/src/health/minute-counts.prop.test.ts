import fc from 'fast-check';
import { expect, test } from 'vitest';

import { MinuteCounts } from './minute-counts.ts';

const MINUTE_MS = 60_000;

const added = fc.array(
  fc.record({ count: fc.nat({ max: 500 }), afterMs: fc.nat({ max: 20 * MINUTE_MS }) }),
  { maxLength: 40 },
);

test('lastHour, whatever was counted when: what the last sixty minutes had, and nothing older', () => {
  fc.assert(
    fc.property(added, fc.nat({ max: 90 * MINUTE_MS }), (all, laterMs) => {
      const counts = new MinuteCounts();
      let atMs = Date.UTC(2026, 10, 28);
      const known = all.map(({ count, afterMs }) => {
        atMs += afterMs;
        counts.add(count, new Date(atMs));
        return { count, minute: Math.floor(atMs / MINUTE_MS) };
      });
      const now = atMs + laterMs;
      const since = Math.floor(now / MINUTE_MS) - 60;
      const expected = known.filter(({ minute }) => minute > since);
      expect(counts.lastHour(new Date(now))).toBe(
        expected.reduce((sum, { count }) => sum + count, 0),
      );
    }),
  );
});
