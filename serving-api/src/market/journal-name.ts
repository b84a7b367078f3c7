import { randomUUID } from 'node:crypto';

import type { JournalDisk } from '../journal/journal-disk.ts';

const NAME = 'name.txt';

/** What a journal is called, which leases name as their holder; it gets a name when it has none. */
export async function journalName(disk: JournalDisk): Promise<string> {
  const found = await disk.read(NAME);
  if (found !== undefined) return found.toString('utf8');
  const name = randomUUID();
  await disk.replace(NAME, Buffer.from(name, 'utf8'));
  return name;
}
