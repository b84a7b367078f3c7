import { type BookLine, isDoubtful } from './book-line.ts';

/** What a log book says of a car in one look. */
export type Verdict = {
  /** The latest reading that fits the others; null where there is none. */
  readonly km: number | null;
  readonly kmOn: string | null;
  readonly readings: number;
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
  for (const line of sound) {
    if (latest === undefined || line.at >= latest.at) latest = line;
  }
  return {
    km: latest?.odometerKm ?? null,
    kmOn: latest?.at ?? null,
    readings: readings.length,
    doubtful: readings.length - sound.length,
    events: counted.filter(({ quality }) => quality !== null).length,
  };
}
