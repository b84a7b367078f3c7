import { isPersonal } from '../events/field-classes.ts';
import { consentKinds } from '../events/kinds.ts';
import { classOfScope, keyScopes } from '../events/key-scopes.ts';
import { isBefore, type LogRow } from '../fold/log-row.ts';
import { isSignalName, signals } from '../signals/signals.ts';
import { instantOf } from '../time/instant.ts';
import type { Vid } from '../identifiers/vid.ts';
import type { ExactAt, VehicleAnswer, VehicleEvent } from './answers.ts';

/**
 * The answer that a vehicle's lines come to, in whatever order they are. What an owner had erased is left out,
 * whether the rows are still there or not. All rows are of blocks up to where the answer is exact.
 */
export function logBookOf(vid: Vid, at: ExactAt, rows: readonly LogRow[]): VehicleAnswer {
  const lines = shownLines(
    rows.map((row) => ({ row, detail: JSON.parse(row.detail) as Detail })).sort(byAddress),
  );
  const voided = new Map<string, VehicleEvent['place']>();
  let state = 'in-service';
  let owners = 0;
  for (const { row, detail } of lines) {
    state = detail.state ?? state;
    if (row.kind === 'ownership-transferred') owners = Math.max(owners, detail.ownerEpoch ?? 0);
    if (detail.voids !== undefined) voided.set(nameOf(detail.voids), row.place);
  }
  return { ...at, vid, state, owners, events: lines.map(eventOf(voided)).sort(byDay) };
}

/** What is looked at of a line's detail. */
type Detail = Readonly<Record<string, unknown>> & {
  readonly state?: string;
  readonly ownerEpoch?: number;
  readonly voids?: Place;
  readonly fields?: object;
  readonly sealed?: object;
};

type Place = { readonly source: string; readonly entry: number; readonly index: number };

type Line = { readonly row: LogRow; readonly detail: Detail };

function shownLines(lines: readonly Line[]): readonly Line[] {
  const erased = new Set<number>();
  for (const { row, detail } of lines) {
    if (row.kind === 'erased') erased.add(detail.ownerEpoch ?? 0);
  }
  if (erased.size === 0) return lines;
  const transfers = lines.filter(({ row }) => row.kind === 'ownership-transferred');
  const ownerEpochAt = (row: LogRow): number =>
    transfers.findLast((transfer) => !isBefore(row, transfer.row))?.detail.ownerEpoch ?? 0;
  return lines.flatMap((line): Line[] => {
    const { row, detail } = line;
    const isOfErased = erased.has(detail.ownerEpoch ?? 0);
    if (row.kind === 'ownership-transferred') {
      return [isOfErased ? { row, detail: nameless(detail) } : line];
    }
    if (row.place === null) return isOfErased && ownerSays.has(row.kind) ? [] : [line];
    if (!erased.has(ownerEpochAt(row))) return [line];
    return row.kind === 'trip' ? [] : [{ row, detail: impersonal(detail) }];
  });
}

/** What an owner lets others read. */
const ownerSays: ReadonlySet<LogRow['kind']> = new Set(
  consentKinds.filter((kind) => kind !== 'erased'),
);

function nameless({ handOver: _, ...detail }: Detail): Detail {
  return { ...detail, owner: null };
}

/** Without fields, and scopes, that tell how somebody lived. */
function impersonal({ fields, sealed, ...detail }: Detail): Detail {
  const [open, closed] = [withoutPersonal(fields), withoutPersonal(sealed)];
  return {
    ...detail,
    ...(open === undefined ? {} : { fields: open }),
    ...(closed === undefined ? {} : { sealed: closed }),
  };
}

/** Undefined where nothing is left. */
function withoutPersonal(members: object = {}): object | undefined {
  const kept = Object.entries(members).filter(([name]) => !isPersonalName(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function isPersonalName(name: string): boolean {
  if (isSignalName(name)) return isPersonal(signals[name].class);
  const scope = keyScopes.find((known) => known === name);
  return scope !== undefined && isPersonal(classOfScope(scope));
}

function eventOf(voided: ReadonlyMap<string, VehicleEvent['place']>) {
  return ({ row, detail }: Line): VehicleEvent => ({
    kind: row.kind,
    at: row.at,
    recordedAt: instantOf(row.recordedAtMs),
    block: row.block,
    tx: row.tx,
    index: row.index,
    place: row.place,
    odometerKm: row.odometerKm,
    quality: row.quality,
    detail,
    voidedBy: (row.place && voided.get(nameOf(row.place))) ?? null,
  });
}

function nameOf({ source, entry, index }: Place): string {
  return `${source} ${entry} ${index}`;
}

function byAddress({ row: a }: Line, { row: b }: Line): number {
  return a.block - b.block || a.tx - b.tx || a.index - b.index;
}

function byDay(a: VehicleEvent, b: VehicleEvent): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.block - b.block || a.tx - b.tx || a.index - b.index;
}
