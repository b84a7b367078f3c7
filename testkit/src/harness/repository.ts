import { fileURLToPath } from 'node:url';

/** A file of the repository, by its path from the root: programs that tests start. */
export function repositoryFile(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}
