import type { FieldClass } from '../events/field-classes.ts';
import { PassportError } from '../errors/passport-error.ts';
import { type KeptUnit, toKeptUnit } from './units.ts';

/** One field that an event can carry. */
type Signal = {
  readonly class: FieldClass;
  /** Whether it is sealed by a key of its own, so that it can be granted without its class. */
  readonly isAlone?: true;
} & ({ readonly type: 'number'; readonly unit: KeptUnit } | { readonly type: 'text' });

const number = <Class extends FieldClass>(fieldClass: Class, unit: KeptUnit) =>
  ({ class: fieldClass, type: 'number', unit }) as const;
const text = <Class extends FieldClass>(fieldClass: Class) =>
  ({ class: fieldClass, type: 'text' }) as const;
const alone = <Of extends Signal>(signal: Of) => ({ ...signal, isAlone: true }) as const;

/**
 * Fields by their name in the COVESA Vehicle Signal Specification (release 5), or, below `Passport.`,
 * our own where it has none. Numbers are whole numbers of the unit that stands here.
 */
export const signals = {
  // A trip, or a day's driving.
  'Passport.Trip.Start': text('usage'),
  'Passport.Trip.End': text('usage'),
  // What pay-as-you-drive needs, without when and how long.
  'Vehicle.TripMeterReading': alone(number('usage', 'm')),
  'Vehicle.TripDuration': number('usage', 'ms'),
  'Passport.Trip.MovingDuration': number('usage', 'ms'),
  'Vehicle.AverageSpeed': number('driving', 'mm/s'),
  'Passport.Trip.MaxSpeed': number('driving', 'mm/s'),
  'Passport.Trip.HarshBrakes': number('driving', 'count'),
  'Passport.Trip.HarshAccelerations': number('driving', 'count'),
  'Passport.Trip.StartCell': text('location'),
  'Passport.Trip.EndCell': text('location'),
  // Energy and engine.
  'Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart': number('energy', 'ml'),
  'Vehicle.Powertrain.TractionBattery.AccumulatedConsumedEnergy': number('energy', 'Wh'),
  'Passport.Trip.StartStateOfCharge': number('energy', 'permille'),
  'Passport.Trip.EndStateOfCharge': number('energy', 'permille'),
  'Vehicle.Exterior.AirTemperature': number('energy', 'degC/10'),
  'Vehicle.Powertrain.CombustionEngine.Speed': number('maintenance', 'rpm'),
  'Passport.Trip.MaxEngineSpeed': number('maintenance', 'rpm'),
  'Vehicle.Powertrain.CombustionEngine.ECT': number('maintenance', 'degC/10'),
  'Passport.Trip.SecondsRecorded': number('maintenance', 'count'),
  // Work.
  'Passport.Intervention.Jobs': text('maintenance'),
  'Passport.Inspection.Result': text('maintenance'),
  // Commitments to files that the professional keeps, with commas between: HMAC-SHA-256(salt, SHA-256 of the file), base64url.
  'Passport.Intervention.Attachments': text('maintenance'),
  // Incidents.
  'Passport.Incident.Time': text('incident'),
  // What a buyer has to know, without who, when and where.
  'Passport.Incident.Severity': alone(text('incident')),
  'Passport.Incident.Damage': text('incident'),
  'Passport.Incident.With': text('incident'),
  'Passport.Incident.Airbags': text('incident'),
  'Passport.Incident.Towed': text('incident'),
  'Passport.Incident.Automation': text('incident'),
  'Passport.Incident.Speed': number('incident', 'mm/s'),
  'Passport.Incident.Manoeuvre': text('incident'),
  'Passport.Incident.Impact': text('incident'),
  'Passport.Incident.RoadSurface': text('incident'),
  'Passport.Incident.Light': text('incident'),
  'Passport.Incident.Weather': text('incident'),
  'Passport.Incident.Place': text('location'),
  'Passport.Incident.Attachments': text('incident'),
  // Papers: what stays with the vehicle, kept with its registration. A region is by ISO 3166.
  'Vehicle.VehicleIdentification.Brand': text('ownership'),
  'Vehicle.VehicleIdentification.Model': text('ownership'),
  'Vehicle.Powertrain.Type': text('ownership'),
  'Vehicle.Powertrain.FuelSystem.SupportedFuelTypes': text('ownership'),
  'Passport.Region': text('ownership'),
  'Passport.Country': text('ownership'),
} as const satisfies Readonly<Record<string, Signal>>;

export type SignalName = keyof typeof signals;

/** Values of fields by signal: whole numbers of its unit, or texts. */
export type Fields = { readonly [name in SignalName]?: number | string };

/** Whether there is a signal of that name. */
export function isSignalName(name: string): name is SignalName {
  return Object.hasOwn(signals, name);
}

/**
 * A measured value in the unit that its signal is kept in. Throws PassportError `SIGNAL_UNKNOWN` and
 * `UNIT_UNKNOWN`.
 */
export function signalValue(name: string, value: number, unit: string): number {
  if (!isSignalName(name)) throw new PassportError('SIGNAL_UNKNOWN', `no signal "${name}"`);
  const signal: Signal = signals[name];
  if (signal.type === 'number') return toKeptUnit(value, unit, signal.unit);
  throw new PassportError('UNIT_UNKNOWN', `${name} is a text and has no unit`);
}
