import {
  fieldsInScope,
  type ReadInput,
  type ReadRecord,
  type SignalName,
  type Vid,
} from '@passport/model';

import type { Flusher } from './flusher.ts';
import type { ReadJournal } from './read-journal.ts';
import type { ReadLedger } from './read-ledger.ts';

/** A read as its owner sees it; what the ledger does not have yet has no time of recording. */
export type SeenRead = Omit<ReadRecord, 'by' | 'recordedAt'> & {
  /** The fields that its scopes hold, by the schema: what could be read in the lines that were handed out. */
  readonly fields: readonly SignalName[];
  /** The member that served it; null where this server did, and the ledger does not have it yet. */
  readonly by: ReadRecord['by'] | null;
  readonly recordedAt: ReadRecord['recordedAt'] | null;
};

/** A page of reads, the newest first, those first that the ledger does not have yet. */
export type SeenReads = { readonly reads: readonly SeenRead[]; readonly next: string | null };

/** What reads are looked up with. */
export type ReadHistoryOptions = {
  readonly journal: Pick<ReadJournal, 'waitingOf'>;
  readonly flusher: Pick<Flusher, 'whileSettled'>;
  readonly ledger: Pick<ReadLedger, 'page'>;
};

/**
 * Who read what of a vehicle under one owner: what waits in the journal, then what the ledger has, each once.
 * Pages after the first are of the ledger alone. Throws PassportError `NOT_READY`.
 */
export async function readHistory(
  { journal, flusher, ledger }: ReadHistoryOptions,
  vid: Vid,
  ownerEpoch: number,
  after?: string,
): Promise<SeenReads> {
  if (after !== undefined) {
    const { reads, next } = await ledger.page(vid, ownerEpoch, after);
    return { reads: reads.map(withFields), next };
  }
  return flusher.whileSettled(async () => {
    const { reads, next } = await ledger.page(vid, ownerEpoch);
    const waiting = journal.waitingOf(vid).filter((read) => read.ownerEpoch === ownerEpoch);
    return { reads: [...waiting.map(seen).reverse(), ...reads].map(withFields), next };
  });
}

type WithoutFields = Omit<SeenRead, 'fields'>;

function seen({ vid: _, ownerEpoch: __, ...read }: ReadInput): WithoutFields {
  return { ...read, by: null, recordedAt: null };
}

function withFields(read: WithoutFields): SeenRead {
  return { ...read, fields: read.scopes.flatMap(fieldsInScope) };
}
