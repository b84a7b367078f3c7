import { type BookLine, isDoubtful } from './book-line.ts';

/** What a log book says of a car in one look. */
export type Verdict = {
  /** The latest reading that fits the others; null where there is none. */
  readonly km: number | null;
  readonly kmOn: string | null;
  readonly readings: number;
  /** Kilometres by which it is below what was read before, since the odometer was replaced last; 0 where it is not. */
  readonly missingKm: number;
  /** When more was read than now. */
  readonly highestOn: string | null;
  /** Readings that cannot be right. */
  readonly doubtful: number;
  /** Events, without the lines that tell who may read. */
  readonly events: number;
};

/** Looks at the lines of a log book. Voided ones do not count. */
export function verdictOf(lines: readonly BookLine[]): Verdict {
  const counted = lines.filter(({ voidedBy }) => voidedBy === null);
  const readings = counted.filter(({ odometerKm }) => odometerKm !== null);
  const sound = readings.filter((line) => !isDoubtful(line));
  let latest: BookLine | undefined;
  let highest: BookLine | undefined;
  for (const line of sound.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)))) {
    latest = line;
    const isNew = line.kind === 'odometer-replaced' || highest === undefined;
    if (isNew || kmOf(line) > kmOf(highest)) highest = line;
  }
  const missingKm = kmOf(highest) - kmOf(latest);
  return {
    km: latest?.odometerKm ?? null,
    kmOn: latest?.at ?? null,
    readings: readings.length,
    missingKm,
    highestOn: missingKm > 0 ? (highest?.at ?? null) : null,
    doubtful: readings.length - sound.length,
    events: counted.filter(({ quality }) => quality !== null).length,
  };
}

function kmOf(line: BookLine | undefined): number {
  return line?.odometerKm ?? 0;
}
