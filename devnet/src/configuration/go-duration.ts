/** A text is not a duration as Go writes them. */
export class DurationError extends Error {
  constructor(text: string) {
    super(`time: invalid duration ${JSON.stringify(text)}`);
    this.name = 'DurationError';
  }
}

/** Milliseconds of Go's units (Go, time.ParseDuration). */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** Whole, non-negative milliseconds as Go prints a duration: `200ms`, `1.5s`, `1m0s`. */
export function formatGoDuration(milliseconds: number): string {
  if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
    throw new RangeError(`a duration of ${milliseconds} ms`);
  }
  if (milliseconds === 0) return '0s';
  if (milliseconds < 1_000) return `${milliseconds}ms`;
  const seconds = `${(milliseconds % 60_000) / 1_000}s`;
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes === 0) return seconds;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`;
}

/** Milliseconds of a non-negative duration as Go writes it. Throws {@link DurationError}. */
export function parseGoDuration(text: string): number {
  if (text === '0') return 0;
  let milliseconds = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const [, number, unit = ''] = PART.exec(text) ?? [];
    const factor = UNITS.get(unit);
    if (number === undefined || factor === undefined) throw new DurationError(text);
    milliseconds += Number(number) * factor;
  }
  if (text === '') throw new DurationError(text);
  return milliseconds;
}
