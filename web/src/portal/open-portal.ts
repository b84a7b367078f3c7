import {
  connectLedger,
  connectOffline,
  type Ledger,
  readLedgerName,
  MemoryReplayStore,
  passportClient,
  type PassportClient,
  readMemberRoots,
  readNetworkProfile,
  RelayDesk,
} from '@passport/ledger-client';
import { ConfigurationError } from '@passport/runtime';

import { EnrolmentDesk } from '../professionals/enrolment-desk.ts';
import { readEvaluatorKey } from '../professionals/evaluator-keys.ts';
import { feedReader } from '../watch/read-feeds.ts';
import { parseWatched } from '../watch/read-service.ts';
import { ProfessionalDesk, type ProfessionalPlace } from '../professionals/professional-desk.ts';

/** How long the ledger may take to tell its name. */
const GENESIS_MS = 30_000;

/** How the portal's member reaches the ledger. */
export type PortalSettings = {
  readonly ledgerProfile?: string | undefined;
  readonly mspId?: string | undefined;
  readonly user: string;
  readonly chaincode: string;
  readonly evaluatorUrl?: string | undefined;
  readonly registryUrl?: string | undefined;
  readonly evaluatorPublicKeys?: readonly string[] | undefined;
  readonly enrolments?: string | undefined;
  /** The member's connectors, as `parseWatched` reads them. */
  readonly feeds: string;
};

/** What the rest of the process gives it. */
export type PortalSurroundings = {
  readonly now: () => Date;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** The URL of the serving API: proofs are for it, whoever they go to. */
  readonly apiUrl: string;
};

/** The member's connection to the ledger, and the relay over it. */
export type Portal = {
  readonly mspId: string;
  readonly relay: RelayDesk;
  readonly ledger: Ledger;
  readonly client: PassportClient;
  readonly professionals: ProfessionalDesk;
  close(): Promise<void>;
};

/**
 * Connects to the ledger as the member whose pages these are. Undefined where no profile is configured: then people
 * can read and not act. Throws ConfigurationError, LedgerProfileError, LedgerError, RangeError of `feeds`.
 */
export async function openPortal(
  settings: PortalSettings,
  { now, random, apiUrl }: PortalSurroundings,
): Promise<Portal | undefined> {
  const { ledgerProfile, mspId, user, chaincode, enrolments: file } = settings;
  if (ledgerProfile === undefined) return undefined;
  if (mspId === undefined) throw new ConfigurationError('--ledger-profile needs --msp');
  const profile = await readNetworkProfile(ledgerProfile);
  const roots = await readMemberRoots(profile);
  const vin = await vinOf(settings);
  const feeds = feedReader(parseWatched(settings.feeds), mspId, now);
  const connection = await connectLedger(profile, { mspId, user });
  const offline = await connectOffline(profile, mspId);
  try {
    const stopping = new AbortController();
    const client = passportClient(connection, { chaincode, random, signal: stopping.signal });
    const ledger = await readLedgerName(connection, AbortSignal.timeout(GENESIS_MS));
    const place = { ledger, channel: profile.channel, member: mspId, proofUrl: apiUrl };
    const policy = { roots, now, replays: new MemoryReplayStore(now) };
    const enrolment =
      file === undefined ? undefined : new EnrolmentDesk({ profile, file, chaincode, now, random });
    return {
      ...{ mspId, client, ledger: connection },
      professionals: new ProfessionalDesk({
        place: { ...place, chaincode, vin },
        ...{ client, offline, policy, enrolment, feeds },
      }),
      relay: new RelayDesk({ client, place, policy }),
      close: async () => {
        stopping.abort(new Error('the pages are asked to stop'));
        offline.close();
        connection.close();
      },
    };
  } catch (error) {
    offline.close();
    connection.close();
    throw error;
  }
}

/** Where VINs are found. Throws LedgerProfileError. */
async function vinOf({
  evaluatorUrl,
  registryUrl,
  evaluatorPublicKeys,
}: PortalSettings): Promise<ProfessionalPlace['vin']> {
  if (evaluatorUrl === undefined || registryUrl === undefined) return null;
  const keys = await Promise.all((evaluatorPublicKeys ?? []).map(readEvaluatorKey));
  return { evaluatorUrl, registryUrl, evaluatorKeys: keys };
}
