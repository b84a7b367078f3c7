/** What a metric of an answer is made of. */
export type Metric = {
  readonly unit: string;
  /** For people. */
  readonly means: string;
} & (
  | { readonly sum: string }
  | { readonly distinct: 'vehicle' | 'contributor' }
  /** The two sums' quotient, null where the second is 0. */
  | { readonly ratio: readonly [numerator: string, denominator: string] }
  | { readonly histogram: string; readonly permille: number }
);

/** A dimension of a view. */
export type Dimension = {
  readonly name: string;
  readonly means: string;
  /** Whether it is a day, so that it can be asked for from and to. */
  readonly isDay?: true;
};

/** What a view counts, and by what. */
export type View = {
  readonly name: string;
  readonly means: string;
  readonly dimensions: readonly Dimension[];
  readonly metrics: Readonly<Record<string, Metric>>;
};

/** The version of all definitions: it changes when an answer would. */
export const VIEW_DEFINITIONS = 3;

/** The dimensions that views of vehicles share. */
export const vehicleDimensions: readonly Dimension[] = [
  { name: 'day', means: 'day on which it happened, UTC', isDay: true },
  { name: 'brand', means: "the vehicle's brand by its papers" },
  { name: 'model', means: "the vehicle's model by its papers" },
  { name: 'energy', means: 'fuel, or type of powertrain, by its papers' },
  { name: 'region', means: 'region of registration by its papers, ISO 3166' },
  { name: 'sourceKind', means: 'what kind of source has recorded it' },
];

/** Metrics that each view has. */
export const commonMetrics = {
  vehicles: { distinct: 'vehicle', unit: 'vehicles', means: 'different vehicles' },
  contributors: { distinct: 'contributor', unit: 'sources', means: 'different sources' },
} as const satisfies Readonly<Record<string, Metric>>;

/** A metric that is a sum of the same name. */
export function sumOf(measure: string, unit: string, means: string): Metric {
  return { sum: measure, unit, means };
}
