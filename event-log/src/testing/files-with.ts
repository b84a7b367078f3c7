import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files below a folder that have a text in them. */
export async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch((error: unknown) => {
      // A server deletes files while they are looked through.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    });
    if (bytes.includes(text)) found.push(path);
  }
  return found;
}
