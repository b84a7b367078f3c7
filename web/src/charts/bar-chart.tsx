import type { PlotOfBars } from './plot.ts';
import { linear, niceTicks } from './scale.ts';
import { px } from './svg.ts';

const WIDTH = 480;
/** A line for the label, and the bar below it: on a phone there is no room beside it. */
const ROW = 44;
const BAR = 18;
const LEFT = 8;
const RIGHT = 96;
const TOP = 4;
const BOTTOM = 26;
/** Letters that fit above a bar. */
const LABEL_MAX = 52;

/**
 * Horizontal bars, each below its label, with its value in words. Values below nothing go to the left of the line at 0.
 */
export function BarChart({ bars, title, describe, format }: PlotOfBars) {
  const values = bars.map(({ value }) => value);
  const ticks = niceTicks(Math.min(0, ...values), Math.max(0, ...values), 4);
  const x = linear([ticks[0] ?? 0, ticks.at(-1) ?? 1], [LEFT, WIDTH - RIGHT]);
  const height = TOP + bars.length * ROW + BOTTOM;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" class="plot">
      <title>{title}</title>
      <desc>{describe}</desc>
      {ticks.map((tick) => (
        <g class="plot-grid">
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
          <g class="plot-bar">
            <title>{`${label}: ${format(value)}`}</title>
            <text x={LEFT} y={y + 16}>
              {shortened(label)}
            </text>
            <rect x={px(from)} y={y + 22} width={px(to - from)} height={BAR} rx="3" />
            <text x={px(to + 6)} y={y + 36} class="plot-value">
              {format(value)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

function shortened(label: string): string {
  const letters = Array.from(label);
  return letters.length <= LABEL_MAX ? label : `${letters.slice(0, LABEL_MAX - 1).join('')}…`;
}
