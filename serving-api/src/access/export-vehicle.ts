import {
  classOfScope,
  isSignalName,
  scopeOfField,
  signals,
  type VehicleAnswer,
  type Vid,
} from '@passport/model';

import { readHistory, type SeenRead } from '../reads/read-history.ts';
import type { Caller } from './decide.ts';
import {
  type GrantedAnswer,
  readWithGrant,
  requireOwner,
  type VehicleDesk,
} from './vehicle-desk.ts';

/** The version of the form that exports have. */
export const EXPORT_FORMAT = 'passport-export/1';

/** Pages of reads in an export; where there are more, it says by what to go on. */
const READ_PAGES_MAX = 50;

/** What a field is: its class, the scope whose key opens it, and the unit of a number. */
export type SignalNote = {
  readonly class: string;
  readonly scope: string;
  readonly type: 'number' | 'text';
  /** Null of a text. */
  readonly unit: string | null;
};

/** Everything there is of a vehicle, for its owner. */
export type VehicleExport = GrantedAnswer & {
  readonly format: typeof EXPORT_FORMAT;
  /** What the fields are, by name. */
  readonly signals: Readonly<Record<string, SignalNote>>;
  /** Who read what under this owner, this export among them; the newest first. */
  readonly reads: readonly SeenRead[];
  /** By what to ask for more reads; null where these are all. */
  readonly readsNext: string | null;
};

/**
 * All data of a vehicle in one answer, for its owner (Data Act, Regulation (EU) 2023/2854, articles 4 and 5; GDPR,
 * articles 15 and 20). Throws as readWithGrant does, and PassportError `OWNER_REQUIRED`.
 */
export async function exportVehicle(
  desk: VehicleDesk,
  caller: Caller,
  vid: Vid,
  book: VehicleAnswer,
): Promise<VehicleExport> {
  const ownerEpoch = requireOwner(book, caller);
  const answer = await readWithGrant(desk, caller, vid, book);
  const reads: SeenRead[] = [];
  let readsNext: string | null = null;
  for (let page = 0; page < READ_PAGES_MAX; page += 1) {
    const found = await readHistory(desk, vid, ownerEpoch, readsNext ?? undefined);
    reads.push(...found.reads);
    readsNext = found.next;
    if (readsNext === null) break;
  }
  return { ...answer, format: EXPORT_FORMAT, signals: signalNotes, reads, readsNext };
}

/** Made from the schema, so that no field is without its unit. */
const signalNotes: Readonly<Record<string, SignalNote>> = Object.fromEntries(
  Object.keys(signals)
    .filter(isSignalName)
    .map((name) => {
      const { type, ...signal } = signals[name];
      const scope = scopeOfField(name);
      const unit = 'unit' in signal ? signal.unit : null;
      return [name, { class: classOfScope(scope), scope, type, unit }];
    }),
);
