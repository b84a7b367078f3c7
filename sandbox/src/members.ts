import {
  connectLedger,
  keyIdOfCertificate,
  type Ledger,
  type NetworkProfile,
  passportClient,
  type PassportClient,
  type PassportClientOptions,
  readIdentity,
} from '@passport/ledger-client';
import type { KeyId } from '@passport/model';

import { CHAINCODE, type Member, organisations } from './organisations.ts';

/** A member's connections: an ordinary user's and an administrator's. */
export type MemberConnection = {
  readonly ledger: Ledger;
  readonly user: PassportClient;
  readonly admin: PassportClient;
  /** Id of the ordinary user's key, by which its sources are known. */
  readonly keyId: KeyId;
  readonly close: () => void;
};

export type Members = Readonly<Record<Member, MemberConnection>>;

/**
 * A whole consortium, its pipeline and whatever else the machine does share its cores, and a hundred vehicles are
 * registered at once. A call that is given up goes on at the peers all the same, and only makes them busier.
 */
const deadlinesMs = { evaluate: 30_000, endorse: 90_000, submit: 30_000, commit: 120_000 };

/**
 * Connects every member to its own peer. `random` is uniform in [0, 1); `signal` ends
 * attempts to submit. Throws LedgerProfileError.
 */
export async function connectMembers(
  profile: NetworkProfile,
  random: () => number,
  signal: AbortSignal,
): Promise<Members> {
  const options = { chaincode: CHAINCODE, random, signal };
  const connections = await Promise.all(
    organisations.map(
      async ({ mspId }) => [mspId, await connect(profile, mspId, options)] as const,
    ),
  );
  return Object.fromEntries(connections) as Members;
}

async function connect(
  profile: NetworkProfile,
  mspId: Member,
  options: PassportClientOptions,
): Promise<MemberConnection> {
  const ledger = await connectLedger(profile, { mspId, user: 'User1', deadlinesMs });
  const adminLedger = await connectLedger(profile, { mspId, user: 'Admin', deadlinesMs });
  const { certificate } = await readIdentity(profile, mspId, 'User1');
  return {
    ledger,
    user: passportClient(ledger, options),
    admin: passportClient(adminLedger, options),
    keyId: await keyIdOfCertificate(certificate),
    close: () => {
      ledger.close();
      adminLedger.close();
    },
  };
}
