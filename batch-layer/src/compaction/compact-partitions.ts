import { ended } from '../ended.ts';
import type { ObjectCache } from '../object-store/object-cache.ts';
import type { Storage } from '../storage.ts';
import { compactEvents, type Compacted, type CompactionLimits } from './compact-events.ts';

/**
 * Partitions that are compacted at once. Two statements side by side, a thread of DuckDB's each, take three quarters
 * of the CPU that two threads take for one after the other: these wait for each other.
 */
const AT_ONCE = 2;

/**
 * Compacts the lines of all partitions until nothing is left to do. Rejects with what {@link compactEvents}
 * throws, once no partition is under way any more.
 */
export async function compactPartitions(
  storage: Storage,
  cache: ObjectCache,
  { partitions, limits }: { readonly partitions: number; readonly limits: CompactionLimits },
  onCompacted: (done: Compacted & { readonly partition: number }) => void,
): Promise<void> {
  const left = Array.from({ length: partitions }, (_, partition) => partition).values();
  const takeOver = async (): Promise<void> => {
    for (const partition of left) {
      for (;;) {
        const done = await compactEvents(storage, cache, partition, limits);
        if (done === undefined) break;
        onCompacted({ partition, ...done });
      }
    }
  };
  await ended(Array.from({ length: AT_ONCE }, takeOver));
}
