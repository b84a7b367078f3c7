import type { PublicKey } from '@passport/model';

import { type SealContext, sealInfo } from './associated-data.ts';
import { type RandomBytes, setupReader, setupSender, utf8 } from './hpke.ts';

/** Bytes of the secret that the keys of events come from. */
const SECRET_BYTES = 32;

/** Exporter context (RFC 9180, section 5.3). */
const EXPORTER = utf8('passport/events/1');

/** A secret that only the holder of the private key finds again, from `enc`. */
export type Encapsulation = { readonly enc: Uint8Array; readonly secret: Uint8Array };

/**
 * Makes a secret for one contributor's events that are sealed to one key: HPKE in base mode, exported. Throws
 * PassportError `PUBLIC_KEY_INVALID`.
 */
export function encapsulate(
  key: PublicKey,
  context: SealContext,
  random: RandomBytes,
): Encapsulation {
  const sender = setupSender(key, utf8(sealInfo(context)), random);
  return { enc: sender.enc, secret: sender.context.export(EXPORTER, SECRET_BYTES) };
}

/**
 * Finds the secret again, with the private key. Undefined where `enc` is no point on the curve: what a source put
 * on the ledger can be anything.
 */
export function decapsulate(
  scalar: Uint8Array,
  enc: Uint8Array,
  context: SealContext,
): Uint8Array | undefined {
  return setupReader(scalar, enc, utf8(sealInfo(context)))?.export(EXPORTER, SECRET_BYTES);
}
