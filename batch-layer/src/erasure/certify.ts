import {
  type LedgerIdentity,
  type RingWitness,
  signErasure,
  witnessRing,
} from '@passport/ledger-client';
import { type ErasedIn, parseMspId } from '@passport/model';

import type { Erasure, ErasureCertificate, ErasureStep, StepRecord } from './erasure-records.ts';

/** What an erasure came to here. */
export type DoneSteps = { readonly [Step in ErasureStep]: StepRecord<Step> } & {
  readonly ledger: string;
};

/** Signs a certificate; undefined while something that is not the archive's is still to be destroyed. */
export type Certifier = (
  erasure: Erasure,
  done: DoneSteps,
  now: Date,
) => Promise<ErasureCertificate | undefined>;

/**
 * Signs as a member. With the folder of its key ring it waits until the keys in it that the erasure makes useless are
 * destroyed, and says so.
 */
export function certifyAs(identity: LedgerIdentity, ring?: string): Certifier {
  return async ({ vid, ownerEpoch, block, tx, at }, done, now) => {
    const witness = ring === undefined ? undefined : await witnessRing(ring, done.found.readerKeys);
    if (witness !== undefined && witness.alive.length > 0) return undefined;
    const jws = await signErasure(identity, {
      ...{ ledger: done.ledger, part: 'market', sub: vid, ownerEpoch, saidIn: { block, tx, at } },
      iat: Math.floor(now.getTime() / 1000),
      destroyed: [...destroyedBy(done), ...keysOf(witness)],
    });
    return { part: 'market', mspId: parseMspId(identity.mspId), jws };
  };
}

function keysOf(witness: RingWitness | undefined): ErasedIn[] {
  const last = witness?.destroyed.at(-1);
  if (witness === undefined || last === undefined) return [];
  return [
    {
      store: 'key ring',
      what: 'reader keys of the member for the car destroyed',
      count: witness.destroyed.length,
      evidence: Object.fromEntries(
        witness.destroyed
          .slice(0, KEYS_NAMED_MAX)
          .map(({ keyId, destroyedAt }) => [keyId, destroyedAt]),
      ),
      at: last.destroyedAt,
    },
  ];
}

/** A certificate names so many keys at most; it counts all of them. */
const KEYS_NAMED_MAX = 100;

/** What was destroyed, store by store. */
function* destroyedBy({
  found,
  rewritten,
  destroyed,
  trimmed,
  settled,
}: DoneSteps): Generator<ErasedIn> {
  const { block, edition, tables } = rewritten;
  yield {
    store: 'events',
    what: 'trips, grants and keys left out of the lines of the log book',
    count: found.linesLeftOut,
    evidence: { block, edition, version: tables['events'] ?? 0 },
    at: rewritten.at,
  };
  yield {
    store: 'events',
    what: 'scopes that tell how somebody lived, and names of owners, taken out of other lines',
    count: found.linesChanged,
    evidence: { block, edition, version: tables['events'] ?? 0 },
    at: rewritten.at,
  };
  yield {
    store: 'views',
    what: 'facts of the erased time and their retractions added up to nothing in every table',
    count: null,
    evidence: tables,
    at: rewritten.at,
  };
  yield {
    store: 'object store',
    what: 'data files of versions before, and copies of them, deleted',
    count: destroyed.dataFiles,
    evidence: { block, edition },
    at: destroyed.at,
  };
  yield {
    store: 'object store',
    what: 'commits and checkpoints of versions before, whose statistics tell of data, deleted',
    count: destroyed.logFiles,
    evidence: { block, edition },
    at: destroyed.at,
  };
  yield {
    store: 'recent blocks',
    what: 'state of epochs up to the block dropped',
    count: null,
    evidence: { block: trimmed.block },
    at: trimmed.at,
  };
  yield {
    store: 'log',
    what: 'records up to the block cut off, and gone from the disks of the log as it says of itself',
    count: null,
    evidence: { block: trimmed.block },
    at: trimmed.at,
  };
  yield {
    store: 'pending releases',
    what: 'facts of the erased time that waited added up with their retractions, versions before deleted',
    count: null,
    evidence: { block: settled.block, version: settled.version },
    at: settled.at,
  };
}
