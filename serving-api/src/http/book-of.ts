import type { VehicleAnswer, Vid } from '@passport/model';

import { unknown } from '../access/decide.ts';
import { readVehicle } from '../mirror/vehicle-reader.ts';
import type { AppOptions } from './app-options.ts';

/** The whole log book. Throws PassportError `VEHICLE_UNKNOWN`, in the words for who may not read it. */
export async function bookOf(
  vid: Vid,
  {
    mirror,
    archive,
    speed,
    partitions,
  }: Pick<AppOptions, 'mirror' | 'archive' | 'speed' | 'partitions'>,
  atBlock?: number,
): Promise<VehicleAnswer> {
  const at = mirror.current.exactAt(atBlock);
  const book = await readVehicle(vid, at, { archive, speed, partitions });
  if (book === undefined) throw unknown();
  return book;
}
