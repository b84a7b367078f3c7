import { isGranted, scopes } from '../sealed/scopes.ts';
import { clearFields, isClear, papersOf } from './clear-fields.ts';
import {
  type Acts,
  type EventLine,
  type Fields,
  type GrantWritten,
  type History,
  isEvent,
  type Moment,
  type ReadLine,
  type Sealed,
} from './history.ts';
import type { GrantValue } from './ledger-state.ts';

/** What was read last, by history: many questions are asked as of one block. */
const read = new WeakMap<History, { readonly block: number; readonly lines: ReadLine[] }>();

/** All events up to a block, with what the market may read of them as of that block. */
export function eventsAt(history: History, atBlock: number): readonly ReadLine[] {
  const known = read.get(history);
  if (known?.block === atBlock) return known.lines;
  const readers = new Map<string, VehicleReader>();
  const lines = history.lines
    .filter(isEvent)
    .filter(({ block }) => block <= atBlock)
    .map((line) => {
      const { vid } = line;
      const reader = readers.get(vid) ?? new VehicleReader(history, vid, atBlock);
      readers.set(vid, reader);
      return reader.read(line);
    });
  read.set(history, { block: atBlock, lines });
  return lines;
}

/** The owner epoch that something was recorded in, 0 before the first. */
export function ownerEpochAt(acts: Acts | undefined, moment: Moment): number {
  const owners = acts?.owners ?? [];
  return Math.max(0, ...owners.filter((owner) => !isAfter(owner, moment)).map(epochOf));
}

/** Owner epochs that were erased up to a block. */
export function erasedAt(acts: Acts | undefined, atBlock: number): ReadonlySet<number> {
  return new Set((acts?.erasures ?? []).filter(({ block }) => block <= atBlock).map(epochOf));
}

/** Reads one vehicle's events as of a block. */
class VehicleReader {
  readonly #history: History;
  readonly #vid: string;
  readonly #acts: Acts | undefined;
  readonly #grants: readonly GrantAt[];
  readonly #erased: ReadonlySet<number>;
  readonly #papers;

  constructor(history: History, vid: string, atBlock: number) {
    this.#history = history;
    this.#vid = vid;
    const acts = history.acts.get(vid);
    this.#acts = acts;
    this.#erased = erasedAt(acts, atBlock);
    this.#grants = grantsAt(history, acts, atBlock).filter(
      ({ grant }) => !this.#erased.has(grant.ownerEpoch),
    );
    const registration = acts?.registrations.findLast(({ block }) => block <= atBlock);
    const fields =
      registration === undefined
        ? {}
        : this.#fieldsOf(registration.papers, registration, 'registration', registration.by);
    this.#papers = papersOf(fields);
  }

  read(line: EventLine): ReadLine {
    const { event } = line;
    const epoch = ownerEpochAt(this.#acts, line);
    return {
      ...line,
      event: {
        ...event,
        papers: this.#papers,
        fields: this.#fieldsOf(event.sealed, line, event.id, event.place.source),
        isErased: line.kind === 'trip' && this.#erased.has(epoch),
      },
    };
  }

  #fieldsOf(sealed: Sealed, moment: Moment, event: string, contributor: string): Fields {
    const { blocks, market } = this.#history;
    const ledger = `fabric:${blocks[0]?.hash.slice(0, 32)}`;
    let fields: Fields = {};
    for (const [scope, field] of Object.entries(sealed)) {
      if (isClear(field)) fields = { ...fields, ...clearFields(field) };
      else if (scopes.includes(scope)) {
        const context = { ledger, vid: this.#vid, scope, event, contributor };
        for (const at of this.#grants) {
          if (!opens(at, scope, moment, blocks[moment.block]?.ledgerTimeMs ?? 0)) continue;
          fields = { ...fields, ...market?.open(field, context, at.grant) };
        }
      }
    }
    return fields;
  }
}

/** A grant as of a block. */
type GrantAt = {
  /** As it was written last. */
  readonly grant: GrantValue;
  readonly from: Moment;
  /** Whether it opens what was recorded before it. */
  readonly opensPast: boolean;
  readonly until: Moment | undefined;
};

/** Grants to the market, as of a block; those are left out that are retracted. */
function grantsAt({ market, blocks }: History, acts: Acts | undefined, atBlock: number): GrantAt[] {
  const written = (acts?.grants ?? []).filter(
    ({ block, grant }) =>
      block <= atBlock && grant.purpose === 'market' && grant.grantee.mspId === market?.mspId,
  );
  const ids = new Set(written.map(({ grant }) => grant.grantId));
  return [...ids].flatMap((id): GrantAt[] => {
    const versions = written.filter(({ grant }) => grant.grantId === id);
    const [first] = versions;
    const grant = versions.at(-1)?.grant;
    if (market === undefined || first === undefined || grant === undefined || grant.retracts) {
      return [];
    }
    const timeMs = blocks[first.block]?.ledgerTimeMs ?? 0;
    const ends = [
      ...versions.filter((version) => version.grant.revokedAt !== null),
      ...(acts?.owners ?? []).filter(
        (owner) =>
          owner.block <= atBlock && owner.ownerEpoch > grant.ownerEpoch && isAfter(owner, first),
      ),
    ].sort((a, b) => a.block - b.block || a.tx - b.tx);
    return [
      {
        grant: { ...grant, wraps: ownWraps(grant, written) },
        from: first,
        opensPast: grant.includesPast && isTime(grant, timeMs),
        until: ends[0],
      },
    ];
  });
}

/**
 * Without wraps to a reader key that a grant of an earlier owner epoch had named: it belongs to that owner, is
 * destroyed when they erase what they left, and opens nothing for another one.
 */
function ownWraps(
  { wraps, ownerEpoch }: GrantValue,
  written: readonly GrantWritten[],
): GrantValue['wraps'] {
  const earlier = written.filter(({ grant }) => grant.ownerEpoch < ownerEpoch);
  const taken = earlier.flatMap(({ grant }) => grant.wraps.map(({ readerKey }) => readerKey));
  return wraps.filter(({ readerKey }) => !taken.includes(readerKey));
}

function opens(
  { grant, from, until, opensPast }: GrantAt,
  scope: string,
  moment: Moment,
  timeMs: number,
): boolean {
  if (!isGranted(scope, grant)) return false;
  if (isAfter(from, moment)) return opensPast;
  return (until === undefined || isAfter(until, moment)) && isTime(grant, timeMs);
}

function isTime({ notBefore, expiresAt }: GrantValue, timeMs: number): boolean {
  return Date.parse(notBefore) <= timeMs && timeMs < Date.parse(expiresAt);
}

/** Whether a transaction comes behind another one. */
function isAfter(a: Moment, b: Moment): boolean {
  return a.block > b.block || (a.block === b.block && a.tx > b.tx);
}

function epochOf({ ownerEpoch }: { readonly ownerEpoch: number }): number {
  return ownerEpoch;
}
