import {
  type Day,
  daysBetween,
  type EventKind,
  type Flag,
  type LifeCycle,
  type SourceHead,
  type VehicleState,
} from '@passport/model';

/** What plausibility looks at. */
export type Plausible = {
  readonly kind: EventKind;
  readonly at: Day;
  /** What the odometer read. */
  readonly odometerKm: number | undefined;
};

/**
 * What is implausible about an event, against what the same source wrote before and the vehicle's
 * life cycle; the event is kept all the same. `kmPerDayMax` kilometres are allowed for each day
 * begun.
 */
export function flagsOf(
  event: Plausible,
  head: SourceHead | undefined,
  life: LifeCycle,
  kmPerDayMax: number,
): Flag[] {
  const flags: Flag[] = [];
  const { odometerKm } = event;
  const known = baseline(event.at, head, life);
  if (odometerKm !== undefined && known !== undefined) {
    const flag = odometerFlag({ at: event.at, km: odometerKm }, known, kmPerDayMax);
    if (flag !== undefined) flags.push(flag);
  }
  if (head !== undefined && event.at < head.latestDay) flags.push('late');
  if (event.at < life.day) flags.push('before-registration');
  const offRoad = offRoadFlag(event, life);
  if (offRoad !== undefined) flags.push(offRoad);
  return flags;
}

type Reading = { readonly at: Day; readonly km: number };

/** The reading to compare with: the source's latest, or that of an odometer put in since. */
function baseline(at: Day, head: SourceHead | undefined, life: LifeCycle): Reading | undefined {
  const { odometerReplaced: replaced } = life;
  const latest = head?.odometer ?? undefined;
  if (replaced === undefined) return latest;
  // A reading of before the replacement says nothing about one of after it, nor the reverse.
  if (at < replaced.on) return latest !== undefined && latest.at < replaced.on ? latest : undefined;
  return latest !== undefined && latest.at > replaced.on
    ? latest
    : { at: replaced.on, km: replaced.km };
}

function odometerFlag(reading: Reading, known: Reading, kmPerDayMax: number): Flag | undefined {
  const days = daysBetween(known.at, reading.at);
  if (days < 0) return reading.km > known.km ? 'odometer-higher-than-after' : undefined;
  if (reading.km < known.km) return 'odometer-lower-than-before';
  return reading.km - known.km > kmPerDayMax * (days + 1) ? 'odometer-jump' : undefined;
}

const offRoad: Readonly<Partial<Record<VehicleState, Flag>>> = {
  wreck: 'while-wreck',
  'wreck-repaired': 'while-wreck',
  exported: 'while-exported',
  scrapped: 'while-scrapped',
};

/**
 * Whether a vehicle was used that should not have been: after the day that took it off the road. A
 * wreck is inspected, repaired and read; what it must not do is drive.
 */
function offRoadFlag({ kind, at }: Plausible, life: LifeCycle): Flag | undefined {
  const flag = offRoad[life.state];
  if (flag === undefined || at <= life.on) return undefined;
  const isUse = flag === 'while-wreck' ? kind === 'trip' : isObservation(kind);
  return isUse ? flag : undefined;
}

function isObservation(kind: EventKind): boolean {
  return ['mileage', 'trip', 'intervention', 'inspection', 'incident'].includes(kind);
}
