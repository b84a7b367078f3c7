import type { PlotOfBars } from './plot.ts';
import { linear, niceTicks } from './scale.ts';
import { px } from './svg.ts';

const WIDTH = 480;
const HEIGHT = 240;
const LEFT = 76;
const RIGHT = 16;
const TOP = 14;
const BOTTOM = 34;

/** A value for each day as a line with its dots; each label is a day, `2026-11-28`. */
export function DayChart({ bars, title, describe, format }: PlotOfBars) {
  const points = bars
    .map(({ label, value }) => ({ label, value, at: Date.parse(label) }))
    .sort((a, b) => a.at - b.at);
  const values = points.map(({ value }) => value);
  const ticks = niceTicks(Math.min(0, ...values), Math.max(0, ...values), 4);
  const [first, last] = [points[0], points.at(-1)];
  const x = linear([first?.at ?? 0, last?.at ?? 0], [LEFT + 8, WIDTH - RIGHT - 8]);
  const y = linear([ticks[0] ?? 0, ticks.at(-1) ?? 1], [HEIGHT - BOTTOM, TOP]);
  const path = points
    .map(({ at, value }, place) => `${place === 0 ? 'M' : 'L'}${px(x(at))} ${px(y(value))}`)
    .join('');
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" class="plot">
      <title>{title}</title>
      <desc>{describe}</desc>
      {ticks.map((tick) => (
        <g class="plot-grid">
          <path d={`M${LEFT} ${px(y(tick))}H${WIDTH - RIGHT}`} />
          <text x={LEFT - 8} y={px(y(tick) + 4)} text-anchor="end">
            {format(tick)}
          </text>
        </g>
      ))}
      <path class="plot-line" d={path} />
      {points.map(({ at, label, value }) => (
        <circle class="plot-dot" cx={px(x(at))} cy={px(y(value))} r="3">
          <title>{`${label}: ${format(value)}`}</title>
        </circle>
      ))}
      <text x={LEFT} y={HEIGHT - 10}>
        {first?.label ?? ''}
      </text>
      <text x={WIDTH - RIGHT} y={HEIGHT - 10} text-anchor="end">
        {last?.label ?? ''}
      </text>
    </svg>
  );
}
