import { type LogRow, partitionOf, type Vid } from '@passport/model';

import type { DataFile, Snapshot } from '../delta/snapshot.ts';
import { readStatistics } from '../delta/statistics.ts';
import type { Engine, JsonRow } from '../duckdb/engine.ts';
import { literal } from '../duckdb/sql.ts';

/** The files of the table of lines that a vehicle may have lines in. */
export function filesWith(vid: Vid, { files }: Snapshot, partitions: number): DataFile[] {
  const partition = String(partitionOf(vid, partitions));
  return [...files.values()].filter(
    (file) => file.partitionValues['partition'] === partition && mayHave(file, vid),
  );
}

/** The lines of a vehicle in some local files, in the order of the ledger. */
export async function readBook(
  engine: Engine,
  vid: Vid,
  paths: readonly string[],
): Promise<LogRow[]> {
  const rows = await engine.rows(
    `SELECT vid, block, tx, "index", kind, "at"::VARCHAR AS "at", epoch_ms(recorded_at) AS ms, source,
      entry, place, odometer_km, quality, detail
    FROM read_parquet([${paths.map(literal).join(', ')}], hive_partitioning = false)
    WHERE vid = ${literal(vid)} ORDER BY block, tx, "index"`,
  );
  return rows.map(logRowOf);
}

/** Whether a file's bounds leave room for a vehicle. */
function mayHave({ statistics }: DataFile, vid: Vid): boolean {
  const read = readStatistics(statistics);
  const [low, high] = [read?.minValues?.['vid'], read?.maxValues?.['vid']];
  return (typeof low !== 'string' || low <= vid) && (typeof high !== 'string' || vid <= high);
}

function logRowOf(row: JsonRow): LogRow {
  const source = row['source'];
  return {
    vid: row['vid'],
    block: Number(row['block']),
    tx: Number(row['tx']),
    index: Number(row['index']),
    kind: row['kind'],
    at: row['at'],
    recordedAtMs: Number(row['ms']),
    place:
      source === null ? null : { source, entry: Number(row['entry']), index: Number(row['place']) },
    odometerKm: wholeOf(row['odometer_km']),
    quality: wholeOf(row['quality']),
    detail: row['detail'],
    // What the archive wrote was checked before: by the chaincode, then by the listener.
  } as unknown as LogRow;
}

function wholeOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
