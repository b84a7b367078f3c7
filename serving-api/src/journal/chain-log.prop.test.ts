import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';

import { Died, MemoryFiles } from '../testing/mortal-disk.ts';
import { someLastWrite } from '../testing/some-last-write.ts';
import { ChainLog, findLog, type LogLimits } from './chain-log.ts';
import { JournalDamaged, type JournalFormat, NO_HASH } from './segment.ts';

const format: JournalFormat<string> = { name: 'words', member: 'word', schema: z.string() };
const start = { seq: 0, hash: NO_HASH };

const someLimits = fc.record({
  groupBytes: fc.integer({ min: 1, max: 2_000 }),
  segmentBytes: fc.integer({ min: 1, max: 3_000 }),
  aheadBytes: fc.integer({ min: 0, max: 4_000 }),
});

/** Words of any kind, some longer than a group or a segment is. */
const someWords = fc.array(
  fc.oneof(fc.string({ unit: 'binary' }), fc.constant('long '.repeat(800))),
  { minLength: 1, maxLength: 4 },
);

async function openOn(disk: ReturnType<MemoryFiles['disk']>, limits: LogLimits) {
  const hearer = { onDurable: () => undefined, onTrouble: () => undefined };
  const found = await findLog(disk, format);
  return new ChainLog(disk, format, limits, hearer, found, start);
}

function unlessDead(error: unknown): undefined {
  if (!(error instanceof Died)) throw error;
}

async function wordsOf(files: MemoryFiles): Promise<string[]> {
  const { links, before } = await findLog(files.disk(), format);
  expect(links.map(({ seq }) => seq)).toEqual(links.map((_, index) => index + 1));
  expect(before ?? start).toEqual(start);
  return links.map(({ entry }) => entry);
}

test('wherever processes end or the power fails, what was waited for is there, in its order', async () => {
  const life = fc.record({
    limits: someLimits,
    diesIn: fc.nat({ max: 8 }),
    lastWrite: someLastWrite,
    appended: fc.array(someWords, { maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 5 }), async (lives) => {
      const files = new MemoryFiles();
      let before: string[] = [];
      for (const { limits, diesIn, lastWrite, appended } of lives) {
        const disk = files.disk(diesIn, lastWrite);
        const log = await openOn(disk, limits).catch(unlessDead);
        const waited = log === undefined ? [] : appended.map((words) => log.append(words));
        const kept = (await Promise.allSettled(waited)).map(({ status }) => status === 'fulfilled');
        const all = [...before, ...(log === undefined ? [] : appended.flat())];
        const surely = appended.slice(0, kept.lastIndexOf(true) + 1).flat().length;
        const found = await wordsOf(files);
        expect(found).toEqual(all.slice(0, found.length));
        expect(found.length).toBeGreaterThanOrEqual(before.length + surely);
        before = found;
      }
    }),
    { numRuns: 1_000 },
  );
});

test('what was on the disk when more was written is never cut off, whatever the disk has lost of it', async () => {
  const loss = fc.record({
    from: fc.nat({ max: 5_000 }),
    length: fc.integer({ min: 1, max: 400 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(someWords, { minLength: 1, maxLength: 4 }),
      loss,
      async (groups, at) => {
        const files = new MemoryFiles();
        const log = await openOn(files.disk(), {
          ...{ groupBytes: 1, segmentBytes: 1_000_000, aheadBytes: 2_000 },
        });
        for (const words of groups) await log.append(words);
        const [name = '', bytes = Buffer.alloc(0)] = [...files.files][0] ?? [];
        const before = await wordsOf(files);
        const last = bytes.lastIndexOf('\n>') + 1;
        const from = Math.min(at.from, last - 1);
        bytes.fill(0, from, Math.min(from + at.length, last));
        files.files.set(name, bytes);
        await expect(wordsOf(files)).rejects.toThrow(JournalDamaged);
        expect(before).toEqual(groups.flat());
      },
    ),
  );
});
