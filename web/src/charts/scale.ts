/** Maps a range of values to a range of pixels, linearly. A range of one value maps to the middle. */
export function linear(
  [from, to]: readonly [number, number],
  [left, right]: readonly [number, number],
): (value: number) => number {
  if (from === to) return () => (left + right) / 2;
  return (value) => left + ((value - from) / (to - from)) * (right - left);
}

/**
 * Round numbers that divide a range, about `count` of them: steps of 1, 2 or 5 times a power of ten, the first at or
 * below `from`, the last at or above `to`. Source: Heckbert, "Nice numbers for graph labels", Graphics Gems (1990).
 */
export function niceTicks(from: number, to: number, count: number): number[] {
  const span = to > from ? to - from : 1;
  const rough = span / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
  const first = Math.floor(from / step) * step;
  const ticks: number[] = [];
  for (let tick = first; ticks.length === 0 || (ticks.at(-1) ?? 0) < to; tick += step) {
    ticks.push(Math.round(tick / step) * step);
  }
  return ticks;
}
