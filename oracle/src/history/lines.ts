import { createHash } from 'node:crypto';

import { clearFields, isClear, UNKNOWN } from './clear-fields.ts';
import type { Fields, Line, Sealed } from './history.ts';
import type {
  EntryValue,
  ErasureValue,
  EventValue,
  GrantValue,
  OwnerValue,
  PublicationValue,
  RegistrationValue,
} from './ledger-state.ts';

/** Where a line is on the ledger. */
export type Address = { readonly block: number; readonly tx: number; readonly index: number };

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
    detail: without({ registeredBy, generated, ...shownFields(value.sealed) }),
  };
}

/** The line of a change of the owner; who it is stays on the ledger. */
export function ownerLine(vid: string, value: OwnerValue, timeMs: number, address: Address): Line {
  const { ownerEpoch, since, keyId, handOver } = value;
  const owner = keyId === null ? null : ownerName(keyId);
  return {
    ...address,
    ...noEvent,
    vid,
    kind: 'ownership-transferred',
    at: since.slice(0, 10),
    recordedAtMs: timeMs,
    detail: without({ ownerEpoch, owner, handOver }),
  };
}

/** The line of keys that were published together. */
export function keysLine({ vid, keys }: PublicationValue, timeMs: number, address: Address): Line {
  const published = keys.map(({ vid: _, ownerEpoch: __, ...key }) => key);
  const ownerEpoch = keys[0]?.ownerEpoch ?? 0;
  return consentLine('keys-published', vid, timeMs, address, { ownerEpoch, keys: published });
}

/** The line of a grant. */
export function grantLine({ vid, ...grant }: GrantValue, timeMs: number, address: Address): Line {
  let kind = grant.wraps.length > 1 ? 'keys-added' : 'granted';
  if (grant.revokedAt !== null) kind = 'grant-revoked';
  const detail = { ...grant, owner: ownerName(grant.owner) };
  return consentLine(kind, vid, timeMs, address, detail);
}

/** The line of an erasure. */
export function erasureLine(value: ErasureValue, timeMs: number, address: Address): Line {
  const { vid, ownerEpoch } = value;
  return consentLine('erased', vid, timeMs, address, { ownerEpoch });
}

function consentLine(
  kind: string,
  vid: string,
  timeMs: number,
  address: Address,
  detail: Line['detail'],
): Line {
  const at = new Date(timeMs).toISOString().slice(0, 10);
  return { ...address, ...noEvent, vid, kind, at, recordedAtMs: timeMs, detail };
}

/** How an owner is called: 80 bits of a hash in base32 (RFC 4648, lower case). */
function ownerName(keyId: string): string {
  const digest = createHash('sha256').update(`passport/owner/1|${keyId}`).digest();
  const bits = [...digest.subarray(0, 10)].map((byte) => byte.toString(2).padStart(8, '0'));
  const letters = bits.join('').match(/.{5}/g) ?? [];
  return letters
    .map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(five, 2)])
    .join('');
}

/** The lines of an entry, the first one at an address. */
export function entryLines(
  entry: EntryValue,
  first: Address,
  sourceKind: string | undefined,
): Line[] {
  return entry.events.map((event, index) => eventLine(entry, event, index, first, sourceKind));
}

const noEvent = { odometerKm: null, quality: null, event: null };

function eventLine(
  { vid, source, entry, recordedAt }: EntryValue,
  event: EventValue,
  index: number,
  first: Address,
  sourceKind: string | undefined,
): Line {
  const { id, kind, at, method, quality, flags, state, generated, formerOdometerKm, voids } = event;
  const { index: quality1000, source: bySource, method: byMethod } = quality;
  const { plausibility, timeliness } = quality;
  const { fields, sealed } = shownFields(event.sealed);
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
      sealed,
    }),
    event: {
      id,
      place: { source, entry, index },
      sourceKind: sourceKind ?? UNKNOWN,
      sealed: event.sealed ?? {},
      flags,
      isGenerated: generated === true,
      state,
      formerOdometerKm,
      voids,
    },
  };
}

/** What is shown of fields: clear ones as they are, and by scope the sealed ones. */
function shownFields(of: Sealed = {}): {
  readonly fields: Fields;
  readonly sealed: Sealed | undefined;
} {
  const closed = Object.entries(of).filter(([, field]) => !isClear(field));
  const clear = Object.values(of).filter(isClear).map(clearFields);
  return {
    fields: Object.assign({}, ...clear) as Fields,
    sealed: closed.length === 0 ? undefined : Object.fromEntries(closed),
  };
}

/** Leaves out what is undefined, as JSON does. */
function without(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined));
}
