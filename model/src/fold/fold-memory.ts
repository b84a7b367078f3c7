import type { SourceKind } from '../contracts/members.ts';
import type { EventPlace } from '../events/event.ts';
import type { EventId, SourceId } from '../identifiers/names.ts';
import type { Vid } from '../identifiers/vid.ts';
import type { FieldPart } from './field-parts.ts';
import type { Contributing, VehicleTraits } from './ledger-event.ts';
import type { ChainReading } from './odometer-chain.ts';
import type { VehicleConsent } from './vehicle-consent.ts';

/** An event as the fold keeps it, in case it is voided, or may be read, or not any more. */
export type KeptEvent = Omit<Contributing, 'vid' | 'source' | 'traits'> & {
  /** Where its reading is in the chain. */
  readonly order: string;
  /** The ledger's time at its block, milliseconds since 1970. */
  readonly ledgerTimeMs: number;
  readonly isVoid?: true;
  /** Where any of its fields is sealed: `fields` are those of the parts that are open. */
  readonly sealing?: KeptSealing;
};

/** What it takes to open fields later. */
export type KeptSealing = { readonly id: EventId; readonly parts: readonly FieldPart[] };

/**
 * What the fold remembers of the blocks before. Readings of a vehicle are in the order of a text:
 * day, block, transaction, index.
 */
export type FoldMemory = {
  sourceKind(source: SourceId): SourceKind | undefined;
  putSourceKind(source: SourceId, kind: SourceKind): void;
  traits(vid: Vid): VehicleTraits | undefined;
  putTraits(vid: Vid, traits: VehicleTraits): void;
  event(vid: Vid, place: EventPlace): KeptEvent | undefined;
  /** Keeps a new one; what it has besides may be kept or not. */
  putEvent(vid: Vid, place: EventPlace, event: KeptEvent): void;
  /** Keeps it as it is now. */
  changeEvent(vid: Vid, place: EventPlace, event: KeptEvent): void;
  /** All of a vehicle, by source, entry and index. */
  events(vid: Vid): Iterable<readonly [place: EventPlace, event: KeptEvent]>;
  consent(vid: Vid): VehicleConsent | undefined;
  putConsent(vid: Vid, consent: VehicleConsent): void;
  readingBefore(vid: Vid, order: string): ChainReading | undefined;
  readingAfter(vid: Vid, order: string): ChainReading | undefined;
  putReading(vid: Vid, order: string, reading: ChainReading): void;
  removeReading(vid: Vid, order: string): void;
};

/** The order of the events of a vehicle: by source, as texts of UTF-16 code units, entry and index. */
export function comparePlaces(a: EventPlace, b: EventPlace): number {
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return a.entry - b.entry || a.index - b.index;
}
