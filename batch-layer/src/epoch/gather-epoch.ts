import type { LogPosition } from '@passport/event-log';

import { type Erasure, erasuresIn } from '../erasure/erasure-records.ts';
import { SourceQuality } from '../release/source-quality.ts';
import { EpochError } from './epoch-error.ts';
import { EpochFacts } from './epoch-facts.ts';
import type { LineFiles } from './line-files.ts';
import type { LogTurns } from './log-turns.ts';
import type { RankedKeys } from './ranked-keys.ts';
import { type EpochBehind, type EpochEnd, EpochPartition, placeBehind } from './read-epoch.ts';

/** What the log has of an epoch, but for its lines. */
export type Gathered = {
  /** The end of the epoch; the same block in all partitions. */
  readonly first: EpochEnd;
  readonly positions: readonly LogPosition[];
  readonly facts: EpochFacts;
  /** What owners had erased in it. */
  readonly erasures: readonly Erasure[];
  /** What sources have recorded in it. */
  readonly quality: SourceQuality;
};

/** Which epoch is read, and who takes its lines. */
export type EpochInput = {
  /** The end of the one before; undefined of the first. */
  readonly behind: Pick<EpochBehind, 'ledger' | 'positions'> | undefined;
  readonly epoch: number;
  readonly epochBlocks: number;
  readonly lines: LineFiles;
  /** Has the keys of its facts then. */
  readonly keys: RankedKeys;
};

/** Reads an epoch from the log. Throws EpochError, and what the log throws. */
export async function gatherEpoch(
  { behind, epoch, epochBlocks, lines, keys }: EpochInput,
  turns: LogTurns,
  signal: AbortSignal,
): Promise<Gathered> {
  signal.throwIfAborted();
  const ledger = behind?.ledger;
  const parts = Array.from(
    { length: lines.partitions },
    (_, partition) => new EpochPartition({ partition, epoch, epochBlocks, ledger }),
  );
  const erasures: Erasure[] = [];
  const quality = new SourceQuality();
  const facts = new EpochFacts(keys);
  const close = (): void => void turns.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    for (const [partition, part] of parts.entries()) {
      for await (const record of turns.records(partition, placeBehind(behind, partition))) {
        part.take(record, (taken) => {
          facts.add(taken.facts, taken.reached);
          lines.append(partition, taken.lines, taken.from);
          erasures.push(...erasuresIn(taken.lines, taken.from));
          quality.add(taken.lines, taken.from);
        });
        if (part.ending !== undefined) break;
        // DuckDB reads in turns of the event loop what the epoch before has come to.
        await new Promise((go) => setImmediate(go));
      }
      signal.throwIfAborted();
      lines.end(partition);
    }
    return { ...endOf(parts), facts, erasures, quality };
  } finally {
    signal.removeEventListener('abort', close);
  }
}

function endOf(parts: readonly EpochPartition[]): Pick<Gathered, 'first' | 'positions'> {
  const ends = parts.map(({ ending }, partition) => {
    if (ending !== undefined) return ending;
    throw new EpochError('LOG_GAP', partition, 'the log has ended within the epoch');
  });
  const [first] = ends;
  if (first === undefined) throw new RangeError('a ledger has one partition at least');
  const other = ends.findIndex(
    ({ hash, ledger }) => hash !== first.hash || ledger !== first.ledger,
  );
  if (other < 0) return { first, positions: ends.map(({ position }) => position) };
  throw new EpochError('LOG_FOREIGN', other, `another block ${first.block} than partition 0`);
}
