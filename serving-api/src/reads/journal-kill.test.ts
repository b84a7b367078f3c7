import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { temporaryFolder } from '@passport/testkit';
import { describe, expect, test } from 'vitest';

import { MemoryReadLedger } from '../testing/memory-ledger.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { someRead } from '../testing/some-read.ts';
import { Flusher } from './flusher.ts';
import { FolderDisk } from '../journal/journal-disk.ts';
import { ReadJournal } from './read-journal.ts';

const child = fileURLToPath(new URL('../testing/append-child.ts', import.meta.url));
const TIMEOUT_MS = 60_000;

/** Runs a process that appends until it is killed; answers what it said was answered. */
async function killedAfter(folder: string, from: number, reads: number): Promise<string[]> {
  const running = spawn(process.execPath, [child, folder, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  running.stdout.on('data', (data: Buffer) => {
    said += data.toString('utf8');
    if (said.split('\n').length > reads) running.kill('SIGKILL');
  });
  await once(running, 'close');
  // The last line may be torn.
  return said.split('\n').slice(0, -1);
}

describe('a journal in a folder', { timeout: TIMEOUT_MS }, () => {
  test('has what was answered, after kill -9 again and again', async () => {
    const folder = await temporaryFolder('reads');
    try {
      const answered: string[] = [];
      for (const [round, reads] of [40, 3, 150].entries()) {
        answered.push(...(await killedAfter(folder.path, round * 100_000, reads)));
      }
      expect(answered.length).toBeGreaterThan(190);
      const disk = await FolderDisk.open(folder.path);
      const journal = await ReadJournal.open(disk, () => undefined);
      const ledger = new MemoryReadLedger();
      const flusher = new Flusher({ journal, ledger, logger: quiet, flushMs: 1 });
      while ((await flusher.flush()) > 0);
      const recorded = ledger.reads.map(({ query }) => query);
      expect(new Set(recorded).size).toBe(recorded.length);
      expect(recorded).toEqual(expect.arrayContaining(answered));
      expect((await disk.list()).length).toBe(2);
      await journal.close();
    } finally {
      await folder.remove();
    }
  });

  test('refuses to write where somebody else does', async () => {
    const folder = await temporaryFolder('reads');
    try {
      const disks = [await FolderDisk.open(folder.path), await FolderDisk.open(folder.path)];
      const [one, other] = await Promise.all(
        disks.map((disk) => ReadJournal.open(disk, () => undefined)),
      );
      await one?.append([someRead(1)]);
      await expect(other?.append([someRead(2)])).rejects.toMatchObject({ code: 'NOT_READY' });
      await one?.append([someRead(3)]);
      await one?.close();
      await other?.close();
    } finally {
      await folder.remove();
    }
  });
});
