import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';

import {
  parseCommandId,
  parseEventId,
  parseSourceId,
  sealClear,
  vidOfBytes,
} from '@passport/model';

import type { Feed, FeedItem } from './feed.ts';
import { type Intake, randomIntake } from './intake.ts';
import type { LogBookWriter } from './log-book-writer.ts';
import { volatileMemory } from './memory/volatile-memory.ts';
import { RecordRefused } from './run/record-refused.ts';
import { runFeed, type RunOptions } from './run-feed.ts';
import type { Seal } from './seal.ts';
import { listFeed, trip } from './testing/list-feed.ts';
import { MemoryLedger } from './testing/memory-ledger.ts';

const source = parseSourceId('MakerMSP/fleet');

const run = (feed: Feed, writer: LogBookWriter, more: Partial<RunOptions> = {}) =>
  runFeed({
    feed,
    source,
    writer,
    memory: volatileMemory(),
    seal: sealClear,
    intake: randomIntake(randomBytes),
    ...more,
  });

const trips = (vehicle: string, count: number): FeedItem[] =>
  Array.from({ length: count }, (_, number) => trip(vehicle, number + 1));

test('a run says what it recorded, registered, voided, refused and had seen before', async () => {
  const items: FeedItem[] = [
    ...trips('a', 3),
    trip('a', 3),
    { type: 'refused', reason: 'speed-impossible', rows: 2 },
    trip('b', 1),
    trip('b', 2, 1),
    { type: 'refused', reason: 'speed-impossible', rows: 5 },
  ];
  expect(await run(listFeed(items), new MemoryLedger(source))).toEqual({
    feed: 'list',
    rowsRead: 8,
    eventsRecorded: 5,
    duplicates: 1,
    vehiclesRegistered: 2,
    eventsVoided: 1,
    refusedRows: { 'speed-impossible': 7 },
  });
});

test('an event that the ledger refuses stops the feed and is named; nothing is lost', async () => {
  const ledger = new MemoryLedger(source);
  const memory = volatileMemory();
  const feed = listFeed([...trips('a', 10), ...trips('b', 10)]);
  ledger.refuses = parseEventId('trip:a:4');
  const limits = { lanes: 1, batchEventsMax: 6 };
  const refused = await run(feed, ledger, { memory, limits }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RecordRefused);
  expect(refused).toMatchObject({
    code: 'RECORD_REFUSED',
    event: 'trip:a:4',
    refusal: { code: 'KIND_NOT_ALLOWED' },
  });
  expect(ledger.changes).toBe(1);
  expect(memory.underWay()).toEqual([]);
  ledger.refuses = undefined;
  expect(await run(feed, ledger, { memory, limits })).toMatchObject({ eventsRecorded: 20 });
});

test('after a batch that failed its lane records nothing more, however long the answer took', async () => {
  const ledger = new MemoryLedger(source);
  let calls = 0;
  const failing: LogBookWriter = {
    registerVehicles: (id, vehicles) => ledger.registerVehicles(id, vehicles),
    voidEvent: (id, request) => ledger.voidEvent(id, request),
    recordEvents: async () => {
      calls += 1;
      await new Promise((done) => setTimeout(done, 20));
      throw new Error('no answer');
    },
  };
  const memory = volatileMemory();
  const limits = { lanes: 1, batchEventsMax: 5 };
  const running = run(listFeed(trips('a', 50)), failing, { memory, limits });
  await expect(running).rejects.toThrow('no answer');
  expect(calls).toBe(1);
  expect(memory.underWay().map(({ type }) => type)).toEqual(['record']);
});

test('a correction that is refused has voided already, and does not void again', async () => {
  const ledger = new MemoryLedger(source);
  const memory = volatileMemory();
  const feed = listFeed([trip('a', 1), trip('a', 2, 1)]);
  ledger.refuses = parseEventId('trip:a:2');
  await expect(run(feed, ledger, { memory })).rejects.toThrow(RecordRefused);
  ledger.refuses = undefined;
  const rest = await run(feed, ledger, { memory });
  expect(rest).toMatchObject({ eventsRecorded: 1, eventsVoided: 0, duplicates: 1 });
  expect([...ledger.books.values()].flat().map(({ type }) => type)).toEqual([
    'event',
    'void',
    'event',
  ]);
});

test('no batch is larger than its limit, and no more are in flight than there are lanes', async () => {
  const ledger = new MemoryLedger(source);
  let inFlight = 0;
  let most = 0;
  const sizes: number[] = [];
  const slow: LogBookWriter = {
    registerVehicles: (id, vehicles) => ledger.registerVehicles(id, vehicles),
    voidEvent: (id, request) => ledger.voidEvent(id, request),
    recordEvents: async (id, events) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      sizes.push(events.length);
      await new Promise((done) => setTimeout(done, 2));
      inFlight -= 1;
      return ledger.recordEvents(id, events);
    },
  };
  const items = Array.from({ length: 30 }, (_, n) => trips(`v${n}`, 7)).flat();
  await run(listFeed(items), slow, { limits: { lanes: 3, batchEventsMax: 10 } });
  expect(most).toBe(3);
  expect(Math.max(...sizes)).toBe(10);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(210);
});

