import type { RecordedEvent } from '../events/event.ts';
import type { SourceKind } from '../contracts/members.ts';
import type { SourceId } from '../identifiers/names.ts';
import type { Vid } from '../identifiers/vid.ts';
import type { Fields, SignalName } from '../signals/signals.ts';

/** What the papers of a vehicle say, as the dimensions of views have it. */
export type VehicleTraits = {
  readonly brand: string;
  readonly model: string;
  readonly energy: string;
  readonly region: string;
};

/** Stands in a dimension where nobody said, where it cannot be read, or may not. */
export const UNKNOWN = 'unknown' as const;

// oxlint-disable-next-line no-control-regex -- control characters are what it refuses.
const readable = /^[^\u0000-\u001f\u007f]{1,64}$/u;

/** A text as the value of a dimension. */
export function dimensionText(value: number | string | undefined): string {
  if (typeof value !== 'string') return UNKNOWN;
  const text = value.trim();
  return readable.test(text) ? text : UNKNOWN;
}

/** The signals that traits are made of. */
export const paperSignals: readonly SignalName[] = [
  'Vehicle.VehicleIdentification.Brand',
  'Vehicle.VehicleIdentification.Model',
  'Vehicle.Powertrain.FuelSystem.SupportedFuelTypes',
  'Vehicle.Powertrain.Type',
  'Passport.Region',
];

/** The traits that papers tell. */
export function traitsOf(papers: Fields): VehicleTraits {
  const fuel = dimensionText(papers['Vehicle.Powertrain.FuelSystem.SupportedFuelTypes']);
  return {
    brand: dimensionText(papers['Vehicle.VehicleIdentification.Brand']),
    model: dimensionText(papers['Vehicle.VehicleIdentification.Model']),
    energy: fuel === UNKNOWN ? dimensionText(papers['Vehicle.Powertrain.Type']) : fuel,
    region: dimensionText(papers['Passport.Region']),
  };
}

/** All of an event that facts are made of. */
export type Contributing = Pick<
  RecordedEvent,
  'kind' | 'at' | 'odometerKm' | 'formerOdometerKm' | 'flags' | 'generated'
> & {
  readonly vid: Vid;
  readonly source: SourceId;
  readonly sourceKind: SourceKind | typeof UNKNOWN;
  /** Vehicles with the same papers may share one object. */
  readonly traits: VehicleTraits;
  /** The fields that the market may read. */
  readonly fields: Fields;
  readonly qualityIndex: number;
  /** Of a trip: whether the owner of that time had it erased. */
  readonly isErased?: true;
};

/** The traits of a vehicle that nobody says anything of. */
export const noTraits: VehicleTraits = traitsOf({});
