import type { Feed, FeedEvent } from '@passport/connectors';
import {
  type Fields,
  instantOf,
  type Method,
  millisecondsOf,
  parseEventId,
  parseInstant,
  type RecordableKind,
  signalValue,
} from '@passport/model';

import { type Fleet, lifeStory, type StoryDay } from './life-story.ts';

/** The name that all feeds have for a vehicle of a fleet. */
export function vehicleName(seed: number, vehicle: number): string {
  return `synthetic-${seed}-${vehicle}`;
}

/** Who saw what of a vehicle's story. */
export type Witness = 'maker' | 'garage' | 'inspection' | 'insurer' | 'assistance';

/** An event before it has its vehicle and its id. */
type Sight = {
  readonly kind: RecordableKind;
  readonly method: Method;
  readonly odometerKm?: number;
  readonly fields: Fields;
};

/** What each of them says of a day. */
const witnesses: Readonly<Record<Witness, (story: StoryDay, fleet: Fleet) => Generator<Sight>>> = {
  maker,
  garage,
  inspection,
  insurer,
  assistance,
};

/**
 * One witness's events of all vehicles, one vehicle after the other, each marked generated. Only one
 * day of one vehicle is in memory at a time.
 */
export function syntheticFeed(fleet: Fleet, witness: Witness): Feed {
  let rows = 0;
  return {
    name: `synthetic-${witness}`,
    rowsRead: () => rows,
    async *read(signal) {
      rows = 0;
      for (let vehicle = 0; vehicle < fleet.vehicles; vehicle += 1) {
        signal?.throwIfAborted();
        for (const story of lifeStory(fleet, vehicle)) {
          rows += 1;
          yield* eventsOf(fleet, witness, vehicle, story);
        }
        // Others may have their turn between two vehicles.
        await Promise.resolve();
      }
    },
  };
}

function* eventsOf(
  fleet: Fleet,
  witness: Witness,
  vehicle: number,
  story: StoryDay,
): Generator<FeedEvent> {
  let number = 0;
  for (const sight of witnesses[witness](story, fleet)) {
    number += 1;
    const id = parseEventId(`${witness}.${fleet.seed}.${vehicle}.${story.day}.${number}`);
    const name = vehicleName(fleet.seed, vehicle);
    yield { type: 'event', vehicle: name, id, at: story.day, generated: true, ...sight };
  }
}

/** The car itself: trips of the last days, and its odometer once a month. It cannot be deceived. */
function* maker(story: StoryDay, { until, parameters }: Fleet): Generator<Sight> {
  // Who turns an odometer back disconnects the car.
  if (story.isTurnedBack) return;
  const method = 'connected-car';
  const daysLeft = daysUntil(story.day, until);
  if (daysLeft < parameters.tripDays.value) {
    const drivenM = story.drives.reduce((sum, { metres }) => sum + metres, 0);
    let odometerM = story.odometerM - drivenM;
    for (const { metres, seconds, startSecond } of story.drives) {
      odometerM += metres;
      const startMs =
        millisecondsOf(parseInstant(`${story.day}T00:00:00.000Z`)) + startSecond * 1000;
      const fields: Fields = {
        'Passport.Trip.Start': instantOf(startMs),
        'Passport.Trip.End': instantOf(startMs + seconds * 1000),
        'Vehicle.TripMeterReading': metres,
        'Vehicle.TripDuration': seconds * 1000,
        'Vehicle.AverageSpeed': signalValue('Vehicle.AverageSpeed', metres / seconds, 'm/s'),
      };
      yield { kind: 'trip', method, odometerKm: km(odometerM), fields };
    }
  } else if (story.day.endsWith('-01')) {
    yield { kind: 'mileage', method, odometerKm: km(story.odometerM), fields: {} };
  }
}

/** A garage reads what the instrument shows. */
function* garage({ service, shownM }: StoryDay): Generator<Sight> {
  if (service.length === 0) return;
  const fields = { 'Passport.Intervention.Jobs': service.join(',') };
  yield { kind: 'intervention', method: 'professional', odometerKm: km(shownM), fields };
}

function* inspection({ inspection: isDue, shownM }: StoryDay): Generator<Sight> {
  if (!isDue) return;
  const fields = { 'Passport.Inspection.Result': 'passed' };
  yield { kind: 'inspection', method: 'professional', odometerKm: km(shownM), fields };
}

function* insurer({ incident, shownM }: StoryDay): Generator<Sight> {
  if (incident === null) return;
  const fields = { 'Passport.Incident.Severity': incident };
  yield { kind: 'incident', method: 'professional', odometerKm: km(shownM), fields };
}

function* assistance({ breakdown }: StoryDay): Generator<Sight> {
  if (!breakdown) return;
  const fields = { 'Passport.Intervention.Jobs': 'breakdown' };
  yield { kind: 'intervention', method: 'professional', fields };
}

function km(metres: number): number {
  return Math.floor(metres / 1000);
}

function daysUntil(day: string, until: string): number {
  return (Date.parse(until) - Date.parse(day)) / 86_400_000;
}
