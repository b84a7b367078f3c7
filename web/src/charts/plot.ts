/** One value, and what it is called. */
export type Bar = { readonly label: string; readonly value: number };

/** What a plot of values is drawn from. */
export type PlotOfBars = {
  readonly bars: readonly Bar[];
  /** What it shows, with the unit. */
  readonly title: string;
  readonly describe: string;
  readonly format: (value: number) => string;
};
