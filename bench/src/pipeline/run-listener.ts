import { runPart } from './child.ts';
import type { ListenerRun } from './listener-child.ts';

/** What a listener reads and writes, and in how many threads. */
export type ListenerSetting = {
  /** Of blocks. */
  readonly file: string;
  readonly blocks: number;
  readonly brokers: readonly string[];
  readonly log: string;
  /** Folder of its fold. */
  readonly state: string;
  readonly folds: number;
};

/** Streams blocks to a log, in a process of its own; `market` is its MSP id and its key ring, if it opens anything. */
export function runListener(
  { file, blocks, brokers, log, state, folds }: ListenerSetting,
  market: readonly string[] = [],
): Promise<ListenerRun> {
  const numbers = [String(blocks), String(folds)];
  const part = folds === 1 ? 'listener' : 'listener-of-folds';
  return runPart(part, file, brokers.join(), log, state, ...numbers, ...market);
}
