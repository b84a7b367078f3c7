import { linear, niceTicks } from './scale.ts';

/** One bar. */
export type Bar = { readonly label: string; readonly value: number };

const WIDTH = 720;
const ROW = 30;
const LEFT = 168;
const RIGHT = 84;
const TOP = 8;
const BOTTOM = 28;
/** Letters that fit beside a bar. */
const LABEL_MAX = 24;

/**
 * Horizontal bars, longest labels cut, each with its value in words. Values below nothing go to the left of the line at 0.
 */
export function BarChart({
  bars,
  title,
  describe,
  format,
}: {
  readonly bars: readonly Bar[];
  /** What it shows, with the unit. */
  readonly title: string;
  readonly describe: string;
  readonly format: (value: number) => string;
}) {
  const values = bars.map(({ value }) => value);
  const ticks = niceTicks(Math.min(0, ...values), Math.max(0, ...values), 4);
  const x = linear([ticks[0] ?? 0, ticks.at(-1) ?? 1], [LEFT, WIDTH - RIGHT]);
  const height = TOP + bars.length * ROW + BOTTOM;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" class="chart">
      <title>{title}</title>
      <desc>{describe}</desc>
      {ticks.map((tick) => (
        <g class="chart-grid">
          <path d={`M${px(x(tick))} ${TOP}V${height - BOTTOM}`} />
          <text x={px(x(tick))} y={height - 8} text-anchor="middle">
            {format(tick)}
          </text>
        </g>
      ))}
      {bars.map(({ label, value }, at) => {
        const y = TOP + at * ROW;
        const from = Math.min(x(0), x(value));
        const to = Math.max(x(0), x(value));
        return (
          <g class="chart-bar">
            <title>{`${label}: ${format(value)}`}</title>
            <text x={LEFT - 8} y={y + 20} text-anchor="end">
              {shortened(label)}
            </text>
            <rect x={px(from)} y={y + 5} width={px(to - from)} height={ROW - 10} rx="3" />
            <text x={px(to + 6)} y={y + 20} class="chart-value">
              {format(value)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

function shortened(label: string): string {
  const letters = [...label];
  return letters.length <= LABEL_MAX ? label : `${letters.slice(0, LABEL_MAX - 1).join('')}…`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
