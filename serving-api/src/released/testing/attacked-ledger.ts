import type { ReleasedBatch } from '@passport/batch-layer';
import {
  FactKeys,
  type PendingNode,
  nodeFacts,
  OwnersOfKeys,
  readReleasedQuery,
  releaseEpoch,
  releaseOrders,
  type ReleaseRule,
} from '@passport/model';
import fc from 'fast-check';

import { ReleasedCubes } from '../released-cubes.ts';

export const EPOCHS = 6;
const EVENTS = 231;
const VEHICLES = 32;
export const days = ['2026-01-01', '2026-01-02', '2026-01-03'] as const;
export const brands = ['A', 'B'] as const;
const models = ['m', 'n'] as const;

/** Sums that answers have, whose digits say which events they are made of. */
const measures = [
  ...['distanceM', 'durationMs', 'movingMs', 'harshBrakes', 'harshAccelerations'],
  ...['fuelMl', 'energyWh'],
] as const;

type AttackedEvent = {
  readonly vehicle: number;
  readonly dimensions: readonly string[];
  readonly epoch: number;
  readonly takenBack: number;
};

/** What an answer is made of: events, each once or more, or taken away. */
export type Contents = ReadonlyMap<string, number>;

/**
 * A ledger under attack. Event n adds a power of 3 to one sum: whoever reads a sum in balanced ternary
 * knows exactly which events it is made of, and which it takes back.
 */
export class AttackedLedger {
  readonly events: readonly AttackedEvent[];
  readonly #cubes = new ReleasedCubes();

  constructor(seed: number, rule: ReleaseRule) {
    const [events = []] = fc.sample(someEvents, { seed, numRuns: 1 });
    this.events = events;
    const keys = new FactKeys();
    let pending: readonly PendingNode[] = [];
    for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
      const released = releaseEpoch({
        ...{
          order: releaseOrders.usage,
          rule,
          epoch,
          pending,
          cells: cellsOf(events, epoch, keys),
          keys,
        },
        ownersOf: new OwnersOfKeys(keys, (vid) => `owner-${Number(vid) % 11}`),
      });
      ({ pending } = released);
      this.#cubes.add(
        released.batches.map(({ dimensions, sums, vehicles }): ReleasedBatch => ({
          ...{ view: 'usage', dimensions, block: epoch },
          sums: [...sums, ['batches', 1], ['vehicles', vehicles]],
        })),
      );
    }
  }

  /** What each row of an answer is made of, by the values that it is broken down by. */
  ask(question: string, epoch: number): Map<string, Contents> {
    const parameters = new URLSearchParams(question);
    parameters.set('metrics', measures.join());
    const query = readReleasedQuery('usage', parameters);
    const { rows, by } = this.#cubes.answer(query, epoch);
    return new Map(
      rows.map((row) => [
        row.slice(0, by.length).join(),
        contentsOf(row.slice(by.length).map(Number)),
      ]),
    );
  }

  /** Vehicles that something is made of. */
  vehiclesOf(contents: Contents): Set<number> {
    return new Set([...contents.keys()].map((event) => this.vehicleOf(event)));
  }

  vehicleOf(event: string): number {
    return this.events[Number(event)]?.vehicle ?? -1;
  }
}

const someEvents: fc.Arbitrary<readonly AttackedEvent[]> = fc.array(
  fc
    .record({
      vehicle: fc.nat(VEHICLES - 1),
      day: fc.constantFrom(...days),
      brand: fc.constantFrom(...brands),
      model: fc.constantFrom(...models),
      epoch: fc.nat(EPOCHS - 1),
      after: fc.option(fc.nat(3), { freq: 4, nil: undefined }),
    })
    .map(({ vehicle, day, brand, model, epoch, after }) => ({
      ...{ vehicle, epoch, dimensions: [day, brand, model, 'e', 'r', 'k', 'd'] },
      takenBack: after === undefined ? Number.POSITIVE_INFINITY : epoch + after,
    })),
  { minLength: EVENTS, maxLength: EVENTS },
);

function cellsOf(events: readonly AttackedEvent[], epoch: number, of: FactKeys) {
  const cells = new Map<string, { dimensions: readonly string[]; keys: Map<string, number> }>();
  for (const [number, { vehicle, dimensions, epoch: comes, takenBack }] of events.entries()) {
    const sign = Number(comes === epoch) - Number(takenBack === epoch);
    if (sign === 0) continue;
    const name = dimensions.join();
    const cell = cells.get(name) ?? { dimensions, keys: new Map<string, number>() };
    const measure = measures[number % measures.length] ?? '';
    const value = 3 ** Math.floor(number / measures.length);
    for (const [key, delta] of [
      [measure, sign * value],
      [`vehicle@${vehicle}`, sign],
    ] as const) {
      cell.keys.set(key, (cell.keys.get(key) ?? 0) + delta);
    }
    cells.set(name, cell);
  }
  return [...cells.values()].map(({ dimensions, keys }) => ({
    dimensions,
    facts: nodeFacts(keys, [], of),
  }));
}

function contentsOf(sums: readonly number[]): Contents {
  const contents = new Map<string, number>();
  for (const [measure, sum] of sums.entries()) {
    let left = BigInt(sum);
    for (let digit = 0; left !== 0n; digit += 1) {
      const rest = Number(((left % 3n) + 3n) % 3n);
      const value = rest === 2 ? -1 : rest;
      if (value !== 0) contents.set(String(digit * measures.length + measure), value);
      left = (left - BigInt(value)) / 3n;
    }
  }
  return contents;
}

/** One answer less another. */
export function difference(a: Contents, b: Contents): Contents {
  const left = new Map(a);
  for (const [event, count] of b) {
    const rest = (left.get(event) ?? 0) - count;
    if (rest === 0) left.delete(event);
    else left.set(event, rest);
  }
  return left;
}
