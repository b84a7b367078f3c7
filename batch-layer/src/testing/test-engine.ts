import { join } from 'node:path';

import { temporaryFolder } from '@passport/testkit';

import { type Engine, openEngine } from '../duckdb/engine.ts';

/** A DuckDB of a test's own, and a folder for what it writes; both are gone when it is closed. */
export type TestEngine = {
  readonly engine: Engine;
  readonly folder: string;
  close(): Promise<void>;
};

/** Opens one with so many threads. */
export async function openTestEngine(name: string, threads: number): Promise<TestEngine> {
  const folder = await temporaryFolder(name);
  const spillDirectory = join(folder.path, 'spill');
  const engine = await openEngine({ memoryMbMax: 256, threads, spillDirectory });
  return {
    engine,
    folder: folder.path,
    close: async () => {
      engine.close();
      await folder.remove();
    },
  };
}
