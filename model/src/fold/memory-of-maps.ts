import type { SourceKind } from '../contracts/members.ts';
import type { EventPlace } from '../events/event.ts';
import type { FoldMemory, KeptEvent } from './fold-memory.ts';
import type { VehicleTraits } from './ledger-event.ts';
import type { ChainReading } from './odometer-chain.ts';

/** A memory that lasts as long as the process: for tests, and for what is folded once. */
export function memoryOfMaps(): FoldMemory {
  const kinds = new Map<string, SourceKind>();
  const traits = new Map<string, VehicleTraits>();
  const events = new Map<string, KeptEvent>();
  const chains = new Map<string, Map<string, ChainReading>>();
  const nearest = (vid: string, isNearer: (order: string, best: string | undefined) => boolean) => {
    let best: string | undefined;
    const chain = chains.get(vid) ?? new Map<string, ChainReading>();
    for (const order of chain.keys()) if (isNearer(order, best)) best = order;
    return best === undefined ? undefined : chain.get(best);
  };
  const nameOf = (vid: string, { source, entry, index }: EventPlace): string =>
    `${vid} ${source} ${entry} ${index}`;
  return {
    sourceKind: (source) => kinds.get(source),
    putSourceKind: (source, kind) => void kinds.set(source, kind),
    traits: (vid) => traits.get(vid),
    putTraits: (vid, value) => void traits.set(vid, value),
    event: (vid, place) => events.get(nameOf(vid, place)),
    putEvent: (vid, place, event) => void events.set(nameOf(vid, place), event),
    readingBefore: (vid, at) =>
      nearest(vid, (order, best) => order < at && (best === undefined || order > best)),
    readingAfter: (vid, at) =>
      nearest(vid, (order, best) => order > at && (best === undefined || order < best)),
    putReading: (vid, order, reading) => {
      const chain = chains.get(vid);
      if (chain === undefined) chains.set(vid, new Map([[order, reading]]));
      else chain.set(order, reading);
    },
    removeReading: (vid, order) => void chains.get(vid)?.delete(order),
  };
}
