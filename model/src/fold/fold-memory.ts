import type { SourceKind } from '../contracts/members.ts';
import type { EventPlace } from '../events/event.ts';
import type { SourceId } from '../identifiers/names.ts';
import type { Vid } from '../identifiers/vid.ts';
import type { Contributing, VehicleTraits } from './ledger-event.ts';
import type { ChainReading } from './odometer-chain.ts';

/** An event as the fold keeps it, in case it is voided. */
export type KeptEvent = Omit<Contributing, 'vid' | 'source' | 'traits'> & {
  /** Where its reading is in the chain. */
  readonly order: string;
};

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
  putEvent(vid: Vid, place: EventPlace, event: KeptEvent): void;
  readingBefore(vid: Vid, order: string): ChainReading | undefined;
  readingAfter(vid: Vid, order: string): ChainReading | undefined;
  putReading(vid: Vid, order: string, reading: ChainReading): void;
  removeReading(vid: Vid, order: string): void;
};
