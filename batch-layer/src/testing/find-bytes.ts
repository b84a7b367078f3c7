import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Engine } from '../duckdb/engine.ts';
import { literal } from '../duckdb/sql.ts';

/**
 * The files below a folder in which a text is: as it is, in base64, in hexadecimal, and in Parquet files
 * unpacked.
 */
export async function filesWithText(
  folder: string,
  text: string,
  engine: Engine,
): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const texts = [await readFile(path, 'latin1')];
    if (path.endsWith('.parquet')) {
      const source = `read_parquet(${literal(path)}, hive_partitioning = false)`;
      const rows = await engine.rows(`SELECT to_json(file)::VARCHAR AS row FROM ${source} file`);
      texts.push(rows.map(({ row }) => JSON.stringify(row)).join('\n'));
    }
    if (texts.some((each) => spellings(text).some((spelling) => each.includes(spelling)))) {
      found.push(path.slice(folder.length + 1));
    }
  }
  return found.sort();
}

/** The files below a folder in which bytes are as they are. */
export async function filesWithBytes(folder: string, bytes: Buffer): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(bytes)) found.push(path.slice(folder.length + 1));
  }
  return found.sort();
}

function spellings(text: string): string[] {
  const bytes = Buffer.from(text);
  // Base64 of what lies within other bytes: three ways to fall into groups of three, ends left out.
  const shifted = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return encoded.slice(shift === 0 ? 0 : 4, -4);
  });
  return [text, bytes.toString('hex'), ...shifted];
}
