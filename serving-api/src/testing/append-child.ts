import { FolderDisk } from '../journal/journal-disk.ts';
import { ReadJournal } from '../reads/read-journal.ts';
import { someRead } from './some-read.ts';

/** Appends reads to the journal of a folder until it is killed, and tells each that is answered. */
const [folder = '', from = '0'] = process.argv.slice(2);
const disk = await FolderDisk.open(folder);
const limits = { waitingMax: 1_000_000, groupBytes: 2_000, segmentBytes: 5_000, aheadBytes: 3_000 };
const journal = await ReadJournal.open(disk, () => process.exit(1), limits);
let number = Number(from);
for (;;) {
  const together = Array.from({ length: 1 + (number % 5) }, () => someRead((number += 1)));
  await Promise.all(
    together.map(async (read) => {
      await journal.append([read]);
      process.stdout.write(`${read.query}\n`);
    }),
  );
}
