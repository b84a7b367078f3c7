import { type Fields, type Method, signalValue } from '@passport/model';

import type { ReadLimits } from '../duckdb/read-columns.ts';
import type { Feed } from '../feed.ts';
import { type Engine, fuelOfAir } from './fuel.ts';
import { Mean } from './mean.ts';
import { type Extras, type Row, secondBySecond } from './second-by-second.ts';

/** A Parquet file of OBD-II signals, one row a second, and how it is read. */
export type ObdSignalsOptions = ReadLimits & {
  readonly path: string;
  /** The feed's name of the vehicle: such a recording has none. */
  readonly vehicle: string;
  /** What the engine burns; fuel is worked out for petrol only. */
  readonly engine: Engine;
  /** Of the clock that wrote `ts_local`. */
  readonly zone?: string;
  readonly method?: Method;
};

/** Coolant and air cannot be outside of this; adapters answer -40 for a sensor that is not there. */
const CELSIUS_MIN = -39;
const CELSIUS_MAX = 200;

/** More than any car engine turns. */
const RPM_MAX = 12_000;

/**
 * One event a trip out of `trip`, `ts_local` (wall clock, Europe/Berlin unless said otherwise),
 * `speed_kmh`, `rpm`, `maf_gs`, `coolant_c`, `ambient_c`. Engine speed is the mean while it runs; air
 * temperature the mean of the trip; coolant the highest.
 */
export function obdSignals(options: ObdSignalsOptions): Feed {
  const recording = {
    name: 'obd-signals',
    path: options.path,
    vehicle: options.vehicle,
    method: options.method ?? 'dongle',
    zone: options.zone ?? 'Europe/Berlin',
    speed: 'speed_kmh',
    columns: ['rpm', 'maf_gs', 'coolant_c', 'ambient_c'],
    harshness: true,
    extras: () => new EngineOfTrip(options.engine),
  };
  return secondBySecond(recording, options);
}

class EngineOfTrip implements Extras {
  readonly #engine: Engine;
  readonly #rpm = new Mean();
  readonly #airGrams = new Mean();
  readonly #coolant = new Mean();
  readonly #ambient = new Mean();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  add([rpm = null, airGramsPerSecond = null, coolant = null, ambient = null]: Row): void {
    if (rpm !== null && rpm > 0 && rpm <= RPM_MAX) this.#rpm.add(rpm);
    if (airGramsPerSecond !== null && airGramsPerSecond >= 0) this.#airGrams.add(airGramsPerSecond);
    if (isTemperature(coolant)) this.#coolant.add(coolant);
    if (isTemperature(ambient)) this.#ambient.add(ambient);
  }

  fields(): Fields {
    return {
      ...measured('Vehicle.Powertrain.CombustionEngine.Speed', this.#rpm.mean, 'rpm'),
      ...measured('Passport.Trip.MaxEngineSpeed', this.#rpm.max, 'rpm'),
      ...measured('Vehicle.Powertrain.CombustionEngine.ECT', this.#coolant.max, 'celsius'),
      ...measured('Vehicle.Exterior.AirTemperature', this.#ambient.mean, 'celsius'),
      ...measured('Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart', this.#fuel(), 'ml'),
    };
  }

  #fuel(): number | undefined {
    const air = this.#airGrams;
    return air.mean === undefined ? undefined : fuelOfAir(air.sum, this.#engine);
  }
}

function isTemperature(celsius: number | null): celsius is number {
  return celsius !== null && celsius >= CELSIUS_MIN && celsius <= CELSIUS_MAX;
}

function measured(name: string, value: number | undefined, unit: string): Fields {
  return value === undefined ? {} : { [name]: signalValue(name, value, unit) };
}
