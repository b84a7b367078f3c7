import { describe, expect, test } from 'vitest';

import { MemoryReadLedger } from '../testing/memory-ledger.ts';
import { MemoryFiles } from '../testing/mortal-disk.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { someRead } from '../testing/some-read.ts';
import { Flusher } from './flusher.ts';
import { ReadJournal } from './read-journal.ts';

async function flusherOn(files: MemoryFiles, ledger: MemoryReadLedger) {
  const journal = await ReadJournal.open(files.disk(), () => undefined);
  return { journal, flusher: new Flusher({ journal, ledger, logger: quiet, flushMs: 1 }) };
}

describe('the flusher', () => {
  test('brings reads to the ledger, 500 at once, and they leave the journal', async () => {
    const [files, ledger] = [new MemoryFiles(), new MemoryReadLedger()];
    const { journal, flusher } = await flusherOn(files, ledger);
    await journal.append(Array.from({ length: 701 }, (_, number) => someRead(number)));
    expect(await flusher.flush()).toBe(500);
    expect(journal.waiting).toBe(201);
    expect(await flusher.flush()).toBe(201);
    expect(await flusher.flush()).toBe(0);
    expect(ledger.reads.map(({ query }) => query)).toEqual(
      Array.from({ length: 701 }, (_, number) => `query-${number}`),
    );
    const again = await flusherOn(files, ledger);
    expect(await again.flusher.flush()).toBe(0);
  });

  test('sends the same batch as the same command until it knows that it is recorded', async () => {
    const [files, ledger] = [new MemoryFiles(), new MemoryReadLedger()];
    const { journal, flusher } = await flusherOn(files, ledger);
    await journal.append([someRead(1)]);
    ledger.fates.push('is away', 'records and does not say so', 'is away');
    await expect(flusher.flush()).rejects.toMatchObject({ code: 'NOT_READY' });
    await expect(flusher.whileSettled(() => Promise.resolve(1))).rejects.toMatchObject({
      code: 'NOT_READY',
    });
    // What comes meanwhile is of the next batch.
    await journal.append([someRead(2)]);
    await expect(flusher.flush()).rejects.toMatchObject({ code: 'NOT_READY' });
    const again = await flusherOn(files, ledger);
    await expect(again.flusher.flush()).rejects.toMatchObject({ code: 'NOT_READY' });
    expect(await again.flusher.flush()).toBe(1);
    expect(await again.flusher.flush()).toBe(1);
    expect(ledger.reads.map(({ query }) => query)).toEqual(['query-1', 'query-2']);
    expect(await again.flusher.whileSettled(() => Promise.resolve(1))).toBe(1);
  });

  test('leaves out what the ledger will never have, and says so', async () => {
    const [files, ledger] = [new MemoryFiles(), new MemoryReadLedger()];
    ledger.unknown.add('grant-gone');
    const { journal, flusher } = await flusherOn(files, ledger);
    const grantId = 'grant-gone' as ReturnType<typeof someRead>['grantId'];
    await journal.append([someRead(1, { grantId }), someRead(2), someRead(3, { grantId })]);
    expect(await flusher.flush()).toBe(3);
    expect(ledger.reads.map(({ query }) => query)).toEqual(['query-2']);
    expect([flusher.refused, journal.waiting]).toEqual([2, 0]);
    await journal.append([someRead(4, { grantId })]);
    expect(await flusher.flush()).toBe(1);
    expect(ledger.reads).toHaveLength(1);
  });

  test('goes on by itself, and stops when it is told to', async () => {
    const [files, ledger] = [new MemoryFiles(), new MemoryReadLedger()];
    const { journal, flusher } = await flusherOn(files, ledger);
    const over = new AbortController();
    ledger.fates.push('is away');
    const running = flusher.run(over.signal);
    await journal.append([someRead(1)]);
    while (ledger.reads.length === 0) await new Promise((done) => setTimeout(done, 2));
    over.abort(new Error('the test is over'));
    await running;
    expect(ledger.reads.map(({ query }) => query)).toEqual(['query-1']);
    expect(flusher.trouble).toBeUndefined();
  });
});
