import type { ReadLine, Line } from '../history/history.ts';
import { counted, type Counted } from './counted.ts';

/** An event that has read an odometer. */
type Reading = ReadLine & { readonly odometerKm: number };

/** What standing events count for in the view `mileage`: readings, and the steps between them. */
export function countReadings(standing: readonly ReadLine[]): Counted[] {
  const ofVehicle = new Map<string, Reading[]>();
  for (const reading of standing.filter(isReading)) {
    const readings = ofVehicle.get(reading.vid) ?? [];
    readings.push(reading);
    ofVehicle.set(reading.vid, readings);
  }
  return [...ofVehicle.values()].flatMap((readings) => {
    readings.sort(byDay);
    return readings.map((reading, place) => countReading(reading, readings[place - 1]));
  });
}

function countReading(reading: Reading, before: Reading | undefined): Counted {
  const flags = Object.fromEntries(reading.event.flags.map((flag) => [flag, 1]));
  const sums = { readings: 1, qualityPoints: reading.quality ?? 0, ...flags };
  if (before === undefined) return counted(reading, { step: 'none' }, sums);
  // The old odometer ends the step to where it was replaced, the new one begins the next.
  const km = (reading.event.formerOdometerKm ?? reading.odometerKm) - before.odometerKm;
  if (km < 0) {
    return counted(reading, { step: 'back' }, { ...sums, rollbacks: 1, kmRolledBack: -km });
  }
  return counted(reading, { step: 'forward' }, { ...sums, kmDriven: km }, { kmPerStep: km });
}

function isReading(line: ReadLine): line is Reading {
  return line.odometerKm !== null;
}

/** By day; within a day in the order of the ledger. */
export function byDay(a: Line, b: Line): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.block - b.block || a.tx - b.tx || a.index - b.index;
}
