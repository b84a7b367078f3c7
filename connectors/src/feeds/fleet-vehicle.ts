import { type Day, dayOf, instantOf, type Method, signalValue } from '@passport/model';

import type { FeedEvent } from '../feed.ts';
import { cellField } from '../geo/cell.ts';
import { eventIdOf } from './event-id-of.ts';
import type { FleetLimits } from './fleet-limits.ts';
import type { RefusalCounter } from './refusals.ts';
import { type Position, type PositionRefusal, type Trip, TripCutter } from './trip-cutter.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const METRES_PER_KM = 1000;

/** One service day of a vehicle, as far as its trips are over. */
type ServiceDay = {
  readonly day: number;
  readonly metres: number;
  readonly movingMs: number;
  readonly odometerKm: number;
};

/** One vehicle of a fleet: its positions in, its trips and the mileage of its days out. */
export class FleetVehicle {
  readonly #name: string;
  readonly #method: Method;
  readonly #cutter: TripCutter;
  #today: ServiceDay | undefined;

  constructor(
    name: string,
    method: Method,
    limits: FleetLimits,
    refusals: RefusalCounter<PositionRefusal>,
  ) {
    this.#name = name;
    this.#method = method;
    this.#cutter = new TripCutter(limits, refusals);
  }

  /** Takes the next position in time; gives the events that are complete with it. */
  take(position: Position): FeedEvent[] {
    const trip = this.#cutter.push(position);
    return trip === undefined ? [] : this.#ended(trip);
  }

  /** The events that are still open when there are no more positions. */
  finish(): FeedEvent[] {
    const trip = this.#cutter.finish();
    const events = trip === undefined ? [] : this.#ended(trip);
    return [...events, ...this.#closeDay()];
  }

  #ended(trip: Trip): FeedEvent[] {
    // A day that is labelled earlier than the one before it would bring events out of order.
    const day = Math.max(trip.start.serviceDay, this.#today?.day ?? 0);
    const closed = day === this.#today?.day ? [] : this.#closeDay();
    const odometerKm = Math.floor(trip.trackedMetres / METRES_PER_KM);
    this.#today = {
      day,
      metres: (this.#today?.metres ?? 0) + trip.metres,
      movingMs: (this.#today?.movingMs ?? 0) + trip.movingMs,
      odometerKm,
    };
    return [...closed, this.#tripEvent(trip, dayOf(day * DAY_MS), odometerKm)];
  }

  #closeDay(): FeedEvent[] {
    const today = this.#today;
    if (today === undefined) return [];
    this.#today = undefined;
    const at = dayOf(today.day * DAY_MS);
    return [
      {
        type: 'event',
        vehicle: this.#name,
        id: eventIdOf('mileage', this.#name, at),
        kind: 'mileage',
        at,
        method: this.#method,
        odometerKm: today.odometerKm,
        fields: {
          'Vehicle.TripMeterReading': Math.round(today.metres),
          'Passport.Trip.MovingDuration': today.movingMs,
        },
      },
    ];
  }

  #tripEvent(trip: Trip, at: Day, odometerKm: number): FeedEvent {
    const { start, end, metres, movingMs, maxSpeedMps, told } = trip;
    const durationMs = end.timeMs - start.timeMs;
    const speed = (name: string, metresPerSecond: number): number =>
      signalValue(name, metresPerSecond, 'm/s');
    return {
      type: 'event',
      vehicle: this.#name,
      id: eventIdOf('trip', this.#name, instantOf(start.timeMs)),
      kind: 'trip',
      at,
      method: this.#method,
      odometerKm,
      fields: {
        'Passport.Trip.Start': instantOf(start.timeMs),
        'Passport.Trip.End': instantOf(end.timeMs),
        'Vehicle.TripMeterReading': Math.round(metres),
        'Vehicle.TripDuration': durationMs,
        'Passport.Trip.MovingDuration': movingMs,
        'Vehicle.AverageSpeed': speed('Vehicle.AverageSpeed', (metres * 1000) / durationMs),
        'Passport.Trip.MaxSpeed': speed('Passport.Trip.MaxSpeed', maxSpeedMps),
        ...cellField('Passport.Trip.StartCell', told.start),
        ...cellField('Passport.Trip.EndCell', told.end),
      },
    };
  }
}
