import { describe, expect, test } from 'vitest';

import { vid } from '../testing/consent-lines.ts';
import { MemoryFiles } from '../testing/mortal-disk.ts';
import { someRead } from '../testing/some-read.ts';
import type { JournalDisk } from '../journal/journal-disk.ts';
import { defaultJournalLimits, ReadJournal } from './read-journal.ts';
import { JournalDamaged } from '../journal/segment.ts';

const FIRST = 'reads-000000000000001.log';

function openOn(disk: JournalDisk, limits = defaultJournalLimits): Promise<ReadJournal> {
  return ReadJournal.open(disk, () => undefined, limits);
}

async function written(count: number, limits = defaultJournalLimits): Promise<MemoryFiles> {
  const files = new MemoryFiles();
  const journal = await openOn(files.disk(), limits);
  for (let number = 1; number <= count; number += 1) await journal.append([someRead(number)]);
  return files;
}

/** The first file, without the zeros behind its lines. */
function linesOf({ files }: MemoryFiles): Buffer {
  const bytes = files.get(FIRST) ?? Buffer.alloc(0);
  return bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
}

const queries = (journal: ReadJournal): string[] =>
  journal.durable(Number.MAX_SAFE_INTEGER).map(({ entry }) => entry.query);

describe('a journal of reads', () => {
  test('has what was written when it is opened again, in order', async () => {
    const files = await written(5);
    const again = await openOn(files.disk());
    expect(queries(again)).toEqual([1, 2, 3, 4, 5].map((number) => `query-${number}`));
    expect(again.waitingOf(vid)).toHaveLength(5);
    await again.append([someRead(6)]);
    expect(queries(await openOn(files.disk()))).toHaveLength(6);
  });

  test('writes together what comes together', async () => {
    const files = new MemoryFiles();
    const disk = files.disk();
    const journal = await openOn(disk);
    const all = Array.from({ length: 100 }, (_, number) => journal.append([someRead(number)]));
    expect(journal.waitingOf(vid)).toHaveLength(100);
    expect(queries(journal)).toEqual([]);
    await Promise.all(all);
    // The first one alone, with the start of the file; then all the others.
    expect(disk.changes).toBeLessThanOrEqual(3);
    expect(queries(await openOn(files.disk()))).toHaveLength(100);
  });

  test('begins another file when one is full, and removes those that the ledger has', async () => {
    const limits = { ...defaultJournalLimits, segmentBytes: 600 };
    const files = await written(9, limits);
    const before = [...files.files.keys()].length;
    expect(before).toBeGreaterThan(3);
    const journal = await openOn(files.disk(), limits);
    await journal.settle(5);
    const left = [...files.files.keys()].filter((name) => name.startsWith('reads-'));
    expect(left.length).toBeLessThan(before);
    const again = await openOn(files.disk(), limits);
    expect(queries(again)).toEqual([6, 7, 8, 9].map((number) => `query-${number}`));
    expect(again.position.recorded).toBe(5);
    await again.settle(9);
    expect((await openOn(files.disk(), limits)).waitingOf(vid)).toEqual([]);
  });

  test('refuses reads when too many wait for the ledger', async () => {
    const journal = await openOn(new MemoryFiles().disk(), {
      ...defaultJournalLimits,
      waitingMax: 2,
    });
    await journal.append([someRead(1), someRead(2)]);
    await expect(journal.append([someRead(3)])).rejects.toMatchObject({ code: 'NOT_READY' });
    await journal.settle(1);
    await journal.append([someRead(3)]);
  });

  test('refuses reads for ever once a write has failed', async () => {
    const files = new MemoryFiles();
    const troubles: unknown[] = [];
    const journal = await ReadJournal.open(files.disk(2), (error) => void troubles.push(error));
    await journal.append([someRead(1)]);
    const under = [journal.append([someRead(2)]), journal.append([someRead(3)])];
    for (const result of await Promise.allSettled(under)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'NOT_READY' } });
    }
    await expect(journal.append([someRead(4)])).rejects.toMatchObject({ code: 'NOT_READY' });
    expect(journal.trouble).toMatch(/cannot be written/);
    expect(troubles).toHaveLength(1);
  });

  test.each([1, 20, 66, 67, 120, 300])(
    'cuts off the last %i bytes with the line that they tear, and goes on',
    async (lost) => {
      for (const rest of [0, lost, 5_000]) {
        const files = await written(3);
        const torn = linesOf(files).subarray(0, -lost);
        files.files.set(FIRST, Buffer.concat([torn], torn.length + rest));
        const journal = await openOn(files.disk());
        const found = queries(journal);
        expect(found).toEqual(['query-1', 'query-2', 'query-3'].slice(0, found.length));
        expect(found.length).toBeLessThan(3);
        await journal.append([someRead(9)]);
        expect(queries(await openOn(files.disk()))).toEqual([...found, 'query-9']);
      }
    },
  );

  test('goes on with a file of before groups had marks, and files zeros', async () => {
    const files = await written(3);
    const old = linesOf(files).toString('latin1').replaceAll('>', '');
    files.files.set(FIRST, Buffer.from(old, 'latin1'));
    await (await openOn(files.disk())).append([someRead(4)]);
    const again = queries(await openOn(files.disk()));
    expect(again).toEqual(['query-1', 'query-2', 'query-3', 'query-4']);
    expect(linesOf(files).toString('latin1')).toMatch(/^[^>]+>[^>]+$/);
  });

  test('is damaged when a read was changed, left out or put in between', async () => {
    const files = await written(4);
    const lines = linesOf(files).toString('utf8').trimEnd().split('\n');
    const changes: (readonly (string | undefined)[])[] = [
      [lines[0], lines[1], lines[2]?.replace('query-2', 'query-7'), lines[3], lines[4]],
      [lines[0], lines[1], lines[3], lines[4]],
      [lines[0], lines[1], lines[1], lines[2], lines[3], lines[4]],
      [lines[0]?.replace('"first":1', '"first":2'), ...lines.slice(1)],
      lines.slice(1),
    ];
    for (const changed of changes) {
      files.files.set(FIRST, Buffer.from(`${changed.join('\n')}\n`, 'utf8'));
      await expect(openOn(files.disk())).rejects.toThrow(JournalDamaged);
    }
  });

  test('is damaged when a file, or what the ledger has, is another one', async () => {
    const limits = { ...defaultJournalLimits, segmentBytes: 600 };
    const files = await written(9, limits);
    const journal = await openOn(files.disk(), limits);
    await journal.settle(2);
    const position = files.files.get('position.json') ?? Buffer.alloc(0);
    const other = position.toString('utf8').replace(/[0-9a-f]{64}/, 'f'.repeat(64));
    files.files.set('position.json', Buffer.from(other, 'utf8'));
    await expect(openOn(files.disk(), limits)).rejects.toThrow(/another one/);
    files.files.set('position.json', position);
    const names = [...files.files.keys()].filter((name) => name.startsWith('reads-')).sort();
    files.files.delete(names[1] ?? '');
    await expect(openOn(files.disk(), limits)).rejects.toThrow(/does not go on/);
    for (const name of names) files.files.delete(name);
    await journal.remember({ sending: 9 });
    await expect(openOn(files.disk(), limits)).rejects.toThrow(/are gone/);
  });
});
