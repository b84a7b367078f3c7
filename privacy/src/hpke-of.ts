import { bytesOfBase64url, PassportError, type PublicKey } from '@passport/model';

import type { KeyPair } from './platform/key-pair.ts';

/** What HPKE is made of. */
export type Primitives = {
  readonly hmacSha256: (key: Uint8Array, parts: readonly Uint8Array[]) => Uint8Array;
  readonly keyPairOf: (scalar: Uint8Array) => KeyPair | undefined;
  readonly sealBytes: (...all: readonly [...Gcm, plaintext: Uint8Array]) => Uint8Array;
  readonly openBytes: (...all: readonly [...Gcm, sealed: Uint8Array]) => Uint8Array | undefined;
};

type Gcm = readonly [key: Uint8Array, nonce: Uint8Array, data: Uint8Array];

/** Bytes of an encapsulated secret, and of a public key: an uncompressed point on P-256. */
export const ENC_BYTES = 65;

/** Bytes of a private key: a scalar of P-256. */
export const SCALAR_BYTES = 32;

const HASH_BYTES = 32;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const NOTHING = new Uint8Array();

/** `suite_id` of DHKEM(P-256, HKDF-SHA256), kem_id 16, and of all of the suite: kdf_id 1, aead_id 2. */
const KEM = ascii('HPKE-v1KEM\0\u0010');
const SUITE = ascii('HPKE-v1HPKE\0\u0010\0\u0001\0\u0002');

/** What both sides share after one of them sent `enc` (section 5.1): for one message, and for exports. */
export type HpkeContext = {
  /** Exports a secret of up to 32 bytes (section 5.3). */
  readonly export: (exporterContext: Uint8Array, length: number) => Uint8Array;
  /** Seals the one message, with the tag behind its ciphertext (section 5.2, sequence number 0). */
  readonly seal: (plaintext: Uint8Array, data: Uint8Array) => Uint8Array;
  /** Opens it; undefined where key, data or a byte is another. */
  readonly open: (ciphertext: Uint8Array, data: Uint8Array) => Uint8Array | undefined;
};

/** HPKE as suite 1 uses it. It does not wait, and keeps no state. */
export type Hpke = {
  /**
   * DeriveKeyPair of section 7.1.3: the keys that come of secret bytes, the public one as an uncompressed point. Of
   * random bytes it generates them (section 4).
   */
  readonly deriveKeys: (material: Uint8Array) => {
    readonly scalar: Uint8Array;
    readonly point: Uint8Array;
  };
  /** SetupBaseS: begins what only the holder of the key can follow. Throws PassportError `PUBLIC_KEY_INVALID`. */
  readonly setupSender: (
    recipient: PublicKey,
    info: Uint8Array,
    random: (size: number) => Uint8Array,
  ) => { readonly enc: Uint8Array; readonly context: HpkeContext };
  /** SetupBaseR: follows it. Undefined where the scalar is no private key, or `enc` no point on the curve. */
  readonly setupReader: (
    scalar: Uint8Array,
    enc: Uint8Array,
    info: Uint8Array,
  ) => HpkeContext | undefined;
};

/**
 * HPKE (RFC 9180, section 7) of its primitives: base mode with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and
 * AES-256-GCM.
 */
export function hpkeOf({ hmacSha256, keyPairOf, sealBytes, openBytes }: Primitives): Hpke {
  /** LabeledExtract of section 4. */
  const extract = (suite: Uint8Array, salt: Uint8Array, label: string, material: Uint8Array) =>
    hmacSha256(salt, [suite, ascii(label), material]);

  /** LabeledExpand of section 4, of one block of HKDF (RFC 5869): 32 bytes at most. */
  const expand = (
    suite: Uint8Array,
    secret: Uint8Array,
    label: string,
    parts: readonly Uint8Array[],
    length: number,
  ) => {
    if (length > HASH_BYTES) throw new RangeError('32 bytes at most');
    const head = Uint8Array.of(0, length);
    const all = [head, suite, ascii(label), ...parts, Uint8Array.of(1)];
    return hmacSha256(secret, all).subarray(0, length);
  };

  const derivePair = (material: Uint8Array) => {
    const seed = extract(KEM, NOTHING, 'dkp_prk', material);
    for (let counter = 0; counter < 256; counter += 1) {
      const scalar = expand(KEM, seed, 'candidate', [Uint8Array.of(counter)], SCALAR_BYTES);
      const pair = keyPairOf(scalar);
      if (pair !== undefined) return { scalar, pair };
    }
    // Each candidate fails once in 2^32.
    throw new Error('no private key comes of it');
  };

  /** What encapsulation comes to (section 4.1, ExtractAndExpand). */
  const sharedSecret = (dh: Uint8Array, enc: Uint8Array, recipient: Uint8Array) => {
    const seed = extract(KEM, NOTHING, 'eae_prk', dh);
    return expand(KEM, seed, 'shared_secret', [enc, recipient], HASH_BYTES);
  };

  /** Base mode has no pre-shared key, and so the hash of its id is always the same. */
  const noPskId = extract(SUITE, NOTHING, 'psk_id_hash', NOTHING);

  const contextOf = (shared: Uint8Array, info: Uint8Array): HpkeContext => {
    const infoHash = extract(SUITE, NOTHING, 'info_hash', info);
    const schedule = [Uint8Array.of(0), noPskId, infoHash];
    const secret = extract(SUITE, shared, 'secret', NOTHING);
    const key = () => expand(SUITE, secret, 'key', schedule, KEY_BYTES);
    const nonce = () => expand(SUITE, secret, 'base_nonce', schedule, NONCE_BYTES);
    return {
      export: (exporterContext, length) => {
        const exporter = expand(SUITE, secret, 'exp', schedule, HASH_BYTES);
        return expand(SUITE, exporter, 'sec', [exporterContext], length);
      },
      seal: (plaintext, data) => sealBytes(key(), nonce(), data, plaintext),
      open: (ciphertext, data) => openBytes(key(), nonce(), data, ciphertext),
    };
  };

  return {
    deriveKeys: (material) => {
      const { scalar, pair } = derivePair(material);
      return { scalar, point: pair.point() };
    },
    setupSender: (recipient, info, random) => {
      const { pair } = derivePair(random(SCALAR_BYTES));
      const point = pointOf(recipient);
      const dh = pair.agree(point);
      if (dh === undefined) {
        throw new PassportError('PUBLIC_KEY_INVALID', 'its coordinates are no point on P-256');
      }
      const enc = pair.point();
      return { enc, context: contextOf(sharedSecret(dh, enc, point), info) };
    },
    setupReader: (scalar, enc, info) => {
      const pair = keyPairOf(scalar);
      const dh = pair?.agree(enc);
      if (pair === undefined || dh === undefined) return undefined;
      return contextOf(sharedSecret(dh, enc, pair.point()), info);
    },
  };
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function pointOf({ x, y }: PublicKey): Uint8Array {
  return Uint8Array.of(4, ...bytesOfBase64url(x), ...bytesOfBase64url(y));
}
