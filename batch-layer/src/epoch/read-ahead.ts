import { mkdir } from 'node:fs/promises';

import type { EventLog } from '@passport/event-log';

import type { Storage } from '../storage.ts';
import { type Gathered, gatherEpoch } from './gather-epoch.ts';
import { LineFiles } from './line-files.ts';
import { LogTurns } from './log-turns.ts';
import type { RankedKeys } from './ranked-keys.ts';
import { type EpochBehind, epochAfter, nameOfEnd, placeBehind } from './read-epoch.ts';

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
  #turns: LogTurns | undefined;

  private constructor(
    lines: LineFiles,
    gathered: Promise<Gathered>,
    stop: AbortController,
    turns: LogTurns,
  ) {
    this.lines = lines;
    this.gathered = gathered;
    this.#stop = stop;
    this.#turns = turns;
  }

  /** Begins to read the epoch behind another one, with what has read that one where there is such. */
  static read(
    behind: EpochBehind | undefined,
    keys: RankedKeys,
    { log, storage, epochBlocks }: ReadOptions,
    signal: AbortSignal,
    turns = openTurns(behind, log),
  ): EpochInHand {
    const epoch = epochAfter(behind, epochBlocks);
    const lines = new LineFiles(storage, log.partitions, epoch);
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const input = { behind, epoch, epochBlocks, lines, keys };
    const gathered = mkdir(storage.scratchFolder, { recursive: true }).then(() =>
      gatherEpoch(input, turns, either),
    );
    // It is waited for later, and fails there.
    gathered.catch(() => undefined);
    return new EpochInHand(lines, gathered, stop, turns);
  }

  /** Ends reading, waits for what is under way, and leaves no file. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the epoch is not wanted any more'));
    await Promise.allSettled([this.gathered]);
    await this.#turns?.close();
    await this.lines.close();
  }

  /** What reads the log, for the epoch behind this one, which is read. */
  handOver(): LogTurns | undefined {
    const turns = this.#turns;
    this.#turns = undefined;
    return turns;
  }
}

function openTurns(behind: EpochBehind | undefined, log: EventLog): LogTurns {
  const { partitions } = log;
  return new LogTurns(
    log,
    Array.from({ length: partitions }, (_, partition) => placeBehind(behind, partition)),
  );
}

/** Reads an epoch while the one before is stored, so that neither the log nor the store is waited for. */
export class ReadAhead {
  readonly #keys: RankedKeys;
  #next: { readonly name: string; readonly epoch: EpochInHand } | undefined;

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

  /** Begins to read the epoch behind one that was read, which the log has to the end. */
  begin(before: EpochInHand, behind: EpochBehind, options: ReadOptions, signal: AbortSignal): void {
    const epoch = EpochInHand.read(behind, this.#keys, options, signal, before.handOver());
    this.#next = { name: nameOfEnd(behind), epoch };
  }

  /** Forgets what was read ahead. */
  async close(): Promise<void> {
    const next = this.#next;
    this.#next = undefined;
    await next?.epoch.close();
  }
}