test('a reader waits for a ledger that is slow', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((done) => {
    release = done;
  });
  const ledger = new MemoryLedger(source);
  const holding: LogBookWriter = {
    registerVehicles: (id, vehicles) => held.then(() => ledger.registerVehicles(id, vehicles)),
    recordEvents: (id, events) => ledger.recordEvents(id, events),
    voidEvent: (id, request) => ledger.voidEvent(id, request),
  };
  const feed = listFeed(trips('a', 1000));
  const running = run(feed, holding, { limits: { lanes: 4, batchEventsMax: 10 } });
  await new Promise((done) => setTimeout(done, 30));
  // One batch in flight, one waiting, and the row that completes it.
  expect(feed.rowsRead()).toBeLessThanOrEqual(21);
  release();
  expect(await running).toMatchObject({ eventsRecorded: 1000 });
});

test('a feed that is stopped finishes what is in flight, and goes on later', async () => {
  const ledger = new MemoryLedger(source);
  const memory = volatileMemory();
  const stop = new AbortController();
  const stopping: Feed = {
    ...listFeed([]),
    async *read() {
      yield* trips('a', 5);
      stop.abort(new Error('stopped'));
      stop.signal.throwIfAborted();
    },
  };
  const limits = { lanes: 1, batchEventsMax: 2 };
  const stopped = run(stopping, ledger, { memory, limits, signal: stop.signal });
  await expect(stopped).rejects.toThrow('stopped');
  expect(memory.underWay()).toEqual([]);
  const rest = await run(listFeed(trips('a', 5)), ledger, { memory });
  expect(rest).toMatchObject({ eventsRecorded: 1, duplicates: 4 });
});

test('a batch that is sealed to closed keys is sealed anew, and recorded once', async () => {
  const ledger = new MemoryLedger(source);
  const { seal, epochs } = epochSeal();
  ledger.closed = JSON.stringify(await seal({}, { ...trip('a', 1), vid: anyVid }));
  const memory = volatileMemory();
  const done = await run(listFeed(trips('a', 3)), ledger, { memory, seal });
  expect(done).toMatchObject({ eventsRecorded: 3, vehiclesRegistered: 1 });
  expect(epochs()).toBe(2);
  expect(memory.underWay()).toEqual([]);
});

test('a batch that was under way when its keys were closed is said again by the feed', async () => {
  const ledger = new MemoryLedger(source);
  const memory = volatileMemory();
  const { seal } = epochSeal();
  const dying: LogBookWriter = {
    registerVehicles: (id, vehicles) => ledger.registerVehicles(id, vehicles),
    voidEvent: (id, request) => ledger.voidEvent(id, request),
    recordEvents: async () => {
      throw new Error('no answer');
    },
  };
  const feed = listFeed(trips('a', 3));
  await expect(run(feed, dying, { memory, seal })).rejects.toThrow('no answer');
  expect(memory.underWay()).toHaveLength(1);
  ledger.closed = JSON.stringify(await seal({}, { ...trip('a', 1), vid: anyVid }));
  expect(await run(feed, ledger, { memory, seal })).toMatchObject({ eventsRecorded: 3 });
});

test('keys that are closed again and again end the feed with the ledger’s word', async () => {
  const ledger = new MemoryLedger(source);
  ledger.closed = JSON.stringify(sealClear({ 'Vehicle.TripDuration': 1 }));
  const memory = volatileMemory();
  const seal = () => sealClear({ 'Vehicle.TripDuration': 1 });
  const running = run(listFeed(trips('a', 3)), ledger, { memory, seal });
  await expect(running).rejects.toMatchObject({ refusal: { code: 'EPOCH_CLOSED' } });
  expect(memory.underWay()).toEqual([]);
});

test('a vehicle that another source has registered is written about, and not registered', async () => {
  const ledger = new MemoryLedger(source);
  const names: string[][] = [];
  const intake: Intake = async (asked) => {
    names.push([...asked]);
    return asked.map((name) => ({ vid: anyVid, isRegistered: name === 'a' }));
  };
  await ledger.registerVehicles(parseCommandId('by-another'), [
    { vid: anyVid, day: trip('a', 1).at },
  ]);
  expect(await run(listFeed(trips('a', 3)), ledger, { intake })).toMatchObject({
    eventsRecorded: 3,
    vehiclesRegistered: 0,
  });
  expect(names).toEqual([['a']]);
});

const anyVid = vidOfBytes(new Uint8Array(16));

/** Says the epoch of its keys in a field; each renewal is the next one. */
function epochSeal(): { readonly seal: Seal; readonly epochs: () => number } {
  let epoch = 1;
  const seal = Object.assign(() => sealClear({ 'Vehicle.TripDuration': epoch }), {
    renew: () => {
      epoch += 1;
    },
  });
  return { seal, epochs: () => epoch };
}
