import { mkdir } from 'node:fs/promises';

import type { EventLog } from '@passport/event-log';

import type { Storage } from '../storage.ts';
import { type Gathered, gatherEpoch } from './gather-epoch.ts';
import { LineFiles } from './line-files.ts';
import type { RankedKeys } from './ranked-keys.ts';
import { type EpochBehind, epochAfter, nameOfEnd } from './read-epoch.ts';

/** What an epoch is read with. */
export type ReadOptions = {
  readonly log: EventLog;
  readonly storage: Pick<Storage, 'engine' | 'scratchFolder'>;
  readonly epochBlocks: number;
};

/** An epoch that is read from the log. Whoever has it closes it. */
export class EpochInHand {
  readonly lines: LineFiles;
  /** What it comes to, but for its lines. */
  readonly gathered: Promise<Gathered>;
  readonly #stop: AbortController;

  private constructor(lines: LineFiles, gathered: Promise<Gathered>, stop: AbortController) {
    this.lines = lines;
    this.gathered = gathered;
    this.#stop = stop;
  }

  /** Begins to read the epoch behind another one. Throws QUERY_FAILED. */
  static async read(
    behind: EpochBehind | undefined,
    keys: RankedKeys,
    { log, storage, epochBlocks }: ReadOptions,
    signal: AbortSignal,
  ): Promise<EpochInHand> {
    const epoch = epochAfter(behind, epochBlocks);
    await mkdir(storage.scratchFolder, { recursive: true });
    const lines = await LineFiles.open(storage, log.partitions, epoch);
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const gathered = gatherEpoch({ behind, epoch, epochBlocks, lines, keys }, log, either);
    // It is waited for later, and fails there.
    gathered.catch(() => undefined);
    return new EpochInHand(lines, gathered, stop);
  }

  /** Ends reading, waits for what is under way, and leaves no file. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the epoch is not wanted any more'));
    await Promise.allSettled([this.gathered]);
    await this.lines.close();
  }
}

/** Reads an epoch while the one before is stored, so that neither the log nor the store is waited for. */
export class ReadAhead {
  readonly #keys: RankedKeys;
  #next: { readonly name: string; readonly epoch: Promise<EpochInHand> } | undefined;

  /** Has the keys of all facts that it reads. */
  constructor(keys: RankedKeys) {
    this.#keys = keys;
  }

  /**
   * The epoch behind another one; it is the caller's. Where it was not read ahead, or the log has gone on otherwise, it is
   * read from now on.
   */
  async take(
    behind: EpochBehind | undefined,
    options: ReadOptions,
    signal: AbortSignal,
  ): Promise<EpochInHand> {
    if (behind !== undefined && this.#next?.name === nameOfEnd(behind)) {
      const { epoch } = this.#next;
      this.#next = undefined;
      return epoch;
    }
    await this.close();
    return EpochInHand.read(behind, this.#keys, options, signal);
  }

  /** Begins to read the epoch behind another one, which the log has to the end. */
  begin(behind: EpochBehind, options: ReadOptions, signal: AbortSignal): void {
    const epoch = EpochInHand.read(behind, this.#keys, options, signal);
    epoch.catch(() => undefined);
    this.#next = { name: nameOfEnd(behind), epoch };
  }

  /** Forgets what was read ahead. */
  async close(): Promise<void> {
    const next = this.#next;
    this.#next = undefined;
    const epoch = await next?.epoch.catch(() => undefined);
    await epoch?.close();
  }
}
