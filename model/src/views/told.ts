import type { SignalName } from '../signals/signals.ts';
import type { Dimension } from './view.ts';

/**
 * What a trip may tell or not, and the letter that says so in the dimension `told`, in its order. Grants are
 * per scope, and sources measure different things: events that tell different things are in different
 * cells, so that whoever is in a cell has told all that it has sums of.
 */
export const toldSignals = [
  ['d', 'Vehicle.TripMeterReading'],
  ['t', 'Vehicle.TripDuration'],
  ['m', 'Passport.Trip.MovingDuration'],
  ['b', 'Passport.Trip.HarshBrakes'],
  ['a', 'Passport.Trip.HarshAccelerations'],
  ['f', 'Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart'],
  ['e', 'Vehicle.Powertrain.TractionBattery.AccumulatedConsumedEnergy'],
  ['s', 'Vehicle.AverageSpeed'],
] as const satisfies readonly (readonly [letter: string, signal: SignalName])[];

/** Stands in `told` where an event tells none of them, and of events that are no trips. */
export const TOLD_NONE = 'none' as const;

/** The dimension of views that have trips. */
export const told: Dimension = {
  name: 'told',
  means:
    'what the trip tells, a letter each: distance, time, motion, braking, acceleration, fuel, electricity, speed',
};
