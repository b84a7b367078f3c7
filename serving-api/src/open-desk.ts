import {
  connectLedger,
  MemoryReplayStore,
  passportClient,
  type PassportClient,
  readMemberRoots,
  readNetworkProfile,
} from '@passport/ledger-client';
import { ConfigurationError, type Logger } from '@passport/runtime';

import type { VehicleDesk } from './access/vehicle-desk.ts';
import { Flusher } from './reads/flusher.ts';
import { FolderDisk } from './journal/journal-disk.ts';
import { Members } from './reads/members.ts';
import { defaultJournalLimits, ReadJournal } from './reads/read-journal.ts';
import { passportReadLedger } from './reads/read-ledger.ts';
import { ReadUsage } from './reads/read-usage.ts';

/** After so long it is looked up again who is suspended. */
const MEMBERS_AGE_MS_MAX = 2_000;
/** After so long it is asked again what other servers recorded. */
const COUNT_AGE_MS_MAX = 60_000;

/** Settings of reading with a grant. */
export type DeskSettings = {
  readonly ledgerProfile?: string | undefined;
  readonly mspId?: string | undefined;
  readonly user: string;
  readonly chaincode: string;
  readonly readsFolder?: string | undefined;
  readonly readsFlushMs: number;
  readonly readsWaitingMax: number;
};

/** What the rest of the process gives it. */
export type DeskSurroundings = {
  readonly logger: Logger;
  readonly now: () => Date;
  readonly random: () => number;
  readonly newQuery: () => string;
  readonly publicUrl: () => string;
};

/** The desk, and what ends with it. */
export type OpenDesk = {
  readonly desk: VehicleDesk;
  /** The ledger, as the operator's user. */
  readonly client: PassportClient;
  close(): Promise<void>;
};

/**
 * Opens what reading with a grant takes: a ledger identity, and a folder for the journal. Undefined where
 * no folder is configured. Throws ConfigurationError where it is, and no identity; LedgerProfileError,
 * JournalDamaged.
 */
export async function openDesk(
  config: DeskSettings,
  { logger, now, random, newQuery, publicUrl }: DeskSurroundings,
): Promise<OpenDesk | undefined> {
  const { ledgerProfile, mspId, readsFolder } = config;
  // The ledger's settings are those of other services, too: the folder is what asks for a desk.
  if (readsFolder === undefined) return undefined;
  if (ledgerProfile === undefined || mspId === undefined) {
    const both = '--ledger-profile and --msp';
    throw new ConfigurationError(`--reads-folder needs ${both}: reads go on to the ledger`);
  }
  const profile = await readNetworkProfile(ledgerProfile);
  const roots = await readMemberRoots(profile);
  const disk = await FolderDisk.open(readsFolder);
  const journal = await ReadJournal.open(
    disk,
    (error) => logger.error({ event: 'serving.reads_not_written', error }),
    { ...defaultJournalLimits, waitingMax: config.readsWaitingMax },
  );
  const connection = await connectLedger(profile, { mspId, user: config.user });
  const stopping = new AbortController();
  const { chaincode } = config;
  const client = passportClient(connection, { chaincode, random, signal: stopping.signal });
  const ledger = passportReadLedger(client);
  const flusher = new Flusher({ journal, ledger, logger, flushMs: config.readsFlushMs });
  const running = flusher.run(stopping.signal);
  return {
    client,
    desk: {
      ...{ journal, flusher, ledger, now, newQuery, publicUrl },
      proofs: { roots, now, replays: new MemoryReplayStore(now) },
      members: new Members({ ledger, now, ageMsMax: MEMBERS_AGE_MS_MAX }),
      usage: new ReadUsage({ journal, flusher, ledger, now, countAgeMsMax: COUNT_AGE_MS_MAX }),
    },
    close: async () => {
      stopping.abort(new Error('the serving API is asked to stop'));
      await running;
      await journal.close();
      connection.close();
    },
  };
}
