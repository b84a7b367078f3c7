import {
  connectLedger,
  type Ledger,
  MemoryReplayStore,
  passportClient,
  readLedgerName,
  readMemberRoots,
  readNetworkProfile,
  RelayDesk,
} from '@passport/ledger-client';
import { systemNow, systemRandom } from '@passport/runtime';

/** How long the peer may take to tell which ledger it has. */
const NAME_MS = 30_000;

/** Whose relay it is, and where it leads. */
export type RelaySettings = {
  readonly ledgerProfile: string;
  readonly mspId: string;
  readonly user: string;
  readonly chaincode: string;
  /** The URL that proofs are for. */
  readonly apiUrl: string;
};

/** Connects a member's relay to its peer. Close the ledger. Throws LedgerProfileError, and what the gateway throws. */
export async function openRelay({
  ledgerProfile,
  mspId,
  user,
  chaincode,
  apiUrl,
}: RelaySettings): Promise<{ readonly relay: RelayDesk; readonly ledger: Ledger }> {
  const profile = await readNetworkProfile(ledgerProfile);
  const roots = await readMemberRoots(profile);
  const ledger = await connectLedger(profile, { mspId, user });
  try {
    const name = await readLedgerName(ledger, AbortSignal.timeout(NAME_MS));
    const { channel } = profile;
    const relay = new RelayDesk({
      client: passportClient(ledger, { chaincode, random: systemRandom }),
      place: { ledger: name, channel, member: mspId, proofUrl: apiUrl },
      policy: { roots, now: systemNow, replays: new MemoryReplayStore(systemNow) },
    });
    return { relay, ledger };
  } catch (error) {
    ledger.close();
    throw error;
  }
}
