import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { LineColumns } from '@passport/model';

import type { ParquetFile } from '../duckdb/write-parquet.ts';
import type { Storage } from '../storage.ts';
import { LineGatherer } from './line-gatherer.ts';

/**
 * The lines of an epoch, on their way to a file for each partition. A partition's file is written as soon as its lines
 * are all there, while those of others are still read.
 */
export class LineFiles {
  readonly #gatherers: readonly LineGatherer[];
  readonly #pathOf: (partition: number) => string;
  readonly #files = new Map<number, Promise<ParquetFile>>();

  constructor(
    { engine, scratchFolder }: Pick<Storage, 'engine' | 'scratchFolder'>,
    partitions: number,
    epoch: number,
  ) {
    this.#gatherers = Array.from({ length: partitions }, () => new LineGatherer(engine));
    this.#pathOf = (partition) => join(scratchFolder, `events-${partition}-${epoch}.parquet`);
  }

  get partitions(): number {
    return this.#gatherers.length;
  }

  /** Takes lines of a partition, from a place on. */
  append(partition: number, lines: LineColumns, from: number): void {
    this.#gatherers[partition]?.append(lines, from);
  }

  /** Says that a partition has no more lines. */
  end(partition: number): void {
    const gatherer = this.#gatherers[partition];
    if (gatherer === undefined) throw new RangeError(`there is no partition ${partition}`);
    const file = gatherer.write(this.#pathOf(partition));
    // It is waited for later, and fails there.
    file.catch(() => undefined);
    this.#files.set(partition, file);
  }

  /** The files by partition, once all are complete. */
  files(): Promise<ParquetFile[]> {
    return Promise.all(
      this.#gatherers.map((_, partition) => {
        const file = this.#files.get(partition);
        if (file === undefined) throw new Error(`partition ${partition} has not ended`);
        return file;
      }),
    );
  }

  /** Waits for what is under way. Files that nobody has stored are gone then. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#files.values());
    for (const partition of this.#files.keys()) await rm(this.#pathOf(partition), { force: true });
  }
}
