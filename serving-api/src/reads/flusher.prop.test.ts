import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Fate, MemoryReadLedger } from '../testing/memory-ledger.ts';
import { type LastWrite, MemoryFiles } from '../testing/mortal-disk.ts';
import { someLastWrite } from '../testing/some-last-write.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { someRead } from '../testing/some-read.ts';
import { Flusher } from './flusher.ts';
import { defaultJournalLimits, ReadJournal } from './read-journal.ts';

const limits = { ...defaultJournalLimits, segmentBytes: 700, groupBytes: 600, aheadBytes: 400 };

/** What one process does, in turns, before it is killed in one of its changes of the disk. */
type Life = {
  readonly diesIn: number;
  readonly lastWrite: LastWrite;
  readonly turns: readonly ('append' | 'append many' | 'flush')[];
  readonly fates: readonly Fate[];
};

const life: fc.Arbitrary<Life> = fc.record({
  diesIn: fc.nat({ max: 14 }),
  lastWrite: someLastWrite,
  turns: fc.array(fc.constantFrom('append', 'append many', 'flush'), { maxLength: 12 }),
  fates: fc.array(fc.constantFrom('records', 'is away', 'records and does not say so'), {
    maxLength: 4,
  }),
});

/** Reads that were answered in one life: those whose append resolved. */
async function live(
  files: MemoryFiles,
  ledger: MemoryReadLedger,
  { diesIn, lastWrite, turns, fates }: Life,
  nextNumber: () => number,
): Promise<string[]> {
  const answered: string[] = [];
  ledger.fates.splice(0, Number.POSITIVE_INFINITY, ...fates);
  // What cannot be done any more is no failure of the test: the process has ended.
  const ended = () => undefined;
  const journal = await ReadJournal.open(files.disk(diesIn, lastWrite), ended, limits).catch(ended);
  if (journal === undefined) return answered;
  const flusher = new Flusher({ journal, ledger, logger: quiet, flushMs: 1 });
  const work = turns.map((turn) => {
    if (turn === 'flush') return flusher.flush().then(ended, ended);
    const count = turn === 'append' ? 1 : 4;
    const reads = Array.from({ length: count }, () => someRead(nextNumber()));
    return journal
      .append(reads)
      .then(() => void answered.push(...reads.map(({ query }) => query)), ended);
  });
  await Promise.all(work);
  return answered;
}

test('wherever servers are killed, each read that was answered is on the ledger, once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 6 }), async (lives) => {
      const [files, ledger] = [new MemoryFiles(), new MemoryReadLedger()];
      let number = 0;
      const nextNumber = () => (number += 1);
      const answered: string[] = [];
      for (const one of lives) answered.push(...(await live(files, ledger, one, nextNumber)));
      ledger.fates.splice(0);
      const journal = await ReadJournal.open(files.disk(), () => undefined, limits);
      const flusher = new Flusher({ journal, ledger, logger: quiet, flushMs: 1 });
      while ((await flusher.flush()) > 0);
      const recorded = ledger.reads.map(({ query }) => query);
      expect(new Set(recorded).size).toBe(recorded.length);
      expect(recorded).toEqual(expect.arrayContaining(answered));
      expect(journal.waiting).toBe(0);
    }),
    { numRuns: 500 },
  );
});
