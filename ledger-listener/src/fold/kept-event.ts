import {
  type ByteReader,
  type ByteWriter,
  type FieldPart,
  type Fields,
  fieldsOf,
  type Flag,
  isSealedPart,
  isSignalName,
  type KeptEvent,
  type KeptSealing,
  keyScopes,
  type SealedField,
  signals,
  type SignalName,
} from '@passport/model';

/** Signals by number: a name takes more room than what it names. Numbers are of one run of the store. */
const signalNames = Object.keys(signals).filter(isSignalName).sort();
const signalNumbers = new Map<string, number>(signalNames.map((name, number) => [name, number]));

/** Version of what is stored, and of its keys. */
const FORMAT = 6;

/** Format, signals and scopes: what is stored can be read as long as it stays the same. */
export const signalTable: string = [FORMAT, ...signalNames, ...keyScopes].join();

/** What is in an event, by bits. */
const AS_BEFORE = 1;
const ODOMETER = 2;
const GENERATED = 4;
const SEALED = 8;
const FORMER_ODOMETER = 16;
const VOID = 32;
const ERASED = 64;

/**
 * Writes an event of an entry short, for there are as many as the ledger has: what it has in common with the
 * one `before` it in the entry is not said again.
 */
export function writeEvent(event: KeptEvent, before: KeptEvent | undefined, to: ByteWriter): void {
  const { odometerKm, formerOdometerKm, sealing } = event;
  const isAsBefore = before !== undefined && hasAllOf(event, before);
  to.whole(
    (isAsBefore ? AS_BEFORE : 0) +
      (odometerKm === undefined ? 0 : ODOMETER) +
      (event.generated === true ? GENERATED : 0) +
      (sealing === undefined ? 0 : SEALED) +
      (formerOdometerKm === undefined ? 0 : FORMER_ODOMETER) +
      (event.isVoid === true ? VOID : 0) +
      (event.isErased === true ? ERASED : 0),
  );
  if (!isAsBefore) writeCommon(event, to);
  writeOrder(event.order, before?.order ?? '', to);
  to.whole(event.qualityIndex);
  if (odometerKm !== undefined) to.whole(odometerKm);
  if (formerOdometerKm !== undefined) to.whole(formerOdometerKm);
  if (sealing === undefined) writeFields(event.fields, to);
  else writeSealing(sealing, to);
}

/** Reads it again. */
export function readEvent(before: KeptEvent | undefined, from: ByteReader): KeptEvent {
  const bits = from.whole();
  const isAsBefore = (bits & AS_BEFORE) !== 0;
  const common = isAsBefore && before !== undefined ? before : readCommon(from);
  const { kind, at, sourceKind, ledgerTimeMs, flags } = common;
  const order = readOrder(before?.order ?? '', from);
  const qualityIndex = from.whole();
  const odometer = (bits & ODOMETER) === 0 ? {} : { odometerKm: from.whole() };
  const former = (bits & FORMER_ODOMETER) === 0 ? {} : { formerOdometerKm: from.whole() };
  const sealing = (bits & SEALED) === 0 ? undefined : readSealing(from);
  return {
    ...{ kind, at, sourceKind, order, qualityIndex, ledgerTimeMs, flags },
    fields: sealing === undefined ? readFields(from) : fieldsOf(sealing.parts),
    ...odometer,
    ...former,
    ...((bits & GENERATED) === 0 ? {} : { generated: true }),
    ...((bits & VOID) === 0 ? {} : { isVoid: true }),
    ...((bits & ERASED) === 0 ? {} : { isErased: true }),
    ...(sealing === undefined ? {} : { sealing }),
  };
}

/** What the events of an entry mostly have in common. */
type Common = Pick<KeptEvent, 'kind' | 'at' | 'sourceKind' | 'ledgerTimeMs' | 'flags'>;

function hasAllOf(event: Common, before: Common): boolean {
  return (
    event.kind === before.kind &&
    event.at === before.at &&
    event.sourceKind === before.sourceKind &&
    event.ledgerTimeMs === before.ledgerTimeMs &&
    event.flags.length === before.flags.length &&
    event.flags.every((flag, place) => flag === before.flags[place])
  );
}

