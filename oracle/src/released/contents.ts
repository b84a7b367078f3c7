import type { Counted } from '../views/counted.ts';
import { largestAlike } from '../views/quantile.ts';

/** What an event counts for, as it comes (1) or is taken back (-1). */
export type Change = {
  readonly counted: Counted;
  readonly sign: 1 | -1;
  /** Whether it is of a vehicle that moves and comes: it is not among the numbers by vehicle. */
  readonly isOfMoving?: true;
};

/** Numbers by name; those that come to 0 are left out. */
export type Tally = ReadonlyMap<string, number>;

/** Events by vehicle: those that come less those that are taken back. */
export function byVehicle(changes: readonly Change[]): Tally {
  const numbered = changes.filter(({ isOfMoving }) => isOfMoving !== true);
  return tally(numbered.map(({ counted, sign }) => [counted.vid, sign]));
}

/** The same of vehicles that move and come, which are not in the numbers by vehicle. */
function byMoving(changes: readonly Change[]): Tally {
  const moving = changes.filter(({ isOfMoving }) => isOfMoving === true);
  return tally(moving.map(({ counted, sign }) => [counted.vid, sign]));
}

/** The same by source. */
export function bySource(changes: readonly Change[]): Tally {
  return tally(changes.map(({ counted, sign }) => [counted.source, sign]));
}

/** All sums of some changes. */
export function sumsOf(changes: readonly Change[], without: readonly string[]): Tally {
  return tally(
    changes.flatMap(({ counted, sign }) =>
      Object.entries(counted.sums)
        .filter(([name]) => !without.includes(name))
        .map(([name, value]): [string, number] => [name, sign * (value ?? 0)]),
    ),
  );
}

/** How often each value of one name is there; values are alike where quantiles do not tell them apart. */
export function valuesOf(changes: readonly Change[], name: string): ReadonlyMap<number, number> {
  const counts = tally(
    changes.flatMap(({ counted, sign }): [string, number][] => {
      const value = counted.values[name];
      return value === undefined ? [] : [[String(largestAlike(value)), sign]];
    }),
  );
  return new Map([...counts].map(([value, count]) => [Number(value), count]));
}

/** Whether nothing is left of some changes: no number is other than 0. */
export function isNothing(changes: readonly Change[], without: readonly string[]): boolean {
  const names = new Set(changes.flatMap(({ counted }) => Object.keys(counted.values)));
  return (
    byVehicle(changes).size === 0 &&
    byMoving(changes).size === 0 &&
    bySource(changes).size === 0 &&
    sumsOf(changes, without).size === 0 &&
    [...names].every((name) => valuesOf(changes, name).size === 0)
  );
}

/**
 * What has changed from one list to another: each that is only in the new one comes, each that is only in
 * the old one is taken back.
 */
export function changesBetween(before: readonly Counted[], after: readonly Counted[]): Change[] {
  const counts = new Map<string, { readonly counted: Counted; count: number }>();
  const count = (list: readonly Counted[], sign: number): void => {
    for (const counted of list) {
      const name = JSON.stringify(counted);
      const known = counts.get(name) ?? { counted, count: 0 };
      known.count += sign;
      counts.set(name, known);
    }
  };
  count(after, 1);
  count(before, -1);
  return [...counts.values()].flatMap(({ counted, count: times }) =>
    Array.from({ length: Math.abs(times) }, (): Change => ({ counted, sign: times > 0 ? 1 : -1 })),
  );
}

function tally(entries: readonly (readonly [name: string, value: number])[]): Tally {
  const sums = new Map<string, number>();
  for (const [name, value] of entries) sums.set(name, (sums.get(name) ?? 0) + value);
  return new Map([...sums].filter(([, sum]) => sum !== 0));
}
