import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

import { type KeyId, parseVid, PassportError, type Vid } from '@passport/model';

/** What the operator's keys for references and pairwise ids are derived for. */
export const VEHICLE_REFERENCE = 'passport/vehicle-reference/1';
const PAIRWISE = 'passport/pairwise/1';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = /^v-[A-Za-z0-9_-]{72}$/;

/**
 * How one buyer names a vehicle to the operator, without knowing its vid: the vid in AES-256-GCM, bound to
 * the buyer. The nonce is an HMAC of what is encrypted, so that a buyer has one reference of a vehicle, and
 * no two of them have one alike. `key` has 32 bytes.
 */
export function vehicleReference(key: Buffer, buyer: KeyId, vid: Vid): string {
  const nonce = createHmac('sha256', key)
    .update(`${buyer} ${vid}`)
    .digest()
    .subarray(0, NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(buyer, 'ascii'));
  const sealed = Buffer.concat([cipher.update(vid, 'ascii'), cipher.final()]);
  return `v-${Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url')}`;
}

/**
 * The vehicle that a buyer's reference is of. Throws PassportError `VEHICLE_UNKNOWN`, also for the reference
 * of another buyer.
 */
export function openVehicleReference(key: Buffer, buyer: KeyId, reference: string): Vid {
  const bytes = Buffer.from(FORM.test(reference) ? reference.slice(2) : '', 'base64url');
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
    cipher.setAAD(Buffer.from(buyer, 'ascii')).setAuthTag(bytes.subarray(-TAG_BYTES));
    const vid = cipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return parseVid(Buffer.concat([vid, cipher.final()]).toString('ascii'));
  } catch (error) {
    const failure = new PassportError('VEHICLE_UNKNOWN', 'it is no reference of yours');
    failure.cause = error;
    throw failure;
  }
}

/** As {@link openVehicleReference}; undefined of what is no reference of that buyer. */
export function vehicleOfReference(key: Buffer, buyer: KeyId, reference: string): Vid | undefined {
  try {
    return openVehicleReference(key, buyer, reference);
  } catch (error) {
    if (error instanceof PassportError) return undefined;
    throw error;
  }
}

/** What the key of the relation with one buyer, by which pairwise ids are made, is derived for. */
export function pairwisePurpose(buyer: KeyId): string {
  return `${PAIRWISE}/${buyer}`;
}
