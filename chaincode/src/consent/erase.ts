import {
  consentCommands,
  type Erasure,
  parse,
  PassportError,
  type SignedCommand,
  vid as vidSchema,
} from '@passport/model';

import { findOwnerChangeOf, putOwnerChange } from '../passport/passport-state.ts';
import { executeOrder, readCommand, requireSigner } from '../signatures/signed-command.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { putErasure } from './consent-state.ts';
import { closeAllKeys } from './owner-acts.ts';
import { findOwnerChange, putOwner } from './owner-state.ts';

/**
 * Erases what a person left in a vehicle's log book as its owner of one epoch: the tombstone that every copy
 * and every rebuild has to honour, and the link from the vehicle to the key. The present owner is none
 * afterwards, and all their grants are dead. The log book's entries stay: what they seal has lost its keys.
 * Throws PassportError `OWNERSHIP_UNKNOWN`, `ERASED_ALREADY`, and what is wrong with the command.
 */
export async function erase(tx: Transaction, command: SignedCommand): Promise<Erasure> {
  const order = await readCommand(tx, command, 'Consent:erase', consentCommands.erase);
  const vid = parse(vidSchema, order.sub);
  return executeOrder(tx, order, async () => {
    const { ownerEpoch } = order.args;
    const change = await findOwnerChangeOf(tx, vid, ownerEpoch);
    if (change === undefined) {
      throw new PassportError('OWNERSHIP_UNKNOWN', `${vid} has no owner epoch ${ownerEpoch}`);
    }
    if (change.keyId === null) {
      throw new PassportError('ERASED_ALREADY', `owner epoch ${ownerEpoch} has nobody's name`);
    }
    requireSigner(order, change.keyId);
    const erasure = { vid, ownerEpoch, erasedAt: tx.time };
    await putErasure(tx, erasure);
    const { handOver: _, ...rest } = change;
    await putOwnerChange(tx, vid, { ...rest, keyId: null });
    const newest = await findOwnerChange(tx, vid);
    if (newest?.ownerEpoch === ownerEpoch) {
      const nobody = { keyId: null, ownerEpoch: ownerEpoch + 1, since: tx.time };
      await putOwner(tx, vid, nobody);
      await putOwnerChange(tx, vid, nobody);
      await closeAllKeys(tx, vid);
    }
    tx.emit('Erased', { vid, ownerEpoch });
    return erasure;
  });
}
