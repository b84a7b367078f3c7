import type { EventPlace } from '../events/event.ts';
import { isPersonal } from '../events/field-classes.ts';
import { sumNames } from '../facts/sum-names.ts';
import { type Fields, type SignalName, signals } from '../signals/signals.ts';
import type { Vid } from '../identifiers/vid.ts';
import { activityCells } from './cell-names.ts';
import { contribute, distanceOf } from './contributions.ts';
import { type FieldPart, fieldsOf, isSealedPart } from './field-parts.ts';
import type { FoldContext } from './fold-context.ts';
import type { KeptEvent } from './fold-memory.ts';
import { type Contributing, noTraits, traitsOf, type VehicleTraits } from './ledger-event.ts';
import { addressOf } from './log-row.ts';
import { readParts } from './market-reader.ts';
import { readingOf, relink } from './odometer-chain.ts';
import { noConsent, ownerEpochAt, type VehicleConsent } from './vehicle-consent.ts';

/**
 * Brings the facts of one vehicle to what its consent says now, after that has changed: what is open
 * that was closed, closed that was open, erased, or called otherwise by its papers. Emits the
 * difference, and remembers it.
 */
export function reassess(vid: Vid, context: FoldContext): void {
  const { memory } = context;
  const consent = memory.consent(vid) ?? noConsent;
  const traits = { before: memory.traits(vid) ?? noTraits, after: noTraits };
  traits.after = rereadPapers(vid, consent, traits.before, context);
  for (const [place, before] of memory.events(vid)) {
    const after = rereadEvent(vid, place, before, consent, context);
    if (after === before && traits.after === traits.before) continue;
    const { source } = place;
    change(
      { kept: before, event: { ...before, vid, source, traits: traits.before } },
      { kept: after, event: { ...after, vid, source, traits: traits.after } },
      context,
    );
    if (after !== before) memory.changeEvent(vid, place, after);
  }
}

/** The traits that the papers tell now; the same object where nothing has changed. */
function rereadPapers(
  vid: Vid,
  consent: VehicleConsent,
  before: VehicleTraits,
  { memory, reader }: FoldContext,
): VehicleTraits {
  const { papers, registeredBy = '' } = consent;
  if (papers === undefined) return before;
  const of = { vid, event: 'registration', contributor: registeredBy, at: papers };
  const parts = readParts(papers.parts, of, consent, reader);
  if (!differ(papers.parts, parts)) return before;
  memory.putConsent(vid, { ...consent, papers: { ...papers, parts } });
  const traits = traitsOf(fieldsOf(parts));
  memory.putTraits(vid, traits);
  return traits;
}

/** The event as it is to be kept now; the same object where nothing has changed. */
function rereadEvent(
  vid: Vid,
  { source }: EventPlace,
  kept: KeptEvent,
  consent: VehicleConsent,
  { reader }: FoldContext,
): KeptEvent {
  const { sealing, isErased, ledgerTimeMs } = kept;
  if (isErased === true) return kept;
  const at = { ...addressOf(kept.order), ledgerTimeMs };
  const isOfErased = consent.erased.includes(ownerEpochAt(consent, at));
  if (isOfErased && kept.kind === 'trip') {
    const { sealing: _, ...rest } = kept;
    return { ...rest, fields: {}, isErased: true };
  }
  const isImpersonal = !isOfErased || Object.keys(kept.fields).every(isOfTheCar);
  if (sealing === undefined) {
    return isImpersonal ? kept : { ...kept, fields: impersonal(kept.fields) };
  }
  const of = { vid, event: sealing.id, contributor: source, at };
  const before = isImpersonal ? sealing.parts : withoutPerson(sealing.parts);
  const parts = readParts(before, of, consent, reader);
  if (isImpersonal && !differ(before, parts)) return kept;
  return { ...kept, sealing: { ...sealing, parts }, fields: fieldsOf(parts) };
}

/** Clear fields of an erased time, without those that tell how somebody lived: no fact needs them. */
function withoutPerson(parts: readonly FieldPart[]): readonly FieldPart[] {
  return parts.map((part) => (isSealedPart(part) ? part : { fields: impersonal(part.fields) }));
}

function impersonal(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => isOfTheCar(name)));
}

function isOfTheCar(name: string): boolean {
  return !isPersonal(signals[name as SignalName].class);
}

/** Whether a scope is open in one of them and closed in the other: what it holds never changes. */
function differ(before: readonly FieldPart[], after: readonly FieldPart[]): boolean {
  return before.some(
    ({ fields }, place) => (fields === undefined) !== (after[place]?.fields === undefined),
  );
}

type Standing = { readonly kept: KeptEvent; readonly event: Contributing };

function change(before: Standing, after: Standing, context: FoldContext): void {
  const { sink } = context;
  const { kind, sourceKind, ledgerTimeMs, isVoid } = before.kept;
  const distance = (distanceOf(after.event) ?? 0) - (distanceOf(before.event) ?? 0);
  if (distance !== 0) {
    for (const cell of activityCells(kind, sourceKind, ledgerTimeMs)) {
      sink.emit(cell, sumNames.distanceM, distance);
    }
  }
  if (isVoid === true) return;
  contribute(before.event, -1, sink);
  contribute(after.event, 1, sink);
  if (before.event.traits !== after.event.traits) moveReading(before.event, after, context);
}

/** A reading counts in another cell, with the step to it. */
function moveReading(event: Contributing, after: Standing, { memory, sink }: FoldContext): void {
  const [from, to] = [readingOf(event, sink), readingOf(after.event, sink)];
  if (from === undefined || to === undefined) return;
  const { vid } = event;
  const { order } = after.kept;
  const around = {
    vid,
    before: memory.readingBefore(vid, order),
    after: memory.readingAfter(vid, order),
  };
  relink({ ...around, reading: from }, -1, sink);
  relink({ ...around, reading: to }, 1, sink);
  memory.putReading(vid, order, to);
}
