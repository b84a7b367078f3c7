import { randomBytes } from 'node:crypto';

import { readIdentity, readNetworkProfile } from '@passport/ledger-client';
import { ConfigurationError, type Logger } from '@passport/runtime';

import { type CertificateDesk, openCertificateDesk } from './certificates/certificate-desk.ts';
import { CertificateJournal } from './certificates/certificate-journal.ts';
import { FolderDisk } from './journal/journal-disk.ts';

/** Settings of certificates. */
export type CertificateSettings = {
  readonly certificatesFolder?: string | undefined;
  readonly readsFolder?: string | undefined;
  readonly ledgerProfile?: string | undefined;
  readonly mspId?: string | undefined;
  readonly user: string;
};

/** The desk, and what ends with it. */
export type OpenCertificates = { readonly desk: CertificateDesk; close(): Promise<void> };

/**
 * Opens what making certificates takes: a member's key, and a folder for their journal. Undefined where no folder is
 * configured. Throws ConfigurationError where it is, and nobody can prove to be an owner; LedgerProfileError,
 * JournalDamaged.
 */
export async function openCertificates(
  { certificatesFolder, readsFolder, ledgerProfile, mspId, user }: CertificateSettings,
  { logger, now }: { readonly logger: Logger; readonly now: () => Date },
): Promise<OpenCertificates | undefined> {
  if (certificatesFolder === undefined) return undefined;
  if (readsFolder === undefined || ledgerProfile === undefined || mspId === undefined) {
    const all = '--reads-folder, --ledger-profile and --msp';
    throw new ConfigurationError(`--certificates-folder needs ${all}: owners ask, a member signs`);
  }
  const identity = await readIdentity(await readNetworkProfile(ledgerProfile), mspId, user);
  const journal = await CertificateJournal.open(
    await FolderDisk.open(certificatesFolder),
    (error) => logger.error({ event: 'serving.certificates_not_written', error }),
    now,
  );
  const newName = (): string => randomBytes(16).toString('base64url');
  const desk = await openCertificateDesk({ identity, journal, now, newName });
  return { desk, close: () => journal.close() };
}
