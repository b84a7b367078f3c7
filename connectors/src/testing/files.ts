import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

import { literal, type ReadLimits } from '../duckdb/read-columns.ts';
import type { Feed, FeedEvent, FeedItem } from '../feed.ts';

/** A folder for the files of a test, which is gone when the test is over. */
export class TestFiles {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<TestFiles> {
    return new TestFiles(await mkdtemp(join(tmpdir(), 'passport-feeds-')));
  }

  get limits(): ReadLimits {
    return { memoryMbMax: 128, threads: 1, spillDirectory: join(this.path, 'spill') };
  }

  /** Writes rows, spelled as SQL values, to a Parquet file. `columns`: name and type. */
  async parquet(columns: readonly string[], rows: readonly string[]): Promise<string> {
    const path = join(this.path, 'rows.parquet');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`CREATE TABLE rows (${columns.join(', ')})`);
    if (rows.length > 0) await connection.run(`INSERT INTO rows VALUES ${rows.join(', ')}`);
    await connection.run(`COPY rows TO ${literal(path)} (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
    return path;
  }

  async text(name: string, lines: readonly string[]): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, `${lines.join('\n')}\n`);
    return path;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** All that a feed says: its events, and the rows it refused by reason. */
export async function readAll(
  feed: Feed,
): Promise<{ events: FeedEvent[]; refused: Record<string, number>; items: FeedItem[] }> {
  const events: FeedEvent[] = [];
  const refused: Record<string, number> = {};
  const items: FeedItem[] = [];
  for await (const item of feed.read()) {
    items.push(item);
    if (item.type === 'event') events.push(item);
    else refused[item.reason] = (refused[item.reason] ?? 0) + item.rows;
  }
  return { events, refused, items };
}

/**
 * The folder with the real data: PASSPORT_DATA, else ../shared/data. Undefined, and said so, where there
 * is none: it is not part of the repository.
 */
export function realData(): string | undefined {
  const path = resolve(process.env['PASSPORT_DATA'] ?? '../shared/data');
  if (existsSync(path)) return path;
  process.stdout.write(`not run: feeds on real data, for there is no ${path}\n`);
  return undefined;
}
