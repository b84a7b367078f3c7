import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';

import { parseSourceId, sealClear } from '@passport/model';

import { randomIntake } from './intake.ts';
import type { FeedEvent, FeedItem } from './feed.ts';
import type { ConnectorMemory } from './memory/connector-memory.ts';
import { volatileMemory } from './memory/volatile-memory.ts';
import type { FeedProgress } from './run/feed-tally.ts';
import { runFeed } from './run-feed.ts';
import { listFeed, trip } from './testing/list-feed.ts';
import { type Line, MemoryLedger } from './testing/memory-ledger.ts';
import { Killed, Mortal } from './testing/mortal.ts';

const source = parseSourceId('MakerMSP/fleet');

/** Feeds of a few vehicles whose events are mixed; some come twice, some correct the one before. */
const feeds = fc
  .array(
    fc.record({
      vehicle: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      as: fc.constantFrom('new', 'new', 'new', 'again', 'correction'),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    const last = new Map<string, number>();
    return steps.map(({ vehicle, as }): FeedEvent => {
      const former = last.get(vehicle);
      if (as === 'again' && former !== undefined) return trip(vehicle, former);
      last.set(vehicle, (former ?? 0) + 1);
      return trip(vehicle, (former ?? 0) + 1, as === 'correction' ? former : undefined);
    });
  });

/** What a vehicle's log book has to be in the end, line by line. */
function expectedBook(items: readonly FeedItem[], vehicle: string): string[] {
  const lines: string[] = [];
  for (const item of items) {
    if (item.type !== 'event' || item.vehicle !== vehicle || lines.includes(item.id)) continue;
    if (item.corrects !== undefined) lines.push(`${item.corrects.id}:void`);
    lines.push(item.id);
  }
  return lines;
}

/** Runs a feed in processes that are killed after so many steps, then in one that lives: its end. */
async function runKilled(
  items: readonly FeedItem[],
  deaths: readonly number[],
  ledger: MemoryLedger,
  memory: ConnectorMemory,
): Promise<FeedProgress | undefined> {
  let seed = 0;
  const randomBytes = (length: number): Uint8Array => {
    seed += 1;
    return createHash('sha256').update(String(seed)).digest().subarray(0, length);
  };
  // No seal makes the same twice: what is sent again must be what was sent.
  const seal = (fields: FeedEvent['fields']) => {
    seed += 1;
    return sealClear({ ...fields, 'Vehicle.TripDuration': seed });
  };
  let end: FeedProgress | undefined;
  for (const steps of [...deaths, Number.POSITIVE_INFINITY]) {
    const mortal = new Mortal(steps);
    try {
      end = await runFeed({
        feed: listFeed(items),
        source,
        writer: mortal.writer(ledger),
        memory: mortal.memory(memory),
        seal,
        intake: randomIntake(randomBytes),
        limits: { lanes: 2, batchEventsMax: 3 },
      });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
  return end;
}

const idsOf = (book: readonly Line[] | undefined): string[] => (book ?? []).map(({ id }) => id);

test('a feed whose process is killed anywhere, again and again, is recorded once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(feeds, fc.array(fc.nat(40), { maxLength: 8 }), async (items, deaths) => {
      const ledger = new MemoryLedger(source);
      const memory = volatileMemory();
      const end = await runKilled(items, deaths, ledger, memory);
      // Each item is in one number only.
      expect((end?.eventsRecorded ?? 0) + (end?.duplicates ?? 0)).toBe(items.length);
      for (const vehicle of new Set(items.map((item) => item.vehicle))) {
        const vid = memory.vehicle(vehicle)?.vid;
        const book = vid === undefined ? undefined : ledger.books.get(vid);
        expect(idsOf(book)).toEqual(expectedBook(items, vehicle));
      }
      expect(memory.underWay()).toEqual([]);
    }),
  );
});

test('each event is where the memory says, and each void is of the event that was corrected', async () => {
  await fc.assert(
    fc.asyncProperty(feeds, fc.array(fc.nat(40), { maxLength: 3 }), async (items, deaths) => {
      const ledger = new MemoryLedger(source);
      const memory = volatileMemory();
      await runKilled(items, deaths, ledger, memory);
      for (const { id } of items) {
        const recording = memory.recording(id);
        expect(recording && ledger.eventAt(recording.vid, recording.place)).toBe(id);
      }
      for (const line of [...ledger.books.values()].flat()) {
        if (line.type === 'void') expect(line.id).toBe(`${line.of}:void`);
      }
    }),
  );
});

test('a feed that is run again changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(feeds, async (items) => {
      const ledger = new MemoryLedger(source);
      const memory = volatileMemory();
      await runKilled(items, [], ledger, memory);
      const { changes } = ledger;
      await runKilled(items, [], ledger, memory);
      expect(ledger.changes).toBe(changes);
    }),
  );
});
