import { type Day, dayNumber, dayOf } from '@passport/model';

import { Chance } from './chance.ts';
import type { FleetParameters } from './parameters.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** One drive. */
export type Drive = {
  readonly metres: number;
  readonly seconds: number;
  readonly startSecond: number;
};

/** What happened to a vehicle on one day. */
export type StoryDay = {
  readonly day: Day;
  /** The true odometer at the end of the day, metres. */
  readonly odometerM: number;
  /** What the instrument shows: less, once it was turned back. */
  readonly shownM: number;
  readonly drives: readonly Drive[];
  readonly service: readonly string[];
  readonly inspection: boolean;
  readonly breakdown: boolean;
  readonly incident: 'minor' | 'severe' | null;
  readonly isTurnedBack: boolean;
};

/** A fraud that is in the fleet on purpose. */
export type Injection =
  | { readonly kind: 'odometer-rollback'; readonly vehicle: number; readonly day: Day }
  | { readonly kind: 'rolling-wreck'; readonly vehicle: number; readonly day: Day };

const jobs = ['brakes', 'tyres', 'clutch', 'battery', 'exhaust', 'suspension'] as const;

/** The vehicle that goes on driving though it is a wreck, where the fleet has as many. */
const ROLLING_WRECK = 1;

/** Which fleet it is, and up to which day its story goes. */
export type Fleet = {
  readonly seed: number;
  readonly vehicles: number;
  readonly until: Day;
  readonly parameters: FleetParameters;
};

/** What is injected into a vehicle's story, if anything. */
export function injectionOf(fleet: Fleet, vehicle: number): Injection | undefined {
  const { seed, until, parameters } = fleet;
  const last = dayNumber(until);
  if (vehicle === ROLLING_WRECK) return { kind: 'rolling-wreck', vehicle, day: dayAt(last - 30) };
  const chance = new Chance(seed ^ 0x5eed, vehicle);
  // Vehicle 0 has one in every fleet, so that there is always one to show.
  if (vehicle !== 0 && !chance.happens(parameters.rollbackShare.value)) return undefined;
  const days = parameters.historyDays.value;
  const day = dayAt(last - Math.floor(days * (0.15 + 0.25 * chance.uniform())));
  return { kind: 'odometer-rollback', vehicle, day };
}

/** A vehicle's story, day by day: a function of seed and number alone. */
export function* lifeStory(fleet: Fleet, vehicle: number): Generator<StoryDay> {
  const { seed, until, parameters: p } = fleet;
  const chance = new Chance(seed, vehicle);
  const injection = injectionOf(fleet, vehicle);
  const last = dayNumber(until);
  const first = last - p.historyDays.value + 1;
  const kmPerYear = chance.logNormal(
    chance.shareOf(p.energies.values).kmPerYear,
    p.yearlySpread.value,
  );
  const ageYears = chance.uniform() * p.ageYearsMax.value;
  let odometerM = Math.floor(ageYears * kmPerYear * 1000);
  let turnedBackM = 0;
  let serviceM = odometerM - chance.uniform() * p.serviceKm.value * 1000;
  let serviceDay = first - chance.uniform() * p.serviceDays.value;
  const inspectionPhase = Math.floor(chance.uniform() * p.inspectionDays.value);
  const meanTripM = meanTripMetres(p, kmPerYear);
  for (let number = first; number <= last; number += 1) {
    const day = dayAt(number);
    const drives = [...drivesOf(p, chance, number, meanTripM)];
    const drivenM = drives.reduce((sum, { metres }) => sum + metres, 0);
    odometerM += drivenM;
    const isFraudDay = injection?.day === day;
    if (isFraudDay && injection.kind === 'odometer-rollback') {
      turnedBackM = Math.floor(odometerM * p.rollbackCut.value);
    }
    const age = ageYears + (number - first) / 365;
    const service = [...serviceOf(p, chance, odometerM - serviceM, number - serviceDay, age)];
    if (service.includes('service')) [serviceM, serviceDay] = [odometerM, number];
    const isInjectedCrash = isFraudDay && injection.kind === 'rolling-wreck';
    const incidents = (p.incidentsPerMillionKm.value * drivenM) / 1e9;
    const hasIncident = chance.happens(incidents);
    yield {
      day,
      odometerM,
      shownM: odometerM - turnedBackM,
      drives,
      service,
      // A garage reads the odometer some days after it was turned back, as a buyer's would.
      inspection: (number + inspectionPhase) % p.inspectionDays.value === 0,
      breakdown: chance.happens(p.breakdownsPerYear.value / 365),
      incident: isInjectedCrash ? 'severe' : hasIncident ? 'minor' : null,
      isTurnedBack: turnedBackM > 0,
    };
  }
}

/** So that the days of use, with their trips, come to the distance of a year. */
function meanTripMetres(p: FleetParameters, kmPerYear: number): number {
  const daysOfUse = (365 * (5 * p.useShareWeekday.value + 2 * p.useShareWeekend.value)) / 7;
  return (kmPerYear * 1000) / (daysOfUse * p.tripsPerDay.value);
}

function* drivesOf(
  p: FleetParameters,
  chance: Chance,
  number: number,
  meanTripM: number,
): Generator<Drive> {
  // 1970-01-01 was a Thursday.
  const isWeekend = [0, 6].includes((number + 4) % 7);
  const share = (isWeekend ? p.useShareWeekend : p.useShareWeekday).value;
  if (!chance.happens(share)) return;
  const month = Number(dayAt(number).slice(5, 7));
  const season = 1 + p.seasonSwing.value * Math.cos(((month - 7) * Math.PI) / 6);
  const whole = Math.floor(p.tripsPerDay.value);
  const trips = whole + (chance.happens(p.tripsPerDay.value - whole) ? 1 : 0);
  // Trips lie in slots of the day from six to ten, one after the other.
  const slot = Math.floor((16 * 3600) / Math.max(trips, 1));
  for (let trip = 0; trip < trips; trip += 1) {
    const metres = Math.max(
      300,
      Math.floor(season * chance.logNormal(meanTripM, p.tripSpread.value)),
    );
    const kmh = Math.max(12, chance.logNormal(p.speedKmhMean.value, 0.3));
    const seconds = Math.min(slot - 60, Math.ceil((metres * 3.6) / kmh));
    const startSecond = 6 * 3600 + trip * slot + Math.floor(chance.uniform() * (slot - seconds));
    yield { metres, seconds, startSecond };
  }
}

function* serviceOf(
  p: FleetParameters,
  chance: Chance,
  sinceM: number,
  sinceDays: number,
  ageYears: number,
): Generator<string> {
  if (sinceM >= p.serviceKm.value * 1000 || sinceDays >= p.serviceDays.value) yield 'service';
  const repairs = p.repairsPerYear.value * (1 + p.repairGrowthPerYear.value) ** ageYears;
  if (chance.happens(repairs / 365)) yield chance.oneOf(jobs);
}

function dayAt(number: number): Day {
  return dayOf(number * DAY_MS);
}
