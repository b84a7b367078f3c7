import fc from 'fast-check';
import { expect, test } from 'vitest';

import { BlockCutter, type PendingEnvelope } from './block-cutter.ts';

const size = { maxMessageCount: 5, preferredMaxBytes: 100, absoluteMaxBytes: 1_000 };
const envelopes = fc.array(
  fc
    .integer({ min: 1, max: 300 })
    .map((messageBytes): PendingEnvelope => ({ bytes: new Uint8Array(0), messageBytes })),
);

function cutAll(pending: readonly PendingEnvelope[]): PendingEnvelope[][] {
  const cutter = new BlockCutter<PendingEnvelope>(size);
  const batches = pending.flatMap((envelope) => cutter.add(envelope));
  const rest = cutter.cut();
  return rest.length > 0 ? [...batches, rest] : batches;
}

test('block cutter keeps every envelope once and in its order', () => {
  fc.assert(
    fc.property(envelopes, (pending) => {
      expect(cutAll(pending).flat()).toEqual(pending);
    }),
  );
});

test('block cutter closes a batch at the message count and before the preferred size', () => {
  fc.assert(
    fc.property(envelopes, (pending) => {
      for (const batch of cutAll(pending)) {
        const bytes = batch.reduce((sum, { messageBytes }) => sum + messageBytes, 0);
        expect(batch.length).toBeLessThanOrEqual(size.maxMessageCount);
        expect(batch.length).toBeGreaterThan(0);
        if (bytes > size.preferredMaxBytes) expect(batch).toHaveLength(1);
      }
    }),
  );
});

test('block cutter cuts no earlier than its rules ask', () => {
  fc.assert(
    fc.property(envelopes, (pending) => {
      const batches = cutAll(pending);
      batches.slice(0, -1).forEach((batch, index) => {
        const next = batches[index + 1]?.[0]?.messageBytes ?? 0;
        const bytes = batch.reduce((sum, { messageBytes }) => sum + messageBytes, 0);
        const full = batch.length === size.maxMessageCount;
        expect(full || bytes + next > size.preferredMaxBytes).toBe(true);
      });
    }),
  );
});
