import { readIdentity, readNetworkProfile } from '@passport/ledger-client';
import { ConfigurationError } from '@passport/runtime';

import { type Certifier, certifyAs } from './certify.ts';

/**
 * Opens the identity that signs certificates. Undefined where none is configured. Throws ConfigurationError where
 * half of it is, and LedgerProfileError.
 */
export async function openCertifier(config: {
  readonly ledgerProfile?: string | undefined;
  readonly mspId?: string | undefined;
  readonly user: string;
  readonly readerKeys?: string | undefined;
}): Promise<Certifier | undefined> {
  const { ledgerProfile, mspId, user, readerKeys } = config;
  if (ledgerProfile === undefined && mspId === undefined) return undefined;
  if (ledgerProfile === undefined || mspId === undefined) {
    throw new ConfigurationError(
      'certificates of erasures need both LEDGER_PROFILE and LEDGER_MSP',
    );
  }
  const profile = await readNetworkProfile(ledgerProfile);
  return certifyAs(await readIdentity(profile, mspId, user), readerKeys);
}
