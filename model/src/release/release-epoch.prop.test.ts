import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FactKeys } from './fact-keys.ts';
import { OwnersOfKeys } from './owners-of-keys.ts';
import { nodeFacts, type PendingNode } from './release-node.ts';
import { type Batch, releaseEpoch } from './release-epoch.ts';
import { nodeAt, patienceOf } from './release-order.ts';
import { crowdOf, type ReleaseRule } from './release-rule.ts';
import { isUncovered } from './testing/row-space.ts';
import {
  EPOCHS,
  type EpochEvent,
  factsOf,
  order,
  ownerOf,
  randomEvents,
  releaseAll,
  type Told,
} from './testing/random-epochs.ts';

/** As the real one, for fewer vehicles. */
const rule: ReleaseRule = { vehiclesMin: 3, ownersMin: 2, dominancePermilleMax: 500 };
const root = order.dropped.length;
const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 40) };

/** Events of a vehicle in some sums: those that come less those that are taken back. */
function vehiclesOf(sums: ReadonlyMap<string, number>, events: readonly EpochEvent[]) {
  const vehicles = new Map<string, number>();
  for (const [key, delta] of sums) {
    const vid = String(events[Number(key.slice('event'.length))]?.vehicle);
    vehicles.set(vid, (vehicles.get(vid) ?? 0) + delta);
  }
  return vehicles;
}

function total(parts: readonly { readonly sums: ReadonlyMap<string, number> }[]) {
  const sums = new Map<string, number>();
  for (const part of parts) {
    for (const [key, delta] of part.sums) sums.set(key, (sums.get(key) ?? 0) + delta);
  }
  return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0));
}

const batchesOf = (released: readonly Told[]): Batch[] =>
  released.flatMap(({ batches }) => batches);

