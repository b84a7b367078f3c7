import type { SourceKind } from '../contracts/members.ts';
import type { EventPlace } from '../events/event.ts';
import { comparePlaces, type FoldMemory, type KeptEvent } from './fold-memory.ts';
import type { VehicleTraits } from './ledger-event.ts';
import type { ChainReading } from './odometer-chain.ts';
import type { VehicleConsent } from './vehicle-consent.ts';

/** A memory that lasts as long as the process: for tests, and for what is folded once. */
export function memoryOfMaps(): FoldMemory {
  const kinds = new Map<string, SourceKind>();
  const traits = new Map<string, VehicleTraits>();
  const consents = new Map<string, VehicleConsent>();
  const events = new Map<string, Map<string, readonly [EventPlace, KeptEvent]>>();
  const chains = new Map<string, Map<string, ChainReading>>();
  const nearest = (vid: string, isNearer: (order: string, best: string | undefined) => boolean) => {
    let best: string | undefined;
    const chain = chains.get(vid) ?? new Map<string, ChainReading>();
    for (const order of chain.keys()) if (isNearer(order, best)) best = order;
    return best === undefined ? undefined : chain.get(best);
  };
  const eventsOf = (vid: string): Map<string, readonly [EventPlace, KeptEvent]> => {
    const found = events.get(vid) ?? new Map<string, readonly [EventPlace, KeptEvent]>();
    events.set(vid, found);
    return found;
  };
  const putEvent = (vid: string, place: EventPlace, event: KeptEvent): void => {
    const { source, entry, index } = place;
    eventsOf(vid).set(placeName(place), [{ source, entry, index }, event]);
  };
  return {
    sourceKind: (source) => kinds.get(source),
    putSourceKind: (source, kind) => void kinds.set(source, kind),
    traits: (vid) => traits.get(vid),
    putTraits: (vid, value) => void traits.set(vid, value),
    event: (vid, place) => eventsOf(vid).get(placeName(place))?.[1],
    putEvent,
    changeEvent: putEvent,
    events: (vid) => [...eventsOf(vid).values()].sort(([a], [b]) => comparePlaces(a, b)),
    consent: (vid) => consents.get(vid),
    putConsent: (vid, consent) => void consents.set(vid, consent),
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

function placeName({ source, entry, index }: EventPlace): string {
  return `${source} ${entry} ${index}`;
}
