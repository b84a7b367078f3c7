import { clearFields, papersOf, UNKNOWN } from './clear-fields.ts';
import type { Line, Papers } from './history.ts';
import type { EntryValue, EventValue, OwnerValue, RegistrationValue } from './ledger-state.ts';

/** Where a line is on the ledger. */
export type Address = { readonly block: number; readonly tx: number; readonly index: number };

/** What is known when an entry is read. */
export type Known = {
  readonly sourceKind: string | undefined;
  readonly papers: Papers | undefined;
};

/** The line of a registration. */
export function registrationLine(value: RegistrationValue, address: Address): Line {
  const { vid, day, registeredBy, registeredAt, generated } = value;
  return {
    ...address,
    ...noEvent,
    vid,
    kind: 'registered',
    at: day,
    recordedAtMs: Date.parse(registeredAt),
    detail: without({ registeredBy, generated, fields: clearFields(value.sealed) }),
  };
}

/** The line of a change of the owner; who it is stays on the ledger. */
export function ownerLine(vid: string, value: OwnerValue, timeMs: number, address: Address): Line {
  const { ownerEpoch, since } = value;
  return {
    ...address,
    ...noEvent,
    vid,
    kind: 'ownership-transferred',
    at: since.slice(0, 10),
    recordedAtMs: timeMs,
    detail: { ownerEpoch },
  };
}

/** The lines of an entry, the first one at an address. */
export function entryLines(entry: EntryValue, first: Address, known: Known): Line[] {
  return entry.events.map((event, index) => eventLine(entry, event, index, first, known));
}

const noEvent = { odometerKm: null, quality: null, event: null };

function eventLine(
  { vid, source, entry, recordedAt }: EntryValue,
  event: EventValue,
  index: number,
  first: Address,
  { sourceKind, papers }: Known,
): Line {
  const { id, kind, at, method, quality, flags, state, generated, formerOdometerKm, voids } = event;
  const { index: quality1000, source: bySource, method: byMethod } = quality;
  const { plausibility, timeliness } = quality;
  const fields = clearFields(event.sealed);
  return {
    ...first,
    index: first.index + index,
    vid,
    kind,
    at,
    recordedAtMs: Date.parse(recordedAt),
    odometerKm: event.odometerKm ?? null,
    quality: quality1000,
    detail: without({
      ...{ id, method, flags, state, generated, formerOdometerKm, voids },
      scores: { source: bySource, method: byMethod, plausibility, timeliness },
      fields: Object.keys(fields).length === 0 ? undefined : fields,
    }),
    event: {
      place: { source, entry, index },
      sourceKind: sourceKind ?? UNKNOWN,
      papers: papers ?? papersOf({}),
      fields,
      flags,
      isGenerated: generated === true,
      state,
      formerOdometerKm,
      voids,
    },
  };
}

/** Leaves out what is undefined, as JSON does. */
function without(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined));
}