describe('batches', () => {
  test('are crowds, each by itself, and say how many they are', () => {
    let seen = 0;
    fc.assert(
      fc.property(randomEvents, (events) => {
        for (const batch of batchesOf(releaseAll(events, rule))) {
          const vehicles = [...vehiclesOf(batch.sums, events)].filter(([, count]) => count > 0);
          const counts = vehicles.map(([, count]) => count);
          const sum = counts.reduce((all, count) => all + count, 0);
          const owners = new Set(vehicles.map(([vid]) => ownerOf(vid)));
          expect(vehicles.length).toBeGreaterThanOrEqual(rule.vehiclesMin);
          expect(owners.size).toBeGreaterThanOrEqual(rule.ownersMin);
          expect(Math.max(...counts)).toBeLessThanOrEqual(sum / 2);
          // Those that only move are not counted.
          expect(batch.vehicles).toBeGreaterThanOrEqual(rule.vehiclesMin);
          expect(batch.vehicles).toBeLessThanOrEqual(vehicles.length);
          expect(batch.owners).toBeLessThanOrEqual(owners.size);
          seen += 1;
        }
      }),
      runs,
    );
    expect(seen).toBeGreaterThan(runs.numRuns);
  });

  test('have each fact once, or it waits: nothing is made, nothing is lost', () => {
    fc.assert(
      fc.property(randomEvents, (events) => {
        const released = releaseAll(events, rule);
        for (const [epoch, { pending }] of released.entries()) {
          const upTo = Array.from({ length: epoch + 1 }, (_, each) => factsOf(events, each)).flat();
          const all = upTo.filter(({ key }) => key.startsWith('event'));
          const facts = all.map(({ key, delta }) => ({ sums: new Map([[key, delta]]) }));
          const parts = batchesOf(released.slice(0, epoch + 1));
          expect(total([...parts, ...pending.map((node) => node.facts)])).toEqual(total(facts));
          // An event is in one batch as it comes, and in one as it is taken back.
          const each = parts.flatMap(({ sums }) => [...sums].map(([key, sign]) => key + sign));
          expect(new Set(each).size).toBe(each.length);
        }
      }),
      runs,
    );
  });

  test('are the same in whatever order facts come, and whoever has them', () => {
    fc.assert(
      fc.property(
        randomEvents,
        fc.array(fc.nat(), { minLength: 97, maxLength: 97 }),
        (events, draws) => {
          const shuffled = releaseAll(events, rule, (facts) =>
            facts
              .map((fact, number) => ({ fact, place: draws[(number * 31) % 97] ?? 0 }))
              .sort((a, b) => a.place - b.place)
              .map(({ fact }) => fact),
          );
          expect(spelled(shuffled)).toEqual(spelled(releaseAll(events, rule)));
        },
      ),
      runs,
    );
  });

  test('do not wait for ever but at the root, and hold up nobody', () => {
    fc.assert(
      fc.property(randomEvents, (events) => {
        for (const [epoch, { pending }] of releaseAll(events, rule).entries()) {
          for (const { level, sinceEpoch, facts, dimensions } of pending) {
            const waited = epoch - sinceEpoch;
            if (level < root) expect(waited).toBeLessThan(order.patienceEpochs[level] ?? 0);
            if (level > root) expect(waited).toBeLessThan(patienceOf(order));
            if (level !== root) {
              for (const key of facts.sums.keys()) {
                const event = events[Number(key.slice('event'.length))];
                const age = epoch - Math.max(event?.epoch ?? 0, event?.takenBack ?? 0);
                if (level < root) expect(epoch - (event?.epoch ?? 0)).toBeLessThanOrEqual(EPOCHS);
                else expect(age).toBeLessThanOrEqual(patienceOf(order));
              }
            }
            expect(dimensions).toEqual(nodeAt(order, dimensions, Math.min(level, root)));
          }
        }
      }),
      runs,
    );
  });

  test('cannot be combined to tell of fewer vehicles', () => {
    fc.assert(
      fc.property(
        // Of a vehicle's events in one cell and epoch, some do not come while others go.
        randomEvents.map((events) => events.filter((event) => !isMixed(event, events))),
        (events) => {
          expect(uncoveredPairs(batchesOf(releaseAll(events, rule)), events)).toEqual([]);
        },
      ),
      runs,
    );
  });
});

test('nothing is taken back before it was released: the two batches would uncover the rest', () => {
  const dimensions = ['2026-01-01', 'A', 'm', 'e', 'r', 'k', 'd'];
  const event = (vehicle: number, epoch: number, takenBack?: number): EpochEvent => ({
    ...{ vehicle, dimensions, epoch, takenBack },
  });
  const late = [event(0, 0), event(3, 0, 1), event(4, 2)];
  const events = [...late, ...[6, 9, 1].map((vehicle) => event(vehicle, 1, 2))];
  expect(uncoveredPairs(batchesOf(releaseAll(events, rule)), events)).toEqual([]);
});

/** Pairs of vehicles that knowing all batches tells something of, and of them alone. */
function uncoveredPairs(batches: readonly Batch[], events: readonly EpochEvent[]): string[] {
  const rows = batches.map(({ sums }) => sums);
  const vehicles = [...new Set(events.map(({ vehicle }) => vehicle))];
  const pairs = vehicles.flatMap((one) => vehicles.map((other) => [one, other] as const));
  const uncovered = pairs.filter(
    ([one, other]) =>
      one < other &&
      isUncovered(rows, (column) => {
        const vehicle = events[Number(column.slice('event'.length))]?.vehicle;
        return vehicle === one || vehicle === other;
      }),
  );
  return uncovered.map((pair) => pair.join());
}

function isMixed(event: EpochEvent, events: readonly EpochEvent[]): boolean {
  return events.some(
    (other) =>
      other !== event &&
      other.vehicle === event.vehicle &&
      other.dimensions.join() === event.dimensions.join() &&
      (other.takenBack === event.epoch || other.epoch === event.takenBack),
  );
}

