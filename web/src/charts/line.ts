import { escapeText, type PictureWords, px, svgOf } from './svg.ts';

/** A point of a line: in order, with what it says. */
export type LinePoint = { readonly value: number; readonly says: string };

const [WIDTH, HEIGHT] = [640, 160];
const EDGE = 6;

/** Where points lie: evenly from left to right, values from `floor` to `ceiling` upwards. All finite; on one value, the middle. */
export function linePlaces(
  values: readonly number[],
  floor: number,
  ceiling: number,
): { readonly x: number; readonly y: number }[] {
  const span = ceiling - floor;
  return values.map((value, place) => {
    const share = span > 0 ? (Math.min(ceiling, Math.max(floor, value)) - floor) / span : 0.5;
    const along = values.length < 2 ? 0.5 : place / (values.length - 1);
    return {
      x: EDGE + along * (WIDTH - 2 * EDGE),
      y: HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE),
    };
  });
}

/** A line through points, on a scale from `floor` to `ceiling` with lines at each quarter. */
export function lineChart(
  points: readonly LinePoint[],
  scale: { readonly floor: number; readonly ceiling: number },
  words: PictureWords,
): string {
  const places = linePlaces(
    points.map(({ value }) => value),
    scale.floor,
    scale.ceiling,
  );
  const rules = [0, 1, 2, 3, 4].map((quarter) => {
    const y = px(EDGE + (quarter / 4) * (HEIGHT - 2 * EDGE));
    return `<line class="rule" x1="0" x2="${WIDTH}" y1="${y}" y2="${y}"/>`;
  });
  const path = places.map(({ x, y }, place) => `${place === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`);
  const dots = places.map(
    ({ x, y }, place) =>
      `<circle class="dot" cx="${px(x)}" cy="${px(y)}" r="3"><title>${escapeText(points[place]?.says ?? '')}</title></circle>`,
  );
  return svgOf(
    words,
    { width: WIDTH, height: HEIGHT, className: 'chart line' },
    [...rules, `<path class="curve" d="${path.join('')}"/>`, ...dots].join(''),
  );
}
