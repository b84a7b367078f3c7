/** What a batch needs. */
export type Crowds = {
  readonly vehicles: number;
  readonly owners: number;
  /** The largest part that one vehicle may have of the events, in thousandths. */
  readonly permille: number;
};

/** What every batch of a ledger needs; docs/views.md has it in words. */
export const CROWDS: Crowds = { vehicles: 10, owners: 5, permille: 500 };

/** Stands in a dimension that a batch's events were not told apart by. */
export const ANY = '*';

type Step = { readonly drop: string; readonly waitEpochs: number };

const shared: readonly Step[] = [
  { drop: 'sourceKind', waitEpochs: 0 },
  { drop: 'energy', waitEpochs: 0 },
  { drop: 'region', waitEpochs: 0 },
  { drop: 'model', waitEpochs: 2 },
  { drop: 'day', waitEpochs: 1 },
  { drop: 'brand', waitEpochs: 1 },
];

/** By view: what is dropped, one after the other, and how long events wait before it is. */
export const steps: Readonly<Record<string, readonly Step[]>> = {
  events: shared,
  usage: shared,
  mileage: shared,
  interventions: [...shared, { drop: 'job', waitEpochs: 1 }],
  incidents: [...shared, { drop: 'severity', waitEpochs: 1 }],
};

/** Sums that no batch has. */
export const withheld: Readonly<Record<string, readonly string[]>> = { mileage: ['qualityPoints'] };
