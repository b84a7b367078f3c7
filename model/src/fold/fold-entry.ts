import type { EventPlace, LogBookEntry, RecordedEvent } from '../events/event.ts';
import type { Fields } from '../signals/signals.ts';
import { millisecondsOf } from '../time/instant.ts';
import { contribute, contributeActivity } from './contributions.ts';
import { detailOf, shownFields } from './event-detail.ts';
import { fieldsOf, partsOf } from './field-parts.ts';
import type { FoldContext } from './fold-context.ts';
import type { KeptEvent, KeptSealing } from './fold-memory.ts';
import { type Contributing, noTraits, UNKNOWN } from './ledger-event.ts';
import { chainOrder, type LogRow } from './log-row.ts';
import { readParts } from './market-reader.ts';
import { readingOf, relink } from './odometer-chain.ts';
import { noConsent } from './vehicle-consent.ts';

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
  const shared: OfEntry = {
    vid,
    source,
    sourceKind: memory.sourceKind(source) ?? UNKNOWN,
    traits: memory.traits(vid) ?? noTraits,
    ledgerTimeMs: context.ledgerTimeMs,
  };
  return entry.events.map((recorded, index) => {
    const shown = shownFields(recorded.sealed);
    const sealing = shown.sealed && readSealed(recorded, entry, context);
    const at = { ...address, index: address.index + index };
    // What is kept of it has the same parts and more, so that each is written once.
    const fields = sealing === undefined ? shown.fields : fieldsOf(sealing.parts);
    const event = comingOf(recorded, shared, fields, chainOrder(recorded.at, at));
    if (sealing !== undefined) event.sealing = sealing;
    const place = { source, entry: entry.entry, index };
    contributeActivity(event, context.ledgerTimeMs, context.sink);
    if (recorded.voids === undefined) come(event, place, context);
    else retract(event, recorded.voids, context);
    return {
      block: at.block,
      tx: at.tx,
      index: at.index,
      vid,
      kind: event.kind,
      at: event.at,
      recordedAtMs,
      place,
      odometerKm: event.odometerKm ?? null,
      quality: event.qualityIndex,
      detail: detailOf(recorded, shown),
    };
  });
}

/** What is sealed and facts may need, as far as the market may read it; undefined where there is none. */
function readSealed(
  { id, kind, sealed }: RecordedEvent,
  { vid, source }: LogBookEntry,
  { memory, address, ledgerTimeMs, reader }: FoldContext,
): KeptSealing | undefined {
  const parts = sealed && partsOf(sealed, kind);
  if (parts === undefined) return undefined;
  const of = { vid, event: id, contributor: source, at: { ...address, ledgerTimeMs } };
  return { id, parts: readParts(parts, of, memory.consent(vid) ?? noConsent, reader) };
}

/** An event with what is kept of it. */
type Coming = Contributing & KeptEvent;
/** What the events of an entry have in common. */
type OfEntry = Pick<Coming, 'vid' | 'source' | 'sourceKind' | 'traits' | 'ledgerTimeMs'>;
type Making<T> = { -readonly [Member in keyof T]: T[Member] };

/** What facts need of an event; an absent one stays absent. Made member by member: there are as many as events. */
function comingOf(
  { kind, at, flags, quality, odometerKm, formerOdometerKm, generated }: RecordedEvent,
  { vid, source, sourceKind, traits, ledgerTimeMs }: OfEntry,
  fields: Fields,
  order: string,
): Making<Coming> {
  const event: Making<Coming> = {
    vid,
    source,
    sourceKind,
    traits,
    ledgerTimeMs,
    fields,
    order,
    kind,
    at,
    flags,
    qualityIndex: quality.index,
  };
  if (odometerKm !== undefined) event.odometerKm = odometerKm;
  if (formerOdometerKm !== undefined) event.formerOdometerKm = formerOdometerKm;
  if (generated !== undefined) event.generated = generated;
  return event;
}

function come(event: Coming, place: EventPlace, { memory, sink }: FoldContext): void {
  const { vid, order } = event;
  memory.putEvent(vid, place, event);
  contribute(event, 1, sink);
  const reading = readingOf(event, sink);
  if (reading === undefined) return;
  const before = memory.readingBefore(vid, order);
  relink({ vid, before, reading, after: memory.readingAfter(vid, order) }, 1, sink);
  memory.putReading(vid, order, reading);
}

function retract(
  { vid, traits }: Contributing,
  { source, entry, index }: EventPlace,
  { memory, sink }: FoldContext,
): void {
  const kept = memory.event(vid, { source, entry, index });
  if (kept === undefined) throw new Error(`${vid} voids ${source} ${entry} ${index}, never seen`);
  const { order } = kept;
  memory.changeEvent(vid, { source, entry, index }, { ...kept, isVoid: true });
  const event: Contributing = { ...kept, vid, source, traits };
  contribute(event, -1, sink);
  const reading = readingOf(event, sink);
  if (reading === undefined) return;
  memory.removeReading(vid, order);
  const before = memory.readingBefore(vid, order);
  relink({ vid, before, reading, after: memory.readingAfter(vid, order) }, -1, sink);
}
