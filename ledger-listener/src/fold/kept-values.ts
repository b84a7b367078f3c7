import {
  type ChainReading,
  isSignalName,
  type KeptEvent,
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
  generated: boolean,
  ...fields: (number | string)[],
];

/** A reading as the store has it. */
export type StoredReading = readonly [km: number, arrivedKm: number, cell: string];

/** Names and order of the signals: stored events can be read as long as it stays the same. */
export const signalTable: string = signalNames.join();

/** Writes an event short. */
export function storedEvent(event: KeptEvent): StoredEvent {
  const fields: (number | string)[] = [];
  for (const name of Object.keys(event.fields) as SignalName[]) {
    fields.push(signalNumbers.get(name) ?? -1, event.fields[name] ?? 0);
  }
  return [
    event.kind,
    event.at,
    event.sourceKind,
    event.order,
    event.qualityIndex,
    event.flags.length === 0 ? 0 : event.flags,
    event.odometerKm ?? null,
    event.formerOdometerKm ?? null,
    event.generated === true,
    ...fields,
  ];
}

/** Reads it again. */
export function keptEvent(stored: StoredEvent): KeptEvent {
  const [kind, at, sourceKind, order, qualityIndex, flags, km, formerKm, generated, ...rest] =
    stored;
  const fields: Record<string, number | string> = {};
  for (let index = 0; index < rest.length; index += 2) {
    fields[signalNames[Number(rest[index])] ?? ''] = rest[index + 1] ?? 0;
  }
  return {
    kind,
    at,
    sourceKind,
    order,
    qualityIndex,
    flags: flags === 0 ? [] : flags,
    fields,
    ...(km === null ? {} : { odometerKm: km }),
    ...(formerKm === null ? {} : { formerOdometerKm: formerKm }),
    ...(generated ? { generated } : {}),
  };
}

/** Writes a reading short. */
export function storedReading({ km, arrivedKm, cell }: ChainReading): StoredReading {
  return [km, arrivedKm, cell];
}

/** Reads it again. */
export function chainReading([km, arrivedKm, cell]: StoredReading): ChainReading {
  return { km, arrivedKm, cell };
}
