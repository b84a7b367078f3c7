import {
  grantTerms,
  instant,
  keyId,
  type KeyId,
  commandId,
  keyScope,
  publicKey,
  vid as vidSchema,
  type Vid,
} from '@passport/model';
import * as z from 'zod';

import { privateJwk } from '../signing/person-key.ts';

const secret = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** A root key: 32 random bytes, of one owner of one vehicle. */
const rootKey = z.strictObject({ ownerEpoch: z.int().min(1), key: secret });

/** A grant that the person made: all that is needed to add keys to it. */
const madeGrant = z.strictObject({
  grantId: commandId,
  ownerEpoch: z.int().min(1),
  grantee: grantTerms.shape.grantee,
  /** The ledger has its thumbprint only. */
  readerKey: publicKey,
});

/** A private key that came with a hand-over. */
const receivedKey = z.strictObject({
  scope: keyScope,
  epoch: z.int().min(1).max(0xffff),
  scalar: secret,
  /** The person's own, at which they received it. */
  ownerEpoch: z.int().min(1),
});

/** A key that the person published; the ledger hands out open ones only, and closed ones open the past. */
const publishedKey = z.strictObject({
  scope: keyScope,
  epoch: z.int().min(1).max(0xffff),
  from: instant,
  ownerEpoch: z.int().min(1),
});

/** That the person is about to take a vehicle over: the key that the seller seals to. */
const purchase = z.strictObject({
  id: commandId.optional(),
  readerKey: privateJwk,
});

const walletVehicle = z.strictObject({
  vid: vidSchema,
  /** Which of the signing keys owns it. */
  signer: keyId,
  rootKeys: z.array(rootKey),
  published: z.array(publishedKey),
  grants: z.array(madeGrant),
  received: z.array(receivedKey),
  purchase: purchase.optional(),
});

/** What a wallet has of one vehicle. */
export type WalletVehicle = z.output<typeof walletVehicle>;

/** A grant that the person made. */
export type MadeGrant = z.output<typeof madeGrant>;

/** All that is in a wallet. */
export const walletContent = z.strictObject({
  v: z.literal(1),
  signingKeys: z.array(z.strictObject({ keyId, key: privateJwk })),
  vehicles: z.array(walletVehicle),
  /** Root keys that were destroyed, so that nobody makes them anew. */
  destroyed: z.array(
    z.strictObject({ vid: vidSchema, ownerEpoch: z.int().min(1), destroyedAt: instant }),
  ),
});

/** {@link walletContent} */
export type WalletContent = z.output<typeof walletContent>;

/** What is in a new wallet. */
export const emptyWallet: WalletContent = { v: 1, signingKeys: [], vehicles: [], destroyed: [] };

/** A vehicle before anything is known of it but who will own it. */
export function newVehicle(vid: Vid, signer: KeyId): WalletVehicle {
  return { vid, signer, rootKeys: [], published: [], grants: [], received: [] };
}
