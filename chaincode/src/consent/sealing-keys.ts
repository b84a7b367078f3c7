import { createPublicKey } from 'node:crypto';

import {
  KEY_EPOCH_MAX,
  type KeyScope,
  type LifeCycle,
  PassportError,
  type PublicKey,
  type SealingKey,
  type SealingKeyInput,
  type Vid,
} from '@passport/model';

import { parameterNow } from '../parameters/parameter-state.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { type KeyEpochs, putPublication } from './consent-state.ts';

/** Whose keys they are. */
export type KeyOwner = { readonly vid: Vid; readonly ownerEpoch: number };

/**
 * Publishes the next keys of a vehicle's scopes, behind those that it has. Reads the parameter of
 * suites, writes two keys. Throws PassportError `SUITE_NOT_ALLOWED`, `PUBLIC_KEY_INVALID`, `EPOCH_INVALID`,
 * `EPOCHS_SPENT`.
 */
export async function publishSealingKeys(
  tx: Transaction,
  { vid, ownerEpoch }: KeyOwner,
  inputs: readonly SealingKeyInput[],
  before: KeyEpochs,
): Promise<readonly SealingKey[]> {
  if (inputs.length === 0) return [];
  const { value } = await parameterNow(tx, 'privacy.suites');
  const newest: Partial<Record<KeyScope, number>> = { ...before.newest };
  const keys = inputs.map(({ scope, epoch, suite, key, from }): SealingKey => {
    if (!value.allowed.includes(suite)) {
      throw new PassportError('SUITE_NOT_ALLOWED', `suite ${suite} is not allowed`);
    }
    requirePoint(key);
    const next = (newest[scope] ?? 0) + 1;
    if (next > KEY_EPOCH_MAX) {
      throw new PassportError('EPOCHS_SPENT', `${scope} has had ${KEY_EPOCH_MAX} keys`);
    }
    if (epoch !== next) {
      throw new PassportError('EPOCH_INVALID', `the next epoch of ${scope} is ${next}`);
    }
    newest[scope] = epoch;
    const begins = from !== undefined && from > tx.time ? from : tx.time;
    return { vid, scope, epoch, ownerEpoch, suite, key, from: begins };
  });
  await putPublication(tx, vid, { newest, publications: before.publications + 1 }, keys);
  return keys;
}

/** Whether fields can still be sealed to a key. */
export function isOpen({ scope, epoch }: SealingKey, { closed = {} }: LifeCycle): boolean {
  return epoch > (closed[scope] ?? 0);
}

/** A vehicle's life cycle after the keys of some scopes are closed, up to their newest epochs. */
export function withClosed(
  life: LifeCycle,
  { newest }: KeyEpochs,
  scopes: readonly KeyScope[],
): LifeCycle {
  const closed: Partial<Record<KeyScope, number>> = { ...life.closed };
  for (const scope of scopes) {
    const epoch = newest[scope];
    if (epoch !== undefined) closed[scope] = epoch;
  }
  return { ...life, closed };
}

/**
 * Refuses a key whose coordinates are no point on P-256: nobody could seal to it. Throws PassportError
 * `PUBLIC_KEY_INVALID`.
 */
function requirePoint(key: PublicKey): void {
  try {
    createPublicKey({ key, format: 'jwk' });
  } catch {
    throw new PassportError('PUBLIC_KEY_INVALID', 'its coordinates are no point on P-256');
  }
}
