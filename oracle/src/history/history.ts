import type { Context } from '../sealed/envelope.ts';
import type { GrantValue } from './ledger-state.ts';

/** Where an event is in a log book: which entry of a source, and where in it. */
export type Place = { readonly source: string; readonly entry: number; readonly index: number };

/** What the papers of a vehicle say. */
export type Papers = {
  readonly brand: string;
  readonly model: string;
  readonly energy: string;
  readonly region: string;
};

/** Fields that can be read, by the name of their signal. */
export type Fields = Readonly<Record<string, number | string>>;

/** One line of a log book. */
export type Line = {
  readonly block: number;
  readonly tx: number;
  readonly index: number;
  readonly vid: string;
  readonly kind: string;
  /** The day, YYYY-MM-DD. */
  readonly at: string;
  /** Milliseconds since 1970. */
  readonly recordedAtMs: number;
  readonly odometerKm: number | null;
  readonly quality: number | null;
  /** All else that an answer shows of it. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** What only events of sources have; null of registrations and of changes of the owner. */
  readonly event: SourceEvent | null;
};

/** Fields by scope as the ledger has them, in base64url. */
export type Sealed = Readonly<Record<string, string>>;

/** What only events of sources have. */
export type SourceEvent = {
  readonly id: string;
  readonly place: Place;
  /** The kind that its source had when it was recorded. */
  readonly sourceKind: string;
  readonly sealed: Sealed;
  readonly flags: readonly string[];
  readonly isGenerated: boolean;
  readonly state: string | undefined;
  readonly formerOdometerKm: number | undefined;
  readonly voids: Place | undefined;
};

/** A line that is an event of a source. */
export type EventLine = Line & { readonly event: SourceEvent };

/** An event as the market may read it, as of a block. */
export type ReadLine = Line & {
  readonly event: SourceEvent & {
    /** The papers of its vehicle. */
    readonly papers: Papers;
    readonly fields: Fields;
    /** A trip that the owner of that time had erased. */
    readonly isErased: boolean;
  };
};

/** A transaction's place on the ledger. */
export type Moment = { readonly block: number; readonly tx: number };

/** A grant to the market as one transaction wrote it. */
export type GrantWritten = Moment & { readonly grant: GrantValue };

/** What was told of a vehicle besides events, in the order of the ledger. */
export type Acts = {
  readonly registrations: (Moment & { readonly by: string; readonly papers: Sealed })[];
  readonly owners: (Moment & { readonly ownerEpoch: number })[];
  readonly grants: GrantWritten[];
  readonly erasures: (Moment & { readonly ownerEpoch: number })[];
};

/** A block that was read. */
export type ReadBlock = {
  readonly number: number;
  /** Of its header, hexadecimal. */
  readonly hash: string;
  /** The latest time of a valid transaction up to it, milliseconds since 1970. */
  readonly ledgerTimeMs: number;
};

/** The member that reads for the market, with the keys that it has. */
export type Reader = {
  readonly mspId: string;
  /** The fields of a scope, opened with the keys of a grant; undefined where they do not open it. */
  open(
    field: string,
    context: Context,
    grant: Pick<GrantValue, 'grantId' | 'ownerEpoch' | 'wraps'>,
  ): Fields | undefined;
};

/** All that a ledger has told, from its first block on. */
export type History = {
  readonly blocks: readonly ReadBlock[];
  /** In the order of the ledger. */
  readonly lines: readonly Line[];
  /** By vid. */
  readonly acts: ReadonlyMap<string, Acts>;
  /** Who reads what owners let the market read; without it, nothing that is sealed is opened. */
  readonly market: Reader | undefined;
};

/** Whether a line is an event of a source. */
export function isEvent(line: Line): line is EventLine {
  return line.event !== null;
}

/** Whether two places are the same. */
export function isSamePlace(a: Place, b: Place): boolean {
  return a.source === b.source && a.entry === b.entry && a.index === b.index;
}
