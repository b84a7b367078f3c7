import {
  connectLedger,
  type Ledger,
  passportClient,
  type PassportClient,
  readNetworkProfile,
} from '@passport/ledger-client';
import { ConfigurationError } from '@passport/runtime';

/** Where the ledger is, and who connects. */
export type LedgerSettings = {
  readonly ledgerProfile?: string | undefined;
  readonly mspId?: string | undefined;
  readonly user: string;
  readonly chaincode: string;
};

/** The ledger as the portal's member has it. */
export type OpenLedger = {
  readonly mspId: string;
  readonly ledger: Ledger;
  readonly client: PassportClient;
  close(): void;
};

/**
 * Connects to the gateway of the member whose pages these are; undefined where no profile is configured. It does not wait
 * for the peer. Throws ConfigurationError where there is a profile and no member, LedgerProfileError.
 */
export async function openLedger(
  { ledgerProfile, mspId, user, chaincode }: LedgerSettings,
  random: () => number,
): Promise<OpenLedger | undefined> {
  if (ledgerProfile === undefined) return undefined;
  if (mspId === undefined) throw new ConfigurationError('--ledger-profile needs --msp');
  const ledger = await connectLedger(await readNetworkProfile(ledgerProfile), { mspId, user });
  const stopping = new AbortController();
  const client = passportClient(ledger, { chaincode, random, signal: stopping.signal });
  return {
    ...{ mspId, ledger, client },
    close: () => {
      stopping.abort(new Error('the pages are asked to stop'));
      ledger.close();
    },
  };
}
