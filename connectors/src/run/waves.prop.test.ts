import { type EventId, parseDay } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { FeedEvent } from '../feed.ts';
import { Waves } from './waves.ts';

const at = parseDay('2026-01-01');

const steps = fc.array(
  fc.record({ vehicle: fc.constantFrom('a', 'b', 'c'), corrects: fc.boolean() }),
  { maxLength: 60 },
);

/** Events; a correction is of the event that the vehicle had before it. */
function eventsOf(list: readonly { vehicle: string; corrects: boolean }[]): FeedEvent[] {
  const last = new Map<string, EventId>();
  return list.map(({ vehicle, corrects }, index) => {
    const id = `e${index}` as EventId;
    const before = last.get(vehicle);
    last.set(vehicle, id);
    const base = { type: 'event', vehicle, id, kind: 'incident', at, method: 'expert' } as const;
    return corrects && before !== undefined
      ? { ...base, fields: {}, corrects: { id: before, reason: 'corrected' } }
      : { ...base, fields: {} };
  });
}

test('every event comes out once, in the order of its vehicle, a correction in a later batch', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 7 }), (list, batchMax) => {
      const events = eventsOf(list);
      const waves = new Waves();
      const batches: FeedEvent[][] = [];
      for (const event of events) {
        waves.push(event);
        if (waves.size >= batchMax) batches.push(waves.take(batchMax));
      }
      while (waves.size > 0) batches.push(waves.take(batchMax));
      const out = batches.flat();
      expect(out).toHaveLength(events.length);
      for (const vehicle of ['a', 'b', 'c']) {
        const own = (all: readonly FeedEvent[]) => all.filter((event) => event.vehicle === vehicle);
        expect(own(out)).toEqual(own(events));
      }
      for (const batch of batches) {
        const ids = new Set(batch.map(({ id }) => id));
        const corrected = batch.map(({ corrects }) => corrects?.id);
        expect(corrected.filter((id) => id !== undefined && ids.has(id))).toEqual([]);
      }
    }),
  );
});
