import { countOf, dimensionText, UNKNOWN } from '../history/clear-fields.ts';
import type { ReadLine } from '../history/history.ts';

/** What one event counts for in one row of the finest breakdown of a view. */
export type Counted = {
  readonly vid: string;
  readonly source: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** What it adds to each sum; nothing where it is not named. */
  readonly sums: Readonly<Record<string, number | undefined>>;
  /** Its values, where quantiles are asked of them. */
  readonly values: Readonly<Record<string, number | undefined>>;
};

/** What standing events count for in the view `events`: each of them once. */
export function countEvents(standing: readonly ReadLine[]): Counted[] {
  return standing.map((line) => {
    const generated = line.event.isGenerated ? 1 : 0;
    const sums = { events: 1, generated, qualityPoints: line.quality ?? 0 };
    return counted(line, { kind: line.kind, told: toldBy(line) }, sums);
  });
}

/** What they count for in the view `usage`: trips. */
export function countTrips(standing: readonly ReadLine[]): Counted[] {
  return ofKind(standing, 'trip').map((line) => {
    const of = (signal: string): number | undefined => countOf(line.event.fields, signal);
    const distanceM = of('Vehicle.TripMeterReading');
    const fuelMl = of('Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart');
    const energyWh = of('Vehicle.Powertrain.TractionBattery.AccumulatedConsumedEnergy');
    const sums = {
      trips: 1,
      distanceM,
      durationMs: of('Vehicle.TripDuration'),
      movingMs: of('Passport.Trip.MovingDuration'),
      harshBrakes: of('Passport.Trip.HarshBrakes'),
      harshAccelerations: of('Passport.Trip.HarshAccelerations'),
      fuelMl,
      energyWh,
      fuelOverDistanceMl: distanceM === undefined ? undefined : fuelMl,
      energyOverDistanceWh: distanceM === undefined ? undefined : energyWh,
      fuelDistanceM: fuelMl === undefined ? undefined : distanceM,
      energyDistanceM: energyWh === undefined ? undefined : distanceM,
    };
    return counted(line, { told: toldBy(line) }, sums, {
      tripM: distanceM,
      speed: of('Vehicle.AverageSpeed'),
    });
  });
}

/** What they count for in the view `interventions`: each once for each of its different jobs. */
export function countInterventions(standing: readonly ReadLine[]): Counted[] {
  return ofKind(standing, 'intervention').flatMap((line) => {
    const jobs = line.event.fields['Passport.Intervention.Jobs'];
    const names = typeof jobs === 'string' ? jobs.split(',').map(dimensionText) : [UNKNOWN];
    const different = names.filter((name, place) => names.indexOf(name) === place);
    return different.map((job) => counted(line, { job }, { interventions: 1 }));
  });
}

/** What they count for in the view `incidents`. */
export function countIncidents(standing: readonly ReadLine[]): Counted[] {
  const of = (kind: string, sum: string): Counted[] =>
    ofKind(standing, kind).map((line) => {
      const severity = dimensionText(line.event.fields['Passport.Incident.Severity']);
      return counted(line, { severity }, { [sum]: 1 });
    });
  return [
    ...of('incident', 'incidents'),
    ...of('wreck-declared', 'wrecksDeclared'),
    ...of('wreck-lifted', 'wrecksLifted'),
  ];
}

/** What an event counts for in a view of vehicles, with the dimensions that these views share. */
export function counted(
  line: ReadLine,
  dimensions: Readonly<Record<string, string>>,
  sums: Counted['sums'],
  values: Counted['values'] = {},
): Counted {
  const { papers, sourceKind, place } = line.event;
  return {
    vid: line.vid,
    source: place.source,
    dimensions: { day: line.at, ...papers, sourceKind, ...dimensions },
    sums,
    values,
  };
}

/** What may be told of a trip, by the letter that says that it is. */
const letters: Readonly<Record<string, string>> = {
  d: 'Vehicle.TripMeterReading',
  t: 'Vehicle.TripDuration',
  m: 'Passport.Trip.MovingDuration',
  b: 'Passport.Trip.HarshBrakes',
  a: 'Passport.Trip.HarshAccelerations',
  f: 'Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart',
  e: 'Vehicle.Powertrain.TractionBattery.AccumulatedConsumedEnergy',
  s: 'Vehicle.AverageSpeed',
};

function toldBy({ kind, event }: ReadLine): string {
  const told = Object.entries(letters).filter(
    ([, signal]) => kind === 'trip' && countOf(event.fields, signal) !== undefined,
  );
  return told.length === 0 ? 'none' : told.map(([letter]) => letter).join('');
}

function ofKind(lines: readonly ReadLine[], kind: string): ReadLine[] {
  return lines.filter((line) => line.kind === kind);
}
