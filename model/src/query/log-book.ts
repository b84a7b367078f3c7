import type { LogRow } from '../fold/log-row.ts';
import { withoutErased } from '../log-book/without-erased.ts';
import { instantOf } from '../time/instant.ts';
import type { Vid } from '../identifiers/vid.ts';
import type { ExactAt, VehicleAnswer, VehicleEvent } from './answers.ts';

/**
 * The answer that a vehicle's lines come to, in whatever order they are. What an owner had erased is left out,
 * whether the rows are still there or not. All rows are of blocks up to where the answer is exact.
 */
export function logBookOf(vid: Vid, at: ExactAt, rows: readonly LogRow[]): VehicleAnswer {
  const lines = withoutErased(rows).map((row) => ({
    row,
    detail: JSON.parse(row.detail) as Detail,
  }));
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
};

type Place = { readonly source: string; readonly entry: number; readonly index: number };

type Line = { readonly row: LogRow; readonly detail: Detail };

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

function byDay(a: VehicleEvent, b: VehicleEvent): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.block - b.block || a.tx - b.tx || a.index - b.index;
}
