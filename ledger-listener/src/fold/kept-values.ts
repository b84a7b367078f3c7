import {
  type ChainReading,
  type FieldPart,
  type Fields,
  fieldsOf,
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

/** An event as the store has it: short, for there are as many as the ledger has. */
export type StoredEvent = readonly [
  kind: KeptEvent['kind'],
  at: KeptEvent['at'],
  sourceKind: KeptEvent['sourceKind'],
  order: string,
  qualityIndex: number,
  flags: readonly KeptEvent['flags'][number][] | 0,
  odometerKm: number | null,
  formerOdometerKm: number | null,
  marks: number,
  ledgerTimeMs: number,
  /** Id and parts where any is sealed, and then no fields behind it. */
  sealing: readonly [id: string, parts: readonly StoredPart[]] | 0,
  ...fields: StoredFields,
];

/** Numbers of signals and values, one after the other. */
type StoredFields = (number | string)[];

/** A part: clear fields, or the number of the scope, what is sealed, and what of it is open. */
type StoredPart =
  | readonly [fields: StoredFields]
  | readonly [scope: number, sealed: string, fields: StoredFields | 0];

/** Bits of marks. */
const GENERATED = 1;
const VOID = 2;
const ERASED = 4;

/** A reading as the store has it. */
export type StoredReading = readonly [
  km: number,
  arrivedKm: number,
  cell: string,
  source: ChainReading['source'],
  qualityIndex: number,
  ...flags: ChainReading['flags'],
];

/** Version of what is stored. */
const FORMAT = 4;

/** Format, signals and scopes: what is stored can be read as long as it stays the same. */
export const signalTable: string = [FORMAT, ...signalNames, ...keyScopes].join();

/** Writes an event short. */
export function storedEvent(event: KeptEvent): StoredEvent {
  const { sealing } = event;
  const marks =
    (event.generated === true ? GENERATED : 0) +
    (event.isVoid === true ? VOID : 0) +
    (event.isErased === true ? ERASED : 0);
  return [
    event.kind,
    event.at,
    event.sourceKind,
    event.order,
    event.qualityIndex,
    event.flags.length === 0 ? 0 : event.flags,
    event.odometerKm ?? null,
    event.formerOdometerKm ?? null,
    marks,
    event.ledgerTimeMs,
    sealing === undefined ? 0 : [sealing.id, sealing.parts.map(storedPart)],
    ...(sealing === undefined ? storedFields(event.fields) : []),
  ];
}

/** Reads it again. */
export function keptEvent(stored: StoredEvent): KeptEvent {
  const [kind, at, sourceKind, order, qualityIndex, flags, km, formerKm, marks, ledgerTimeMs] =
    stored;
  const sealing = stored[10];
  const parts = sealing === 0 ? undefined : sealing[1].map(keptPart);
  return {
    kind,
    at,
    sourceKind,
    order,
    qualityIndex,
    ledgerTimeMs,
    flags: flags === 0 ? [] : flags,
    fields: parts === undefined ? keptFields(stored.slice(11) as StoredFields) : fieldsOf(parts),
    ...(km === null ? {} : { odometerKm: km }),
    ...(formerKm === null ? {} : { formerOdometerKm: formerKm }),
    ...((marks & GENERATED) === 0 ? {} : { generated: true }),
    ...((marks & VOID) === 0 ? {} : { isVoid: true }),
    ...((marks & ERASED) === 0 ? {} : { isErased: true }),
    ...(sealing === 0 || parts === undefined
      ? {}
      : { sealing: { id: sealing[0] as KeptSealing['id'], parts } }),
  };
}

function storedPart(part: FieldPart): StoredPart {
  if (!isSealedPart(part)) return [storedFields(part.fields)];
  const { scope, sealed, fields } = part;
  return [keyScopes.indexOf(scope), sealed, fields === undefined ? 0 : storedFields(fields)];
}

function keptPart(stored: StoredPart): FieldPart {
  if (stored.length === 1) return { fields: keptFields(stored[0]) };
  const [number, text, fields] = stored;
  const scope = keyScopes[number];
  if (scope === undefined) throw new Error(`no scope ${number}`);
  const sealed = text as SealedField;
  return fields === 0 ? { scope, sealed } : { scope, sealed, fields: keptFields(fields) };
}

function storedFields(fields: Fields): StoredFields {
  const stored: StoredFields = [];
  for (const name of Object.keys(fields) as SignalName[]) {
    stored.push(signalNumbers.get(name) ?? -1, fields[name] ?? 0);
  }
  return stored;
}

function keptFields(stored: StoredFields): Fields {
  const fields: Record<string, number | string> = {};
  for (let index = 0; index < stored.length; index += 2) {
    fields[signalNames[Number(stored[index])] ?? ''] = stored[index + 1] ?? 0;
  }
  return fields;
}

/** Writes a reading short. */
export function storedReading(reading: ChainReading): StoredReading {
  const { km, arrivedKm, cell, source, qualityIndex, flags } = reading;
  return [km, arrivedKm, cell, source, qualityIndex, ...flags];
}

/** Reads it again. */
export function chainReading(stored: StoredReading): ChainReading {
  const [km, arrivedKm, cell, source, qualityIndex, ...flags] = stored;
  return { km, arrivedKm, cell, source, qualityIndex, flags };
}
