import type { EventPlace, LogBookEntry, RecordedEvent } from '../events/event.ts';
import type { Fields, SignalName } from '../signals/signals.ts';
import { millisecondsOf } from '../time/instant.ts';
import { contribute, contributeActivity, type Sink } from './contributions.ts';
import type { FoldMemory } from './fold-memory.ts';
import { type Contributing, traitsOf, UNKNOWN } from './ledger-event.ts';
import { chainOrder, type EventAddress, type LogRow } from './log-row.ts';
import { readingOf, relink } from './odometer-chain.ts';

/** What an entry is folded with. */
export type FoldContext = {
  readonly memory: FoldMemory;
  /** Where its first event is. */
  readonly address: EventAddress;
  /** The ledger's time at its block, milliseconds since 1970. */
  readonly ledgerTimeMs: number;
  /** Opens the fields that the market may read. */
  readonly open: (event: RecordedEvent) => Fields;
  readonly sink: Sink;
};

/**
 * Turns an entry of a log book into its lines and its facts. A voiding takes back all facts of what it
 * voids, at its own block; a reading that comes late splits the step that went past it. Throws
 * Error when the entry refers to something that the ledger has not had before: the chaincode has
 * checked that.
 */
export function foldEntry(entry: LogBookEntry, context: FoldContext): LogRow[] {
  const { memory, address } = context;
  const { vid, source } = entry;
  const recordedAtMs = millisecondsOf(entry.recordedAt);
  const shared = {
    vid,
    source,
    sourceKind: memory.sourceKind(source) ?? UNKNOWN,
    traits: memory.traits(vid) ?? noTraits,
  };
  return entry.events.map((recorded, index) => {
    const fields = context.open(recorded);
    const event: Contributing = {
      ...shared,
      ...keptOf(recorded),
      fields,
      qualityIndex: recorded.quality.index,
    };
    const at = { ...address, index: address.index + index };
    const place = { source, entry: entry.entry, index };
    contributeActivity(event, context.ledgerTimeMs, context.sink);
    if (recorded.voids === undefined) come(event, place, chainOrder(event.at, at), context);
    else retract(event, recorded.voids, context);
    return {
      ...at,
      vid,
      kind: event.kind,
      at: event.at,
      recordedAtMs,
      place,
      odometerKm: event.odometerKm ?? null,
      quality: event.qualityIndex,
      detail: detailOf(recorded, fields),
    };
  });
}

const noTraits = traitsOf({});

/** What facts need of an event; an absent one stays absent. */
function keptOf({ kind, at, flags, odometerKm, formerOdometerKm, generated }: RecordedEvent) {
  return {
    kind,
    at,
    flags,
    ...(odometerKm === undefined ? {} : { odometerKm }),
    ...(formerOdometerKm === undefined ? {} : { formerOdometerKm }),
    ...(generated === undefined ? {} : { generated }),
  };
}

function come(
  event: Contributing,
  place: EventPlace,
  order: string,
  { memory, sink }: FoldContext,
): void {
  const { vid, source: _, traits: __, ...kept } = event;
  memory.putEvent(vid, place, { ...kept, order });
  contribute(event, 1, sink);
  const reading = readingOf(event, sink);
  if (reading === undefined) return;
  const before = memory.readingBefore(vid, order);
  relink(before, reading, memory.readingAfter(vid, order), 1, sink.emit);
  memory.putReading(vid, order, reading);
}

function retract(
  { vid, traits }: Contributing,
  { source, entry, index }: EventPlace,
  { memory, sink }: FoldContext,
): void {
  const kept = memory.event(vid, { source, entry, index });
  if (kept === undefined) throw new Error(`${vid} voids ${source} ${entry} ${index}, never seen`);
  const { order, ...rest } = kept;
  const event: Contributing = { ...rest, vid, source, traits };
  contribute(event, -1, sink);
  const reading = readingOf(event, sink);
  if (reading === undefined) return;
  memory.removeReading(vid, order);
  const before = memory.readingBefore(vid, order);
  relink(before, reading, memory.readingAfter(vid, order), -1, sink.emit);
}

/** Canonical JSON, as canonicalJson writes it: names are sorted here already. */
function detailOf(event: RecordedEvent, fields: Fields): string {
  const { id, method, flags, state, generated, formerOdometerKm, voids } = event;
  const { method: byMethod, plausibility, source, timeliness } = event.quality;
  const names = Object.keys(fields) as SignalName[];
  return JSON.stringify({
    fields:
      names.length === 0
        ? undefined
        : Object.fromEntries(names.sort().map((name) => [name, fields[name]])),
    flags,
    formerOdometerKm,
    generated,
    id,
    method,
    scores: { method: byMethod, plausibility, source, timeliness },
    state,
    voids: voids && {
      entry: voids.entry,
      index: voids.index,
      reason: voids.reason,
      source: voids.source,
    },
  });
}
