import { type Fields, type Method, signalValue } from '@passport/model';

import type { ReadLimits } from '../duckdb/read-columns.ts';
import type { Feed } from '../feed.ts';
import { cellField, isPlace } from '../geo/cell.ts';
import { TripEnds } from '../geo/trip-ends.ts';
import type { Drive } from './drive-summary.ts';
import { Mean } from './mean.ts';
import { type Extras, type Row, secondBySecond } from './second-by-second.ts';

/** A Parquet file of an electric vehicle's signals, one row a second, and how it is read. */
export type EvSignalsOptions = ReadLimits & {
  readonly path: string;
  /** The feed's name of the vehicle: such a recording has none. */
  readonly vehicle: string;
  /** Of the clock that wrote `ts_local`. */
  readonly zone?: string;
  readonly method?: Method;
};

/**
 * One event a trip out of `trip`, `ts_local` (wall clock, Africa/Casablanca unless said otherwise),
 * `speed` in km/h, `soc` in percent, `lat`, `lon`, `temperature` in degrees Celsius. States of charge
 * are those of the first and last row that has them, cells those of the first and last place that may be
 * told: see TripEnds. Harshness is left out: second by
 * second the speeds of the Twizy's recorder change faster than a Twizy can.
 */
export function evSignals(options: EvSignalsOptions): Feed {
  const recording = {
    name: 'ev-signals',
    path: options.path,
    vehicle: options.vehicle,
    method: options.method ?? 'dongle',
    zone: options.zone ?? 'Africa/Casablanca',
    speed: 'speed',
    columns: ['soc', 'lat', 'lon', 'temperature'],
    harshness: false,
    extras: () => new BatteryOfTrip(),
  };
  return secondBySecond(recording, options);
}

class BatteryOfTrip implements Extras {
  #firstCharge: number | undefined;
  #lastCharge: number | undefined;
  readonly #ends = new TripEnds();
  readonly #air = new Mean();

  add(
    [charge = null, lat = null, lon = null, air = null]: Row,
    timeMs: number,
    startMs: number,
  ): void {
    if (charge !== null && charge >= 0 && charge <= 100) {
      this.#firstCharge ??= charge;
      this.#lastCharge = charge;
    }
    if (lat !== null && lon !== null && isPlace(lat, lon)) {
      this.#ends.add(timeMs, { lat, lon }, startMs);
    }
    if (air !== null && Math.abs(air) <= 80) this.#air.add(air);
  }

  fields(_: Drive, endMs: number): Fields {
    const { start, end } = this.#ends.ends(endMs);
    return {
      ...percent('Passport.Trip.StartStateOfCharge', this.#firstCharge),
      ...percent('Passport.Trip.EndStateOfCharge', this.#lastCharge),
      ...cellField('Passport.Trip.StartCell', start),
      ...cellField('Passport.Trip.EndCell', end),
      ...air(this.#air.mean),
    };
  }
}

function percent(name: string, value: number | undefined): Fields {
  return value === undefined ? {} : { [name]: signalValue(name, value, 'percent') };
}

function air(celsius: number | undefined): Fields {
  const name = 'Vehicle.Exterior.AirTemperature';
  return celsius === undefined ? {} : { [name]: signalValue(name, celsius, 'celsius') };
}
