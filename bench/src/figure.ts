/** One measured figure and what is asked of it. */
export type Figure = {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, measured in the same run. */
  readonly baseline?: number;
  /** Value over baseline. */
  readonly ratio?: number;
  /** Such as `<= 30`; a figure without a target is for information. */
  readonly target?: Target;
};

/** A bound on a figure's value. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** A figure as it is written to the JSON file: one object a line. */
export type FigureLine = Omit<Figure, 'target'> & { readonly target: string; readonly ok: boolean };

/** Says whether a figure meets its target; one without a target always does. */
export function meetsTarget(figure: Figure): boolean {
  const { target, value } = figure;
  if (target === undefined) return true;
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

/** The target in words, such as `<= 30`; `-` where there is none. */
export function targetText(target: Target | undefined): string {
  if (target === undefined) return '-';
  return 'atMost' in target ? `<= ${target.atMost}` : `>= ${target.atLeast}`;
}

/** The figure as a line of the JSON file. */
export function toLine(figure: Figure): FigureLine {
  return { ...figure, target: targetText(figure.target), ok: meetsTarget(figure) };
}

/** The middle of some measurements; the lower middle of an even number. Throws on none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The smallest value with at least this share of the measurements at or below it. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new Error('no measurements');
  return value;
}
