import type { FoldMemory, LogBookEntry } from '@passport/model';

import type { ChainNeed } from './vehicle-readings.ts';

/** Behind every day. */
const BEYOND = '~';

/** Where an entry is about to change the odometer chain of its vehicle; undefined where it does not. */
export function chainNeedOf(
  { vid, events }: LogBookEntry,
  memory: Pick<FoldMemory, 'event'>,
): ChainNeed | undefined {
  let [from, last] = [BEYOND, ''];
  let isInOrder = true;
  for (const { at, odometerKm, voids } of events) {
    if (voids !== undefined) {
      isInOrder = false;
      const place = memory.event(vid, voids)?.order ?? '';
      if (place < from) from = place;
    } else if (odometerKm !== undefined) {
      if (at < last) isInOrder = false;
      last = at;
      if (at < from) from = at;
    }
  }
  return from === BEYOND ? undefined : { from, isInOrder };
}
