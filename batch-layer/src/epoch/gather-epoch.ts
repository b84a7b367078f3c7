import type { EventLog, LogPosition } from '@passport/event-log';

import { type Erasure, erasuresIn } from '../erasure/erasure-records.ts';
import { SourceQuality } from '../release/source-quality.ts';
import { EpochError } from './epoch-error.ts';
import { EpochFacts } from './epoch-facts.ts';
import type { LineFiles } from './line-files.ts';
import type { RankedKeys } from './ranked-keys.ts';
import { type EpochBehind, type EpochEnd, EpochPartition } from './read-epoch.ts';

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

/**
 * Partitions that are read at once: while one is read the file of the one before is written, and the first records of the next
 * are on their way, for which Kafka takes a tenth of a second.
 */
const AT_ONCE = 3;

/** Reads an epoch from the log. Throws EpochError, and what the log throws. */
export async function gatherEpoch(
  { behind, epoch, epochBlocks, lines, keys }: EpochInput,
  log: EventLog,
  signal: AbortSignal,
): Promise<Gathered> {
  const ledger = behind?.ledger;
  const parts = Array.from(
    { length: log.partitions },
    (_, partition) => new EpochPartition({ partition, epoch, epochBlocks, ledger }),
  );
  const erasures: Erasure[] = [];
  const quality = new SourceQuality();
  const facts = new EpochFacts(keys);
  const from = parts.map((_, each) => [each, behind?.positions[each] ?? 'earliest'] as const);
  const reader = log.openReader(new Map(from.splice(0, AT_ONCE)));
  const close = (): void => void reader.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    for await (const { partition, records } of reader) {
      for (const record of records) {
        parts[partition]?.take(record, (part) => {
          facts.add(part.facts, part.reached);
          lines.append(partition, part.lines, part.from);
          erasures.push(...erasuresIn(part.lines, part.from));
          quality.add(part.lines, part.from);
        });
      }
      if (parts[partition]?.ending === undefined) continue;
      reader.revoke(partition);
      lines.end(partition);
      const [next] = from.splice(0, 1);
      if (next !== undefined) reader.assign(...next);
      else if (parts.every(({ ending }) => ending !== undefined)) break;
    }
    signal.throwIfAborted();
    return { ...endOf(parts), facts, erasures, quality };
  } finally {
    signal.removeEventListener('abort', close);
    await reader.close();
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
