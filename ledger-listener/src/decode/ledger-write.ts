import {
  type Erasure,
  type Grant,
  isEventKind,
  type LogBookEntry,
  type OwnerChange,
  type Registration,
  type SealingKey,
  type Source,
  type SourceKind,
  textOfUtf8,
  type Vid,
} from '@passport/model';

import { countEvents } from './count-events.ts';
import type { Write } from './transaction-writes.ts';

/** What the contracts wrote, as far as log books and views are made of it. */
export type LedgerWrite =
  | { readonly type: 'source'; readonly source: Source['source']; readonly kind: SourceKind }
  | { readonly type: 'registration'; readonly registration: Registration }
  | {
      readonly type: 'ownership';
      readonly vid: Registration['vid'];
      readonly change: OwnerChange;
    }
  | {
      readonly type: 'publication';
      readonly vid: Registration['vid'];
      readonly keys: readonly SealingKey[];
    }
  | { readonly type: 'grant'; readonly grant: Grant }
  | { readonly type: 'erasure'; readonly erasure: Erasure }
  | {
      readonly type: 'entry';
      readonly vid: LogBookEntry['vid'];
      /** Reads it when it is its turn: a transaction may have hundreds. Throws as {@link readWrite}. */
      readonly readEntry: () => LogBookEntry;
      /** How many events it has, without reading them. */
      readonly countEvents: () => number;
    };

/** What is about one vehicle. */
export type VehicleWrite = Exclude<LedgerWrite, { type: 'source' }>;

/** The vehicle that a write is about. */
export function vidOf(write: VehicleWrite): Vid {
  switch (write.type) {
    case 'registration':
      return write.registration.vid;
    case 'grant':
      return write.grant.vid;
    case 'erasure':
      return write.erasure.vid;
    case 'entry':
    case 'ownership':
    case 'publication':
      return write.vid;
  }
}

/** A value that this listener does not know: it was written by a newer chaincode. */
export class UnknownFormat extends Error {}

/**
 * Reads what a transaction wrote; undefined for what no view needs. The chaincode has checked what it
 * writes, so this looks no further than whether it is of a format that is known: names are there,
 * versions and kinds are known. Throws {@link UnknownFormat}, and SyntaxError for what is no JSON.
 */
export function readWrite({ type, names, value }: Write): LedgerWrite | undefined {
  switch (type) {
    case 'log': {
      const [vid = ''] = names;
      return {
        type: 'entry',
        vid: vid as LogBookEntry['vid'],
        readEntry: () => readEntry(value),
        countEvents: () => countEvents(value),
      };
    }
    case 'vehicle': {
      const registration = parse(value) as Registration;
      require(typeof registration.vid === 'string', 'a registration without a vid');
      require(typeof registration.day === 'string', 'a registration without a day');
      return { type: 'registration', registration };
    }
    case 'ownership': {
      const change = parse(value) as OwnerChange;
      require(Number.isSafeInteger(change.ownerEpoch), 'an owner without an epoch');
      require(typeof change.since === 'string', 'an owner of no time');
      require(change.keyId === null || typeof change.keyId === 'string', 'an owner without a key');
      const [vid = ''] = names;
      return { type: 'ownership', vid: vid as Registration['vid'], change };
    }
    case 'sealing-keys': {
      const { vid, keys } = parse(value) as Extract<LedgerWrite, { type: 'publication' }>;
      require(typeof vid === 'string' && Array.isArray(keys), 'a publication without keys');
      return { type: 'publication', vid, keys };
    }
    case 'grant':
      return { type: 'grant', grant: readGrant(parse(value)) };
    case 'erasure': {
      const erasure = parse(value) as Erasure;
      require(Number.isSafeInteger(erasure.ownerEpoch), 'an erasure without an epoch');
      require(typeof erasure.vid === 'string', 'an erasure without a vid');
      require(!Number.isNaN(Date.parse(erasure.erasedAt)), 'an erasure of no time');
      return { type: 'erasure', erasure };
    }
    case 'source': {
      const { source, kind } = parse(value) as Source;
      require(typeof source === 'string' && typeof kind === 'string', 'a source without a kind');
      return { type: 'source', source, kind };
    }
    default:
      return undefined;
  }
}

function readEntry(value: Uint8Array): LogBookEntry {
  const entry = parse(value) as LogBookEntry;
  require(entry.v === 1, `an entry of version ${String(entry.v)}`);
  require(Array.isArray(entry.events) && entry.events.length > 0, 'an entry without events');
  for (const { kind } of entry.events) {
    require(isEventKind(kind), `an event of kind ${kind}`);
  }
  return entry;
}

function readGrant(value: object): Grant {
  const grant = value as Grant;
  require(typeof grant.grantId === 'string' &&
    typeof grant.vid === 'string', 'a grant without an id');
  require(Number.isSafeInteger(grant.ownerEpoch), 'a grant without an owner epoch');
  require(typeof grant.grantee === 'object', 'a grant to nobody');
  for (const list of [grant.classes, grant.fields, grant.wraps]) {
    require(Array.isArray(list), 'a grant without classes, fields or wraps');
  }
  for (const time of [grant.notBefore, grant.expiresAt]) {
    require(!Number.isNaN(Date.parse(time)), 'a grant without its times');
  }
  require(grant.revokedAt === null ||
    typeof grant.revokedAt === 'string', 'a grant that may be over');
  return grant;
}

function parse(value: Uint8Array): object {
  const read: unknown = JSON.parse(textOfUtf8(value));
  require(typeof read === 'object' && read !== null, 'a value that is no object');
  return read as object;
}

function require(isKnown: boolean, what: string): void {
  if (!isKnown) throw new UnknownFormat(`${what} is not known`);
}
