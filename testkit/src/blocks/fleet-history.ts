import { createHash } from 'node:crypto';

import {
  type CommandId,
  dayOf,
  type Fields,
  instantOf,
  type LogBookEntry,
  parseEventId,
  parseSourceId,
  type Registration,
  sealClear,
  type SourceId,
  type Vid,
  vidOfBytes,
} from '@passport/model';

import { compositeKey, type FactoryTransaction } from './block-factory.ts';

/** How large a fleet's history is. */
export type FleetHistory = {
  readonly vehicles: number;
  /** Trips; each vehicle has as many, over days in a row. */
  readonly events: number;
  /** Events of one transaction, of one source. */
  readonly batchEvents: number;
  /** Trips of one vehicle in one transaction. */
  readonly tripsAtOnce: number;
};

const MODELS = 30;
const REGIONS = 10;
const SOURCES = 4;
const FIRST_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
/** Days that a round's trips are spread over. */
const ROUND_DAYS = 18;

const encode = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));

/** The pseudonym of a vehicle of the fleet. */
export function fleetVid(vehicle: number): Vid {
  return vidOfBytes(createHash('md5').update(`fleet ${vehicle}`).digest());
}

/**
 * The transactions of a fleet: its sources and vehicles, then their trips, day after day, each with an
 * odometer reading. A function of its arguments alone.
 */
export function* fleetTransactions(history: FleetHistory): Generator<FactoryTransaction> {
  yield { timeMs: FIRST_MS, writes: sourceWrites() };
  for (let start = 0; start < history.vehicles; start += 500) {
    const count = Math.min(500, history.vehicles - start);
    const writes = Array.from({ length: count }, (_, index) => registrationWrite(start + index));
    yield { timeMs: FIRST_MS, writes };
  }
  yield* tripTransactions(history);
}

function* tripTransactions(history: FleetHistory): Generator<FactoryTransaction> {
  const { vehicles, events, batchEvents, tripsAtOnce } = history;
  const atOnce = Math.max(1, Math.floor(batchEvents / tripsAtOnce));
  let written = 0;
  for (let round = 0; written < events; round += 1) {
    for (let start = 0; start < vehicles && written < events; start += atOnce) {
      const timeMs = FIRST_MS + (round + 1) * DAY_MS + start;
      const writes: { key: string; value: Uint8Array }[] = [];
      for (let vehicle = start; vehicle < Math.min(vehicles, start + atOnce); vehicle += 1) {
        const trips = Math.min(tripsAtOnce, events - written, batchEvents);
        if (trips <= 0) break;
        writes.push(tripWrite(vehicle, round, trips, timeMs));
        written += trips;
      }
      yield { timeMs, writes };
    }
  }
}

function sourceWrites() {
  return Array.from({ length: SOURCES }, (_, number) => {
    const value = { source: sourceOf(number), kind: 'telematics' };
    return { key: compositeKey('source', ['MakerMSP', `fleet-${number}`]), value: encode(value) };
  });
}

function sourceOf(vehicle: number): SourceId {
  return parseSourceId(`MakerMSP/fleet-${vehicle % SOURCES}`);
}

function registrationWrite(vehicle: number) {
  const vid = fleetVid(vehicle);
  const model = vehicle % MODELS;
  const papers: Fields = {
    'Vehicle.VehicleIdentification.Brand': `Brand ${model % 10}`,
    'Vehicle.VehicleIdentification.Model': `Model ${model}`,
    'Vehicle.Powertrain.FuelSystem.SupportedFuelTypes': model % 3 === 0 ? 'DIESEL' : 'GASOLINE',
    'Passport.Region': `R-${Math.floor(vehicle / MODELS) % REGIONS}`,
  };
  const registration: Omit<Registration, 'registeredBy'> & { readonly registeredBy: string } = {
    vid,
    day: dayOf(FIRST_MS),
    registeredBy: 'MakerMSP',
    registeredAt: instantOf(FIRST_MS),
    ticket: `ticket-${vehicle}` as CommandId,
    sealed: sealClear(papers),
    generated: true,
  };
  return { key: compositeKey('vehicle', [vid]), value: encode(registration) };
}

function tripWrite(vehicle: number, round: number, trips: number, timeMs: number) {
  const vid = fleetVid(vehicle);
  const source = sourceOf(vehicle);
  // A vehicle drives every other week or so; together the rounds come to a year.
  const at = dayOf(FIRST_MS + (round * ROUND_DAYS + ((vehicle * 7) % ROUND_DAYS)) * DAY_MS);
  const entry: LogBookEntry = {
    v: 1,
    vid,
    source,
    entry: round + 1,
    recordedAt: instantOf(timeMs),
    rules: 1,
    events: Array.from({ length: trips }, (_, index) => {
      // Some spread, the same whenever it is made.
      const spread = (vehicle * 31 + round * 17 + index * 7) % 97;
      const metres = 1_000 + spread * 211;
      return {
        id: parseEventId(`t.${vehicle}.${round}.${index}`),
        kind: 'trip',
        at,
        method: 'connected-car',
        odometerKm: 10_000 + round * 100 + index * 10,
        quality: { index: 800, source: 800, method: 900, plausibility: 1000, timeliness: 900 },
        flags: [],
        generated: true,
        sealed: sealClear({
          'Vehicle.TripMeterReading': metres,
          'Vehicle.TripDuration': 600_000 + spread * 9_000,
          'Vehicle.AverageSpeed': 8_000 + spread * 100,
          'Passport.Trip.HarshBrakes': spread % 3,
        }),
      };
    }),
  };
  const names = [vid, source, String(round + 1).padStart(8, '0')];
  return { key: compositeKey('log', names), value: encode(entry) };
}
