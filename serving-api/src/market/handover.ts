import { commandId, parseJson } from '@passport/model';
import { z } from 'zod';

import type { JournalDisk } from '../journal/journal-disk.ts';

const FILE = 'handover.json';

const handover = z.strictObject({
  /** Answers of the journal's lines up to this one have left, */
  upTo: z.int().min(0),
  /** but for those of these receipts. */
  undelivered: z.array(commandId),
});

/** Which answers have left, as the disk says beside the journal of debits. */
export type Handover = z.output<typeof handover>;

/** Reads it; nothing has left where there is none. Throws PassportError for what this has not written. */
export async function readHandover(disk: JournalDisk): Promise<Handover> {
  const file = await disk.read(FILE);
  return file === undefined
    ? { upTo: 0, undelivered: [] }
    : parseJson(handover, file.toString('utf8'));
}

/** Puts it in the place of the one before; it is on the disk when this resolves. */
export function writeHandover(disk: JournalDisk, next: Handover): Promise<void> {
  return disk.replace(FILE, Buffer.from(JSON.stringify(next), 'utf8'));
}
