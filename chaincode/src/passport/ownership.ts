import {
  handOverCommands,
  isTransferable,
  type KeyId,
  keyScopes,
  type LifeCycle,
  type OwnerChange,
  type passportContract,
  PassportError,
  parse,
  type ReadRequestOf,
  vid as vidSchema,
  type Vid,
} from '@passport/model';
import type { z } from 'zod';

import { readKeyEpochs } from '../consent/consent-state.ts';
import { findOwnerChange, putOwner, requireOwner } from '../consent/owner-state.ts';
import { publishSealingKeys, withClosed } from '../consent/sealing-keys.ts';
import { requireCaller } from '../members/member-state.ts';
import {
  executeOrder,
  type Order,
  readCommand,
  requireSigner,
} from '../signatures/signed-command.ts';
import type { Transaction } from '../transaction/transaction.ts';
import {
  putLifeCycle,
  putOwnerChange,
  requireLifeCycle,
  requireRegistration,
} from './passport-state.ts';

const FUNCTION = 'Passport:transferOwnership';

type Owned = { readonly vid: Vid; readonly ownerEpoch: number };

/**
 * Names the first owner of a vehicle that has none, or the next after one who was erased, as the member that
 * registered it. Throws PassportError `OWNER_KNOWN`, `ROLE_MISSING`, `VEHICLE_UNKNOWN`,
 * `VEHICLE_NOT_TRANSFERABLE`.
 */
export async function assignOwner(tx: Transaction, vid: Vid, owner: KeyId): Promise<Owned> {
  await requireCaller(tx);
  const { registeredBy } = await requireRegistration(tx, vid);
  if (registeredBy !== tx.caller.mspId) {
    throw new PassportError('ROLE_MISSING', `${registeredBy} has registered the vehicle`);
  }
  const before = await findOwnerChange(tx, vid);
  if (before !== undefined && before.keyId !== null) {
    throw new PassportError('OWNER_KNOWN', `vehicle ${vid} has an owner`);
  }
  // Or an owner's erasure would let a wreck change hands.
  if (before !== undefined) requireTransferable(await requireLifeCycle(tx, vid));
  return becomeOwner(tx, vid, { keyId: owner, ownerEpoch: (before?.ownerEpoch ?? 0) + 1 });
}

/**
 * Hands a vehicle over: two commands with the same nonce, one by its owner that names the next one and
 * hands keys of the history over, one by that one that names the owner and brings the next keys. The owner
 * epoch moves, and every grant dies with it; the keys of all scopes are closed. How many grants there are
 * makes no difference to what it reads and writes. Throws PassportError `VEHICLE_NOT_TRANSFERABLE`, and what
 * is wrong with the commands.
 */
export async function transferOwnership(
  tx: Transaction,
  request: ReadRequestOf<typeof passportContract.transferOwnership>,
): Promise<Owned> {
  await requireCaller(tx);
  const seller = await readCommand(tx, request.seller, FUNCTION, handOverCommands.seller);
  const buyer = await readCommand(tx, request.buyer, FUNCTION, handOverCommands.buyer);
  requireAgreement(seller, buyer);
  const vid = parse(vidSchema, seller.sub);
  return executeOrder(tx, seller, () =>
    executeOrder(tx, buyer, () => handOver(tx, vid, seller, buyer)),
  );
}

async function handOver(
  tx: Transaction,
  vid: Vid,
  seller: Order<z.output<typeof handOverCommands.seller>>,
  buyer: Order<z.output<typeof handOverCommands.buyer>>,
): Promise<Owned> {
  const life = await requireLifeCycle(tx, vid);
  const owner = await requireOwner(tx, vid);
  requireSigner(seller, owner.keyId);
  requireTransferable(life);
  const ownerEpoch = owner.ownerEpoch + 1;
  const epochs = await readKeyEpochs(tx, vid);
  if (epochs.publications > 0) {
    await putLifeCycle(tx, vid, withClosed(life, epochs, keyScopes));
  }
  await publishSealingKeys(tx, { vid, ownerEpoch }, buyer.args.keys, epochs);
  const { handOver: bundle } = seller.args;
  return becomeOwner(tx, vid, {
    keyId: buyer.iss,
    ownerEpoch,
    ...(bundle === undefined ? {} : { handOver: bundle }),
  });
}

async function becomeOwner(
  tx: Transaction,
  vid: Vid,
  change: Omit<OwnerChange, 'since'>,
): Promise<Owned> {
  const owner = { ...change, since: tx.time };
  const { ownerEpoch } = owner;
  await putOwner(tx, vid, owner);
  await putOwnerChange(tx, vid, owner);
  tx.emit('OwnershipTransferred', { vid, ownerEpoch });
  return { vid, ownerEpoch };
}

function requireTransferable({ state }: LifeCycle): void {
  if (isTransferable[state]) return;
  throw new PassportError('VEHICLE_NOT_TRANSFERABLE', `the vehicle is ${state}`);
}

function requireAgreement(
  seller: Order<{ readonly to: KeyId }>,
  buyer: Order<{ readonly from: KeyId }>,
): void {
  const isAgreed =
    seller.sub === buyer.sub &&
    seller.jti === buyer.jti &&
    seller.args.to === buyer.iss &&
    buyer.args.from === seller.iss &&
    seller.iss !== buyer.iss;
  if (isAgreed) return;
  throw new PassportError(
    'COMMAND_TARGET_WRONG',
    'seller and buyer do not sign the same hand-over',
  );
}