function writeCommon({ kind, at, sourceKind, ledgerTimeMs, flags }: Common, to: ByteWriter): void {
  to.text(kind);
  to.text(at);
  to.text(sourceKind);
  to.whole(ledgerTimeMs);
  writeFlags(flags, to);
}

/** What was written was checked before it came to the ledger. */
function readCommon(from: ByteReader): Common {
  const [kind, at, sourceKind] = [from.text(), from.text(), from.text()];
  return {
    ...({ kind, at, sourceKind } as Pick<Common, 'kind' | 'at' | 'sourceKind'>),
    ledgerTimeMs: from.whole(),
    flags: readFlags(from),
  };
}

/** Writes flags: how many, and their names. */
export function writeFlags(flags: readonly Flag[], to: ByteWriter): void {
  to.whole(flags.length);
  for (const flag of flags) to.text(flag);
}

/** Reads them again. */
export function readFlags(from: ByteReader): readonly Flag[] {
  return Array.from({ length: from.whole() }, () => from.text() as Flag);
}

/** Digits of the last number in a place: mostly a place differs from the one before in nothing else. */
const INDEX_DIGITS = 6;

/** Writes a place in the chain of readings as what differs from the place before it. */
export function writeOrder(order: string, before: string, to: ByteWriter): void {
  const head = before.slice(0, -INDEX_DIGITS);
  const shared = order.startsWith(head) ? head.length : 0;
  to.whole(shared);
  to.text(shared === 0 ? order : order.slice(shared));
}

/** Reads it again. */
export function readOrder(before: string, from: ByteReader): string {
  return before.slice(0, from.whole()) + from.text();
}

function writeSealing({ id, parts }: KeptSealing, to: ByteWriter): void {
  to.text(id);
  to.whole(parts.length);
  for (const part of parts) writePart(part, to);
}

function readSealing(from: ByteReader): KeptSealing {
  const id = from.text() as KeptSealing['id'];
  return { id, parts: Array.from({ length: from.whole() }, () => readPart(from)) };
}

/** What a part is: clear fields, or the number of a scope from these on, closed or open. */
const CLEAR = 0;
const CLOSED_FROM = 1;
const OPEN_FROM = CLOSED_FROM + keyScopes.length;

function writePart(part: FieldPart, to: ByteWriter): void {
  if (!isSealedPart(part)) {
    to.whole(CLEAR);
    writeFields(part.fields, to);
    return;
  }
  const { scope, sealed, fields } = part;
  to.whole((fields === undefined ? CLOSED_FROM : OPEN_FROM) + keyScopes.indexOf(scope));
  to.text(sealed);
  if (fields !== undefined) writeFields(fields, to);
}

function readPart(from: ByteReader): FieldPart {
  const what = from.whole();
  if (what === CLEAR) return { fields: readFields(from) };
  const isOpen = what >= OPEN_FROM;
  const scope = keyScopes[what - (isOpen ? OPEN_FROM : CLOSED_FROM)];
  if (scope === undefined) throw new Error(`no part ${what}`);
  const sealed = from.text() as SealedField;
  return isOpen ? { scope, sealed, fields: readFields(from) } : { scope, sealed };
}

/** Numbers of signals, each doubled, and one more where a text follows. */
function writeFields(fields: Fields, to: ByteWriter): void {
  const names = Object.keys(fields) as SignalName[];
  to.whole(names.length);
  for (const name of names) {
    const number = signalNumbers.get(name);
    const value = fields[name];
    if (number === undefined || value === undefined) throw new Error(`no signal ${name}`);
    to.whole(2 * number + (typeof value === 'string' ? 1 : 0));
    if (typeof value === 'string') to.text(value);
    else to.whole(value);
  }
}

function readFields(from: ByteReader): Fields {
  const fields: Record<string, number | string> = {};
  for (let rest = from.whole(); rest > 0; rest -= 1) {
    const number = from.whole();
    const name = signalNames[number >> 1];
    if (name === undefined) throw new Error(`no signal ${number >> 1}`);
    fields[name] = (number & 1) === 1 ? from.text() : from.whole();
  }
  return fields;
}
