import type { ViewArchive, Watermark } from '@passport/batch-layer';
import {
  type ExactAt,
  logBookOf,
  type LogRow,
  partitionOf,
  type VehicleAnswer,
  type Vid,
} from '@passport/model';
import type { SpeedReader } from '@passport/speed-layer';

import { NotYet } from './mirror.ts';

/** What log books are read from. */
export type VehicleReaderOptions = {
  readonly archive: ViewArchive;
  readonly speed: SpeedReader;
  readonly partitions: number;
};

/** Tries when the watermark moves while a log book is read. */
const TRIES = 3;

/**
 * A vehicle's whole log book, exact at a block: what the archive has, and what the speed layer has
 * behind it. It is read at the watermark that was seen last, and counts where that is the newest one when it is read: to look
 * is a request to the object store. Undefined when there is no such vehicle. Throws {@link NotYet}.
 */
export async function readVehicle(
  vid: Vid,
  at: ExactAt,
  options: VehicleReaderOptions,
): Promise<VehicleAnswer | undefined> {
  const { archive } = options;
  let watermark = archive.seen ?? (await archive.watermark());
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const [read] = await Promise.allSettled([rowsOf(vid, at, watermark, options)]);
    const newest = await archive.watermark();
    if (newest?.block === watermark?.block && newest?.edition === watermark?.edition) {
      if (read.status === 'rejected') throw read.reason;
      return read.value.length === 0 ? undefined : logBookOf(vid, at, read.value);
    }
    // Of an older one files may be gone, or what the speed layer had behind it.
    watermark = newest;
  }
  throw new NotYet('the watermark moves too fast');
}

async function rowsOf(
  vid: Vid,
  { block }: ExactAt,
  watermark: Watermark | undefined,
  { archive, speed, partitions }: VehicleReaderOptions,
): Promise<LogRow[]> {
  const partition = partitionOf(vid, partitions);
  const base = watermark?.block ?? -1;
  const epoch = watermark === undefined ? 0 : (watermark.block + 1) / watermark.epochBlocks;
  const [archived, { position, rows }] = await Promise.all([
    watermark === undefined ? [] : archive.book(vid, watermark),
    speed.book(partition, vid, epoch),
  ]);
  // A store that was lost, and is being made again, does not have all of it.
  if (position === undefined || position.since > base + 1 || position.block < block) {
    if (base < block) throw new NotYet(`partition ${partition} has not all blocks up to ${block}`);
  }
  return [...archived, ...rows].filter((row) => row.block <= block);
}
