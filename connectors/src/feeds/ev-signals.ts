import { type Fields, type Method, signalValue } from '@passport/model';

import type { ReadLimits } from '../duckdb/read-columns.ts';
import type { Feed } from '../feed.ts';
import { cellOf, isPlace } from '../geo/cell.ts';
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
 * and cells are those of the first and last row that has them. Harshness is left out: second by
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

type Place = { readonly lat: number; readonly lon: number };

class BatteryOfTrip implements Extras {
  #firstCharge: number | undefined;
  #lastCharge: number | undefined;
  #firstPlace: Place | undefined;
  #lastPlace: Place | undefined;
  readonly #air = new Mean();

  add([charge = null, lat = null, lon = null, air = null]: Row): void {
    if (charge !== null && charge >= 0 && charge <= 100) {
      this.#firstCharge ??= charge;
      this.#lastCharge = charge;
    }
    if (lat !== null && lon !== null && isPlace(lat, lon)) {
      this.#firstPlace ??= { lat, lon };
      this.#lastPlace = { lat, lon };
    }
    if (air !== null && Math.abs(air) <= 80) this.#air.add(air);
  }

  fields(): Fields {
    return {
      ...percent('Passport.Trip.StartStateOfCharge', this.#firstCharge),
      ...percent('Passport.Trip.EndStateOfCharge', this.#lastCharge),
      ...cell('Passport.Trip.StartCell', this.#firstPlace),
      ...cell('Passport.Trip.EndCell', this.#lastPlace),
      ...air(this.#air.mean),
    };
  }
}

function percent(name: string, value: number | undefined): Fields {
  return value === undefined ? {} : { [name]: signalValue(name, value, 'percent') };
}

function cell(name: string, place: Place | undefined): Fields {
  return place === undefined ? {} : { [name]: cellOf(place.lat, place.lon) };
}

function air(celsius: number | undefined): Fields {
  const name = 'Vehicle.Exterior.AirTemperature';
  return celsius === undefined ? {} : { [name]: signalValue(name, celsius, 'celsius') };
}
