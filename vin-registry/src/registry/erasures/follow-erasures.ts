import { type ErasureOffice, type LedgerIdentity, signErasure } from '@passport/ledger-client';
import { instantOf, type KeyId, millisecondsOf, parseMspId, PassportError } from '@passport/model';
import { type Logger, sleep } from '@passport/runtime';

import type { AuditLog } from '../../audit/audit-log.ts';
import { erasePerson, type OwnedFor } from '../match-row.ts';
import type { ErasedPerson, RegistryStore } from '../registry-store.ts';
import type { ErasedOnLedger, ErasureSource } from './erasure-source.ts';

/** What the registry does its part of erasures with. */
export type ErasuresOptions = {
  readonly source: ErasureSource;
  readonly store: RegistryStore;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly office: ErasureOffice;
  /** Who signs, and the thumbprint of its certificate's key. */
  readonly identity: LedgerIdentity;
  readonly keyId: KeyId;
  readonly now: () => Date;
  /** Pause before ledger or office are asked again, milliseconds. */
  readonly retryMs: number;
  readonly logger: Logger;
};

/**
 * Follows the ledger's erasures until the signal aborts: removes what links the vehicle to that owner, and
 * signs it. What cannot be done now is tried again; after a death anywhere the rest is done by the next run.
 */
export async function followErasures(options: ErasuresOptions, signal: AbortSignal): Promise<void> {
  await Promise.all([follow(options, signal), certifyAll(options, signal)]);
}

async function follow(options: ErasuresOptions, signal: AbortSignal): Promise<void> {
  const { source, store, logger, retryMs } = options;
  while (!signal.aborted) {
    try {
      // The last block may have had more than was looked at.
      for await (const erased of source.read(store.erasuresReached ?? 0, signal)) {
        await erase(erased, options);
        await store.noteErasuresReached(erased.block);
      }
    } catch (error) {
      if (!signal.aborted) logger.warn({ event: 'registry.erasures_interrupted', error });
    }
    await pause(retryMs, signal);
  }
}

async function erase(
  { vid, ownerEpoch }: ErasedOnLedger,
  { source, store, audit, identity, keyId, now }: ErasuresOptions,
): Promise<void> {
  const owned = ownedFor(await source.owners(vid), ownerEpoch);
  const at = now();
  await store.erasePerson({ vid, ownerEpoch, at: instantOf(at.getTime()) }, (row) =>
    erasePerson(row, owned),
  );
  const member = parseMspId(identity.mspId);
  await audit.append({ at, member, keyId, action: 'erase', count: 1, outcome: 'ok' });
}

/**
 * From when until when an owner epoch was. The first owner's begins before the ledger knew the vehicle: an
 * intake matches it before it is registered.
 */
function ownedFor(
  owners: Awaited<ReturnType<ErasureSource['owners']>>,
  ownerEpoch: number,
): OwnedFor {
  const sinceMs = (of: number): number | undefined => {
    const change = owners.find((each) => each.ownerEpoch === of);
    return change && millisecondsOf(change.since);
  };
  const fromMs = ownerEpoch === 1 ? -Infinity : (sinceMs(ownerEpoch) ?? -Infinity);
  return { fromMs, untilMs: sinceMs(ownerEpoch + 1) ?? Infinity };
}

async function certifyAll(options: ErasuresOptions, signal: AbortSignal): Promise<void> {
  const { store, logger, retryMs } = options;
  while (!signal.aborted) {
    for (const erased of store.uncertified()) {
      try {
        await certify(erased, options);
      } catch (error) {
        // Whatever the office has against it, it stays noted here, and is told again.
        if (!(error instanceof PassportError)) throw error;
        logger.warn({ event: 'registry.erasure_not_certified', code: error.code });
      }
    }
    await pause(retryMs, signal);
  }
}

/** Signs, and sends it; leaves it for later where the office has not come to that block yet. */
async function certify(
  erased: ErasedPerson,
  { source, store, office, identity, now, logger }: ErasuresOptions,
): Promise<void> {
  const { vid, ownerEpoch, removed, at } = erased;
  const known = (await office.erasures(vid)).find((each) => each.ownerEpoch === ownerEpoch);
  if (known === undefined) return;
  const jws = await signErasure(identity, {
    ...{ part: 'registry', ledger: await source.ledger(), sub: vid, ownerEpoch },
    saidIn: known.saidIn,
    iat: Math.floor(now().getTime() / 1000),
    destroyed: [
      {
        store: 'registry',
        what: 'commitments to papers of that time, which link a person to the vehicle, removed',
        ...{ count: removed, evidence: {}, at },
      },
    ],
  });
  await office.certify(vid, ownerEpoch, jws);
  await store.noteCertified(erased);
  logger.info({ event: 'registry.erasure_certified', removed });
}

/** Ends with the signal, too. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await sleep(ms, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
