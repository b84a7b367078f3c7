import type { Vid } from '@passport/model';

import { type ExportAnswer, readExportAnswer } from '../read/answers.ts';
import { openBook, type OpenedLine } from '../read/open-book.ts';
import type { OwnerKeys } from '../read/opening-keys.ts';
import { askProven, type ProvenAsking } from '../read/proven-request.ts';
import { openerOf } from '../read/read-vehicle.ts';
import { whoRead } from '../read/who-read.ts';

/** All data of a vehicle, opened: what the owner takes along. */
export type ExportDocument = Omit<ExportAnswer, 'events'> & {
  readonly exportedAt: string;
  /** Fields with their units; what could not be opened is named in `closed`. */
  readonly events: readonly OpenedLine[];
};

/**
 * Exports all there is of a vehicle for its owner, and opens it with the owner's keys (Data Act, Regulation
 * (EU) 2023/2854, articles 4 and 5; GDPR, articles 15 and 20). Throws ReadError.
 */
export async function exportVehicleBook(
  asking: ProvenAsking & { readonly vid: Vid; readonly ownerKeys: OwnerKeys },
): Promise<ExportDocument> {
  const answer = readExportAnswer(await askProven(`v1/vehicles/${asking.vid}/export`, asking));
  const opener = await openerOf(answer, { ownerKeys: asking.ownerKeys });
  const events = await openBook(opener, answer);
  const reads = [...answer.reads];
  if (answer.readsNext !== null) {
    for await (const read of whoRead(asking, answer.readsNext)) reads.push(read);
  }
  return { ...answer, events, reads, readsNext: null, exportedAt: asking.now().toISOString() };
}

/** The events of an export as NDJSON: one JSON object a line. */
export function eventsAsNdjson({ vid, events }: ExportDocument): string {
  return events.map((event) => `${JSON.stringify({ vid, ...event })}\n`).join('');
}
