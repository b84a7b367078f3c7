import type { Fields, Papers } from './history.ts';

/** Stands where nobody said, where it cannot be read, or may not. */
export const UNKNOWN = 'unknown';

/** The signals that fields may be of. */
const signals = new Set([
  'Passport.Trip.Start',
  'Passport.Trip.End',
  'Vehicle.TripMeterReading',
  'Vehicle.TripDuration',
  'Passport.Trip.MovingDuration',
  'Vehicle.AverageSpeed',
  'Passport.Trip.MaxSpeed',
  'Passport.Trip.HarshBrakes',
  'Passport.Trip.HarshAccelerations',
  'Passport.Trip.StartCell',
  'Passport.Trip.EndCell',
  'Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart',
  'Vehicle.Powertrain.TractionBattery.AccumulatedConsumedEnergy',
  'Passport.Trip.StartStateOfCharge',
  'Passport.Trip.EndStateOfCharge',
  'Vehicle.Exterior.AirTemperature',
  'Vehicle.Powertrain.CombustionEngine.Speed',
  'Passport.Trip.MaxEngineSpeed',
  'Vehicle.Powertrain.CombustionEngine.ECT',
  'Passport.Trip.SecondsRecorded',
  'Passport.Intervention.Jobs',
  'Passport.Inspection.Result',
  'Passport.Incident.Time',
  'Passport.Incident.Severity',
  'Passport.Incident.Damage',
  'Passport.Incident.With',
  'Passport.Incident.Airbags',
  'Passport.Incident.Towed',
  'Passport.Incident.Automation',
  'Passport.Incident.Speed',
  'Passport.Incident.Manoeuvre',
  'Passport.Incident.Impact',
  'Passport.Incident.RoadSurface',
  'Passport.Incident.Light',
  'Passport.Incident.Weather',
  'Passport.Incident.Place',
  'Vehicle.VehicleIdentification.Brand',
  'Vehicle.VehicleIdentification.Model',
  'Vehicle.Powertrain.Type',
  'Vehicle.Powertrain.FuelSystem.SupportedFuelTypes',
  'Passport.Region',
  'Passport.Country',
]);

/**
 * The fields that are not sealed: those of each class whose first byte is 0, the rest of which is JSON
 * in UTF-8. A class that cannot be read so stays closed, as the sealed ones do.
 */
export function clearFields(sealed: Readonly<Record<string, string>> | undefined): Fields {
  let fields: Record<string, number | string> = {};
  for (const text of Object.values(sealed ?? {})) {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes[0] === 0) fields = { ...fields, ...readClass(bytes.subarray(1).toString('utf8')) };
  }
  return fields;
}

function readClass(json: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // No JSON: it stays closed.
    return {};
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const members = Object.entries(value as Record<string, unknown>);
  const isReadable = members.every(
    ([name, member]) =>
      signals.has(name) && (typeof member === 'string' || Number.isSafeInteger(member)),
  );
  if (!isReadable) return {};
  // Texts leave this machine in UTF-8, which has no lone surrogates.
  return Object.fromEntries(
    members.map(([name, member]) => [
      name,
      typeof member === 'string' ? member.toWellFormed() : (member as number),
    ]),
  );
}

/** A field as the value of a dimension. */
export function dimensionText(value: number | string | undefined): string {
  if (typeof value !== 'string') return UNKNOWN;
  const letters = Array.from(value.trim());
  const hasControl = letters.some((letter) => letter < ' ' || letter === '\u007f');
  return letters.length >= 1 && letters.length <= 64 && !hasControl ? letters.join('') : UNKNOWN;
}

/** What papers say. */
export function papersOf(fields: Fields): Papers {
  const fuel = dimensionText(fields['Vehicle.Powertrain.FuelSystem.SupportedFuelTypes']);
  return {
    brand: dimensionText(fields['Vehicle.VehicleIdentification.Brand']),
    model: dimensionText(fields['Vehicle.VehicleIdentification.Model']),
    energy: fuel === UNKNOWN ? dimensionText(fields['Vehicle.Powertrain.Type']) : fuel,
    region: dimensionText(fields['Passport.Region']),
  };
}

/** The most that anything of a trip is counted as; a larger number is left out. */
const COUNT_MAX = 1_000_000_000;

/** A field as a whole number from 0 to {@link COUNT_MAX}; undefined where it is none. */
export function countOf(fields: Fields, signal: string): number | undefined {
  const value = fields[signal];
  return typeof value === 'number' && value >= 0 && value <= COUNT_MAX ? value : undefined;
}
