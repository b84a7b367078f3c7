import { linear, niceTicks } from './scale.ts';

/** One reading of an odometer, as a picture shows it. */
export type Reading = {
  /** `2026-11-28` */
  readonly day: string;
  readonly km: number;
  /** Who read it, for people. */
  readonly source: string;
  /** Quality index, 0 to 1000; null where it has none. */
  readonly quality: number | null;
  /** Whether plausibility says that it cannot be right. */
  readonly isDoubtful: boolean;
};

/** Words of the picture. */
export type CurveTexts = {
  readonly title: string;
  readonly describe: (readings: number, doubtful: number) => string;
  readonly km: string;
  readonly quality: string;
};

const WIDTH = 720;
const HEIGHT = 280;
const LEFT = 64;
const RIGHT = 12;
const TOP = 14;
const BOTTOM = 34;
const DAY_MS = 86_400_000;
const YEARS_MAX = 8;

/**
 * A car's mileage through time: a line through the readings that fit each other, a dot for each reading (paler the less
 * it can be trusted), a cross for each that cannot be right. Every point says in words what it is.
 */
export function MileageCurve({
  readings,
  texts,
  format,
}: {
  readonly readings: readonly Reading[];
  readonly texts: CurveTexts;
  /** Writes a whole number for people. */
  readonly format: (value: number) => string;
}) {
  const points = readings
    .map((reading) => ({ ...reading, at: Date.parse(reading.day) }))
    .sort((a, b) => a.at - b.at);
  const days = points.map(({ at }) => at);
  const [first = 0, last = first] = [days[0], days.at(-1)];
  const top = Math.max(1, ...points.map(({ km }) => km));
  const ticks = niceTicks(0, top, 4);
  const x = linear([first - DAY_MS, last + DAY_MS], [LEFT, WIDTH - RIGHT]);
  const y = linear([0, ticks.at(-1) ?? top], [HEIGHT - BOTTOM, TOP]);
  const doubtful = points.filter(({ isDoubtful }) => isDoubtful);
  const path = points
    .filter(({ isDoubtful }) => !isDoubtful)
    .filter(isSeenApart(x))
    .map(({ at, km }, index) => `${index === 0 ? 'M' : 'L'}${px(x(at))} ${px(y(km))}`)
    .join('');
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" class="curve">
      <title>{texts.title}</title>
      <desc>{texts.describe(points.length, doubtful.length)}</desc>
      {ticks.map((tick) => (
        <g class="curve-grid">
          <path d={`M${LEFT} ${px(y(tick))}H${WIDTH - RIGHT}`} />
          <text x={LEFT - 8} y={px(y(tick) + 4)} text-anchor="end">
            {format(tick)}
          </text>
        </g>
      ))}
      {yearsOf(first, last).map(({ label, at }) => (
        <text class="curve-year" x={px(x(at))} y={HEIGHT - 10} text-anchor="middle">
          {label}
        </text>
      ))}
      <text class="curve-unit" x={LEFT - 8} y={HEIGHT - 10} text-anchor="end">
        {texts.km}
      </text>
      <path class="curve-line" d={path} />
      {seenApart(points, x).map((point) => (
        <Point point={point} x={x(point.at)} y={y(point.km)} texts={texts} format={format} />
      ))}
    </svg>
  );
}

type Placed = Reading & { readonly at: number };

/** A dot is so wide that others within so many pixels cannot be told from it. */
const APART = 2;

/** Passes the first of the points, in the order of time, that would lie on each other. */
function isSeenApart(x: (at: number) => number): (point: Placed) => boolean {
  let last = -Infinity;
  return ({ at }) => {
    if (x(at) - last < APART) return false;
    last = x(at);
    return true;
  };
}

/** The points that can be told apart, and each that cannot be right. */
function seenApart(points: readonly Placed[], x: (at: number) => number): Placed[] {
  const isApart = isSeenApart(x);
  return points.filter((point) => point.isDoubtful || isApart(point));
}

function Point({
  point: { day, km, source, quality, isDoubtful },
  x,
  y,
  texts,
  format,
}: {
  readonly point: Reading;
  readonly x: number;
  readonly y: number;
  readonly texts: CurveTexts;
  readonly format: (value: number) => string;
}) {
  const words = `${day}: ${format(km)} ${texts.km}, ${source}${quality === null ? '' : `, ${texts.quality} ${quality}`}`;
  if (isDoubtful) {
    const cross = `M${px(x - 5)} ${px(y - 5)}l10 10m0 -10l-10 10`;
    return (
      <path class="curve-doubt" d={cross}>
        <title>{words}</title>
      </path>
    );
  }
  return (
    <circle
      class="curve-dot"
      cx={px(x)}
      cy={px(y)}
      r="3.5"
      fill-opacity={((quality ?? 500) / 1000).toFixed(2)}
    >
      <title>{words}</title>
    </circle>
  );
}

/** The years in between, each at its first day; every second, third … where there are many. */
function yearsOf(first: number, last: number): { readonly label: string; readonly at: number }[] {
  const begin = new Date(first).getUTCFullYear();
  const end = new Date(last).getUTCFullYear();
  if (begin === end) {
    return [{ label: String(begin), at: (first + last) / 2 }];
  }
  const step = Math.ceil((end - begin) / YEARS_MAX);
  const years: { label: string; at: number }[] = [];
  for (let year = begin + 1; year <= end; year += step) {
    years.push({ label: String(year), at: Date.UTC(year, 0, 1) });
  }
  return years;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