function spelled(released: readonly Told[]): unknown {
  return JSON.parse(
    JSON.stringify(released, (_, value: unknown) =>
      value instanceof Map ? Object.fromEntries(value as Map<string, number>) : value,
    ),
  );
}

describe('a crowd', () => {
  type Events = readonly (readonly [vid: string, events: number])[];
  const many = (counts: readonly number[]): Events =>
    counts.map((count, vid) => [String(vid * 3), count]);

  /** The crowd that vehicles are, with others that move. */
  function crowd(vehicles: Events, moving: Events = []) {
    const keys = new FactKeys();
    const facts = nodeFacts(
      [
        ...vehicles.map(([vid, events]) => [`vehicle@${vid}`, events] as const),
        ...moving.map(([vid, events]) => [`moving@${vid}`, events] as const),
      ],
      [],
      keys,
    );
    return crowdOf(facts, keys, new OwnersOfKeys(keys, ownerOf), rule);
  }

  test.each([
    ['enough', [1, 1, 1], true],
    ['too few', [1, 1], false],
    ['one with half of all', [2, 1, 1], true],
    ['one with more than half', [3, 1, 1], false],
    ['some of which are taken back', [1, 1, -1], false],
    ['some of which come and go', [1, 1, 1, 0, -5], true],
  ])('of %s: %j', (_, counts, isSafe) => {
    expect(crowd(many(counts)).isSafe).toBe(isSafe);
  });

  test('is not made by vehicles that move, and not with one of which more than half comes', () => {
    const vehicles = many([1, 1, 1]);
    const isSafeWith = (moving: Events): boolean => crowd(vehicles, moving).isSafe;
    expect(isSafeWith([['9', 3]])).toBe(true);
    expect(isSafeWith([['9', 4]])).toBe(false);
    expect(isSafeWith([['0', 2]])).toBe(false);
    const two = crowd(many([1, 1]), [['9', 1]]);
    expect(two).toMatchObject({ isSafe: false, vehicles: 2 });
  });

  test('of one owner is none', () => {
    const vehicles = ['0', '1', '2'].map((vid): [string, number] => [vid, 1]);
    expect(crowd(vehicles)).toEqual({
      isSafe: false,
      vehicles: 3,
      owners: 1,
    });
  });
});

test('what is taken back of nearly all vehicles of a batch does not uncover the others', () => {
  const cell = ['2026-01-01', 'A', 'm', 'e', 'r', 'k', 'd'];
  const keys = new FactKeys();
  const facts = (vehicles: readonly (readonly [number, number])[]) => ({
    dimensions: cell,
    facts: nodeFacts(
      vehicles.flatMap(([vid, delta]): [string, number][] => [
        [`vehicle@${vid}`, delta],
        [`distance${vid}`, delta],
      ]),
      [],
      keys,
    ),
  });
  const run = (pending: readonly PendingNode[], epoch: number, cells: ReturnType<typeof facts>[]) =>
    releaseEpoch({
      order,
      rule,
      epoch,
      pending,
      cells,
      keys,
      ownersOf: new OwnersOfKeys(keys, ownerOf),
    });
  const first = run([], 0, [facts([0, 3, 6, 9].map((vid) => [vid, 1]))]);
  expect(first.batches).toMatchObject([{ dimensions: cell, level: 0, vehicles: 4 }]);
  // Three of the four are taken back, and one comes: with the batch before, that would be two.
  const second = run(first.pending, 1, [
    facts([
      [0, -1],
      [3, -1],
      [6, -1],
      [1, 1],
    ]),
  ]);
  expect(second.batches).toEqual([]);
  let { pending } = second;
  for (let epoch = 2; epoch <= 1 + patienceOf(order); epoch += 1) {
    const next = run(pending, epoch, []);
    expect(next.batches).toEqual([]);
    ({ pending } = next);
  }
  expect(pending).toMatchObject([{ level: root, dimensions: nodeAt(order, cell, root) }]);
});
