import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';

import {
  connectLedger,
  fileWalletStore,
  KeyRing,
  nodeScrypt,
  OwnerDesk,
  passportClient,
  readLedgerName,
  readNetworkProfile,
  readOwnerView,
  Wallet,
} from '@passport/ledger-client';
import { instantOf, type KeyId, parseCommandId, type Vid } from '@passport/model';

/** The sandbox prints it for everybody. */
const PASSPHRASE = 'a car of my own';
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The owner whose wallet a sandbox gives to its visitors grants a buyer's key what insurers buy: usage, driving and
 * maintenance of their car, the past with it. Answers which car, once the grant is on the ledger.
 */
export async function grantToBuyer(directory: string, buyer: KeyId): Promise<Vid> {
  const profile = await readNetworkProfile(join(directory, 'network.json'));
  const connection = await connectLedger(profile, { mspId: 'AssistanceMSP', user: 'User1' });
  try {
    const ledger = await readLedgerName(connection, AbortSignal.timeout(DAY_MS));
    const store = fileWalletStore(join(directory, 'owner-wallet.json'));
    const wallet = await Wallet.open(
      { store, random: randomBytes, stretch: nodeScrypt },
      PASSPHRASE,
    );
    const [car] = wallet.content.vehicles;
    if (car === undefined) throw new Error('the wallet of visitors has no car');
    const { vid } = car;
    const now = (): Date => new Date();
    const place = { ledger, channel: connection.network.getName() };
    const desk = new OwnerDesk({ wallet, ...place, random: randomBytes, now });
    const client = passportClient(connection, { chaincode: 'passport', random: Math.random });
    const ring = await KeyRing.open(join(directory, 'buyer-keys'));
    const { publicKey: readerKey } = await ring.make(vid);
    const { commands } = await desk.grant(
      await readOwnerView(client, vid),
      { grantee: { keyId: buyer }, readerKey },
      {
        ...{ classes: ['usage', 'driving', 'maintenance'], fields: [] },
        ...{ purpose: 'insurance', legalBasis: 'consent', includesPast: true },
        expiresAt: instantOf(Date.now() + 30 * DAY_MS),
      },
    );
    for (const command of commands) {
      const digest = createHash('sha256').update(command).digest('hex').slice(0, 32);
      const commandId = parseCommandId(`relay-${digest}`);
      await client.consent.relay({ commandId, commands: [command] });
    }
    return vid;
  } finally {
    connection.close();
  }
}
