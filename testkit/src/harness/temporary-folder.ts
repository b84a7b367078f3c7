import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is gone when its user is done with it. */
export type TemporaryFolder = { readonly path: string; remove(): Promise<void> };

/** Makes an empty folder in the system's folder for temporary files. */
export async function temporaryFolder(name: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `passport-${name}-`));
  // What is being cut off may write there once more, meanwhile.
  const often = { maxRetries: 10, retryDelay: 100 };
  return { path, remove: () => rm(path, { recursive: true, force: true, ...often }) };
}
