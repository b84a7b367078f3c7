import type { AnswerTable, Fields, KeyScope, SignalName } from '@passport/model';

import type { OpenedLine } from './market-keys.ts';

/** What is opened for it, and no more: how far, and how harshly; not when, not where. */
export const drivingScopes: readonly KeyScope[] = ['Vehicle.TripMeterReading', 'driving'];

/** A vehicle in a month. */
export type MonthOfDriving = {
  readonly vehicle: string;
  /** YYYY-MM, UTC. */
  readonly month: string;
  readonly trips: number;
  readonly distanceM: number;
  readonly harshBrakes: number;
  readonly harshAccelerations: number;
  /** Trips of which something could not be opened: it is missing in the other numbers. */
  readonly tripsClosed: number;
};

type Sum = 'distanceM' | 'harshBrakes' | 'harshAccelerations';

const sums: readonly (readonly [Sum, SignalName])[] = [
  ['distanceM', 'Vehicle.TripMeterReading'],
  ['harshBrakes', 'Passport.Trip.HarshBrakes'],
  ['harshAccelerations', 'Passport.Trip.HarshAccelerations'],
];

/** The driving of one vehicle by month, of trips that stand; months without any are left out. */
export function monthsOfDriving(
  vehicle: string,
  opened: readonly OpenedLine[],
  { from, to }: { readonly from: string; readonly to: string },
): MonthOfDriving[] {
  const months = new Map<string, MonthOfDriving>();
  for (const { line, fields, isClosed } of opened) {
    const month = line.at.slice(0, 7);
    if (line.kind !== 'trip' || line.voidedBy !== null || month < from || month > to) continue;
    const before = months.get(month) ?? { vehicle, month, ...none };
    const added = Object.fromEntries(
      sums.map(([sum, signal]) => [sum, before[sum] + countOf(fields, signal)]),
    ) as Record<Sum, number>;
    const tripsClosed = before.tripsClosed + Number(isClosed);
    months.set(month, { ...before, ...added, trips: before.trips + 1, tripsClosed });
  }
  return [...months.values()].sort((a, b) => (a.month < b.month ? -1 : 1));
}

const none = { trips: 0, distanceM: 0, harshBrakes: 0, harshAccelerations: 0, tripsClosed: 0 };

function countOf(fields: Fields, signal: SignalName): number {
  const value = fields[signal];
  return typeof value === 'number' ? value : 0;
}

/** As a table. */
export function tableOfDriving(months: readonly MonthOfDriving[]): AnswerTable {
  return {
    columns: [
      { name: 'vehicle', type: 'text', unit: null, means: "the vehicle's id for this buyer only" },
      { name: 'month', type: 'text', unit: null, means: 'month, YYYY-MM, UTC' },
      { name: 'trips', type: 'int64', unit: 'trips', means: 'trips' },
      { name: 'distanceM', type: 'int64', unit: 'm', means: 'distance driven' },
      { name: 'harshBrakes', type: 'int64', unit: 'count', means: 'harsh braking' },
      { name: 'harshAccelerations', type: 'int64', unit: 'count', means: 'harsh acceleration' },
      {
        ...{ name: 'tripsClosed', type: 'int64', unit: 'trips' },
        means: 'trips of which something could not be opened, and is missing',
      },
    ],
    rows: months.map((one) => [
      ...[one.vehicle, one.month, one.trips, one.distanceM, one.harshBrakes],
      ...[one.harshAccelerations, one.tripsClosed],
    ]),
  };
}
