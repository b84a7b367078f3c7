import {
  connectLedger,
  erasureOffice,
  keyIdOfCertificate,
  readIdentity,
  readNetworkProfile,
} from '@passport/ledger-client';
import { organisationOfSource, type SourceId } from '@passport/model';
import { type Logger, systemNow } from '@passport/runtime';

import type { AuditLog } from '../../audit/audit-log.ts';
import type { RegistryStore } from '../registry-store.ts';
import { ledgerErasures } from './erasure-source.ts';
import { followErasures } from './follow-erasures.ts';

const RETRY_MS = 1_000;

/** Settings of the registry's part of erasures. */
type ErasuresSettings = {
  readonly erasuresApi?: string | undefined;
  readonly ledgerProfile: string;
  readonly registry: SourceId;
  readonly user: string;
  readonly chaincode: string;
};

/** What follows erasures until it is stopped. */
export type OpenErasures = {
  start(audit: AuditLog, logger: Logger): void;
  stop(): Promise<void>;
};

/**
 * Opens what the registry's part of erasures takes; undefined where no API is configured: then an administrator
 * removes persons. Throws LedgerProfileError.
 */
export async function openErasures(
  config: ErasuresSettings,
  store: RegistryStore,
): Promise<OpenErasures | undefined> {
  const { erasuresApi, user, chaincode } = config;
  if (erasuresApi === undefined) return undefined;
  const profile = await readNetworkProfile(config.ledgerProfile);
  const mspId = organisationOfSource(config.registry);
  const identity = await readIdentity(profile, mspId, user);
  const keyId = await keyIdOfCertificate(identity.certificate);
  const connection = await connectLedger(profile, { mspId, user });
  const stopping = new AbortController();
  let following = Promise.resolve();
  return {
    start: (audit, logger) => {
      const options = {
        ...{ store, audit, identity, keyId, logger, now: systemNow, retryMs: RETRY_MS },
        source: ledgerErasures(connection, chaincode),
        office: erasureOffice(erasuresApi),
      };
      following = followErasures(options, stopping.signal).catch((error: unknown) => {
        logger.error({ event: 'registry.erasures_halted', error });
      });
    },
    stop: async () => {
      stopping.abort(new Error('the registry is asked to stop'));
      await following;
      connection.close();
    },
  };
}
