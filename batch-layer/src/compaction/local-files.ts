import type { DataFile } from '../delta/snapshot.ts';
import type { CachedObject, ObjectCache } from '../object-store/object-cache.ts';
import { keyOfFile } from '../storage.ts';

/** Files that are fetched at once. */
const AT_ONCE = 8;

/** Lends local copies of a table's files for as long as `use` runs. */
export async function withLocalFiles<T>(
  cache: ObjectCache,
  table: string,
  files: readonly Pick<DataFile, 'path' | 'bytes'>[],
  use: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const held: CachedObject[] = [];
  try {
    for (let start = 0; start < files.length; start += AT_ONCE) {
      const settled = await Promise.allSettled(
        files
          .slice(start, start + AT_ONCE)
          .map(({ path, bytes }) => cache.acquire(keyOfFile(table, path), bytes)),
      );
      for (const each of settled) if (each.status === 'fulfilled') held.push(each.value);
      const failed = settled.find((each) => each.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
    return await use(held.map(({ path }) => path));
  } finally {
    for (const each of held) each.release();
  }
}
