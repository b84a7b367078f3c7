import fc from 'fast-check';
import { expect, test } from 'vitest';

import { vid } from '../testing/consent-lines.ts';
import { MemoryReadLedger } from '../testing/memory-ledger.ts';
import { MemoryFiles } from '../testing/mortal-disk.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { someRead } from '../testing/some-read.ts';
import { Flusher } from './flusher.ts';
import { ReadJournal } from './read-journal.ts';
import { ReadUsage } from './read-usage.ts';

const GRANT = 'grant-0001';

/** A server that counts; a restart makes another one on the same disk. */
async function server(files: MemoryFiles, ledger: MemoryReadLedger, countAgeMsMax: number) {
  const journal = await ReadJournal.open(files.disk(), () => undefined);
  const flusher = new Flusher({ journal, ledger, logger: quiet, flushMs: 1 });
  let nowMs = 0;
  const now = () => new Date((nowMs += 1));
  return {
    journal,
    flusher,
    usage: new ReadUsage({ journal, flusher, ledger, now, countAgeMsMax }),
  };
}

test('no grant is used more often than it allows, and no query is lost to a restart', async () => {
  const step = fc.constantFrom('ask', 'ask three', 'flush', 'restart', 'forget the answer');
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 20 }),
      fc.integer({ min: 1, max: 8 }),
      fc.constantFrom(0, 2, 1_000),
      async (steps, queriesMax, countAgeMsMax) => {
        const [files, ledger] = [new MemoryFiles(), new MemoryReadLedger()];
        let on = await server(files, ledger, countAgeMsMax);
        let [answered, number] = [0, 0];
        let under: Promise<void>[] = [];
        const ask = async (): Promise<void> => {
          const { usage, journal } = on;
          await usage.load(vid);
          if (usage.used(vid, 1, GRANT) >= queriesMax) return;
          usage.take(vid, 1, GRANT);
          number += 1;
          await journal.append([someRead(number)]);
          answered += 1;
        };
        for (const turn of steps) {
          if (turn === 'ask' || turn === 'ask three') {
            const times = turn === 'ask' ? 1 : 3;
            for (let time = 0; time < times; time += 1) under.push(ask());
            if (times === 1) await Promise.allSettled(under);
          } else if (turn === 'flush') {
            under.push(
              on.flusher.flush().then(
                () => undefined,
                () => undefined,
              ),
            );
          } else if (turn === 'forget the answer') {
            ledger.fates.push('records and does not say so');
          } else {
            await Promise.allSettled(under);
            under = [];
            on = await server(files, ledger, countAgeMsMax);
          }
          // A batch whose fate nobody knows lets nobody count: the next attempt settles it.
          if (on.journal.position.sending !== null) {
            await Promise.allSettled(under);
            await on.flusher.flush().catch(() => undefined);
          }
        }
        await Promise.allSettled(under);
        ledger.fates.splice(0);
        await on.flusher.flush();
        // What is left is exactly what was not answered.
        await on.usage.load(vid);
        expect(on.usage.used(vid, 1, GRANT)).toBe(answered);
        await Promise.all(Array.from({ length: 10 }, ask));
        expect(answered).toBe(queriesMax);
      },
    ),
    { numRuns: 500 },
  );
});
