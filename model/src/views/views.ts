import { flags } from '../events/flags.ts';
import { told } from './told.ts';
import { commonMetrics, type Metric, sumOf, type View, vehicleDimensions } from './view.ts';

const quantiles = (
  name: string,
  histogram: string,
  unit: string,
  means: string,
): Readonly<Record<string, Metric>> => ({
  [`${name}P50`]: { histogram, permille: 500, unit, means: `median ${means}` },
  [`${name}P90`]: { histogram, permille: 900, unit, means: `${means} that 90 % stay within` },
});

const events: View = {
  name: 'events',
  means: 'Events that stand, of all kinds',
  dimensions: [...vehicleDimensions, { name: 'kind', means: 'kind of event' }, told],
  metrics: {
    events: sumOf('events', 'events', 'events that no other one voids'),
    generated: sumOf('generated', 'events', 'of these, made up by a program'),
    meanQuality: {
      ratio: ['qualityPoints', 'events'],
      unit: 'points of 1000',
      means: 'mean quality index at recording',
    },
    ...commonMetrics,
  },
};

const usage: View = {
  name: 'usage',
  means: 'Trips: how far, how long, how fast, how smoothly, with how much energy',
  dimensions: [...vehicleDimensions, told],
  metrics: {
    trips: sumOf('trips', 'trips', 'trips'),
    distanceM: sumOf('distanceM', 'm', 'distance driven'),
    durationMs: sumOf('durationMs', 'ms', 'time on the road'),
    movingMs: sumOf('movingMs', 'ms', 'of that, in motion'),
    harshBrakes: sumOf('harshBrakes', 'count', 'harsh braking'),
    harshAccelerations: sumOf('harshAccelerations', 'count', 'harsh acceleration'),
    fuelMl: sumOf('fuelMl', 'ml', 'fuel consumed'),
    energyWh: sumOf('energyWh', 'Wh', 'electric energy consumed'),
    meanTripM: { ratio: ['distanceM', 'trips'], unit: 'm', means: 'mean length of a trip' },
    fuelMlPerM: {
      ratio: ['fuelOverDistanceMl', 'fuelDistanceM'],
      unit: 'ml/m',
      means: 'fuel by distance, over trips that tell both',
    },
    energyWhPerM: {
      ratio: ['energyOverDistanceWh', 'energyDistanceM'],
      unit: 'Wh/m',
      means: 'electric energy by distance, over trips that tell both',
    },
    ...quantiles('tripM', 'tripM', 'm', 'length of a trip'),
    ...quantiles('speed', 'speed', 'mm/s', 'average speed of a trip'),
    ...commonMetrics,
  },
};

const mileage: View = {
  name: 'mileage',
  means: 'Odometers: readings, distance between them, and what does not fit',
  dimensions: [
    ...vehicleDimensions,
    { name: 'step', means: 'from the reading before: none, forward or back' },
  ],
  metrics: {
    readings: sumOf('readings', 'readings', 'odometer readings'),
    kmDriven: sumOf('kmDriven', 'km', 'distance since the reading before, of any source'),
    rollbacks: sumOf('rollbacks', 'count', 'readings below the one before, of any source'),
    kmRolledBack: sumOf('kmRolledBack', 'km', 'by how much they are below'),
    ...Object.fromEntries(
      flags.map((flag) => [flag, sumOf(flag, 'readings', `readings flagged ${flag}`)]),
    ),
    meanQuality: {
      ratio: ['qualityPoints', 'readings'],
      unit: 'points of 1000',
      means: 'mean quality index at recording',
    },
    ...quantiles('kmPerStep', 'kmPerStep', 'km', 'distance between two readings'),
    ...commonMetrics,
  },
};

const interventions: View = {
  name: 'interventions',
  means: 'Work on vehicles, by job',
  dimensions: [...vehicleDimensions, { name: 'job', means: 'what was done' }],
  metrics: {
    interventions: sumOf('interventions', 'interventions', 'interventions with that job'),
    ...commonMetrics,
  },
};

const incidents: View = {
  name: 'incidents',
  means: 'Incidents, and wrecks declared and cleared',
  dimensions: [...vehicleDimensions, { name: 'severity', means: 'as it was reported' }],
  metrics: {
    incidents: sumOf('incidents', 'incidents', 'incidents'),
    wrecksDeclared: sumOf('wrecksDeclared', 'vehicles', 'wrecks declared'),
    wrecksLifted: sumOf('wrecksLifted', 'vehicles', 'wrecks cleared by another expert'),
    ...commonMetrics,
  },
};

const activity: View = {
  name: 'activity',
  means: 'What was recorded lately, by ledger time; also what was voided since',
  dimensions: [
    { name: 'window', means: '1h, 24h or 7d of ledger time' },
    { name: 'bucket', means: 'start of a part of the window, UTC' },
    { name: 'kind', means: 'kind of event' },
    { name: 'sourceKind', means: 'what kind of source has recorded it' },
  ],
  metrics: {
    events: sumOf('events', 'events', 'events recorded'),
    distanceM: sumOf('distanceM', 'm', 'distance of the trips among them'),
    flags: sumOf('flags', 'count', 'what plausibility has said of them'),
  },
};

/** All views by name. */
export const views = { events, usage, mileage, interventions, incidents, activity } as const;

export type ViewName = keyof typeof views;

/** Whether there is a view of that name. */
export function isViewName(name: string): name is ViewName {
  return Object.hasOwn(views, name);
}
