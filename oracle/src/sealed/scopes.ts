/** The signals that fields may be of, and the class of each. */
export const classOfSignal: ReadonlyMap<string, string> = new Map(
  Object.entries({
    usage: [
      'Passport.Trip.Start',
      'Passport.Trip.End',
      'Vehicle.TripMeterReading',
      'Vehicle.TripDuration',
      'Passport.Trip.MovingDuration',
    ],
    driving: [
      'Vehicle.AverageSpeed',
      'Passport.Trip.MaxSpeed',
      'Passport.Trip.HarshBrakes',
      'Passport.Trip.HarshAccelerations',
    ],
    location: ['Passport.Trip.StartCell', 'Passport.Trip.EndCell', 'Passport.Incident.Place'],
    energy: [
      'Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart',
      'Vehicle.Powertrain.TractionBattery.AccumulatedConsumedEnergy',
      'Passport.Trip.StartStateOfCharge',
      'Passport.Trip.EndStateOfCharge',
      'Vehicle.Exterior.AirTemperature',
    ],
    maintenance: [
      'Vehicle.Powertrain.CombustionEngine.Speed',
      'Passport.Trip.MaxEngineSpeed',
      'Vehicle.Powertrain.CombustionEngine.ECT',
      'Passport.Trip.SecondsRecorded',
      'Passport.Intervention.Jobs',
      'Passport.Inspection.Result',
      'Passport.Intervention.Attachments',
    ],
    incident: [
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
      'Passport.Incident.Attachments',
    ],
    ownership: [
      'Vehicle.VehicleIdentification.Brand',
      'Vehicle.VehicleIdentification.Model',
      'Vehicle.Powertrain.Type',
      'Vehicle.Powertrain.FuelSystem.SupportedFuelTypes',
      'Passport.Region',
      'Passport.Country',
    ],
  }).flatMap(([name, signals]) => signals.map((signal) => [signal, name] as const)),
);

/** Signals that are sealed by a key of their own. */
const alone = ['Passport.Incident.Severity', 'Vehicle.TripMeterReading'];

/** What one key opens, in the order of their numbers. */
export const scopes: readonly string[] = [
  ...['usage', 'location', 'driving', 'energy', 'maintenance', 'incident', 'ownership'],
  ...alone,
];

/** The scope whose key seals a signal. */
export function scopeOf(signal: string): string | undefined {
  return alone.includes(signal) ? signal : classOfSignal.get(signal);
}

/** Whether a signal, or a scope, tells how somebody lives. */
export function isOfPerson(name: string): boolean {
  return ['usage', 'location', 'driving', 'energy'].includes(classOfSignal.get(name) ?? name);
}

/** Whether who was granted these classes and fields may read a scope. */
export function isGranted(
  scope: string,
  { classes, fields }: { readonly classes: readonly string[]; readonly fields: readonly string[] },
): boolean {
  return fields.includes(scope) || classes.includes(classOfSignal.get(scope) ?? scope);
}
