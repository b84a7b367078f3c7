import { createDecipheriv, createECDH, createHmac } from 'node:crypto';

/**
 * HPKE in base mode for one reader: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Source: RFC 9180,
 * of which it has the reader's part, and no more.
 */

const KEM = Buffer.from([...Buffer.from('KEM'), 0x00, 0x10]);
const SUITE = Buffer.from([...Buffer.from('HPKE'), 0x00, 0x10, 0x00, 0x01, 0x00, 0x02]);
const NOTHING = Buffer.alloc(0);
const TAG_BYTES = 16;

/** Bytes of a point on P-256, uncompressed. */
export const POINT_BYTES = 65;

/** What both sides know after one of them sent `enc`. */
export type Shared = {
  /** Of the first message, section 5.2. */
  readonly key: Buffer;
  readonly nonce: Buffer;
  /** Section 5.3. */
  export(context: string, length: number): Buffer;
};

/** What the holder of a private key shares with who sent `enc`; undefined where one of them is no key. */
export function receive(scalar: Uint8Array, enc: Uint8Array, info: string): Shared | undefined {
  try {
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(scalar);
    return sharedFrom(pair.computeSecret(enc), enc, pair.getPublicKey(), info);
  } catch {
    // Anybody can put anything on a ledger: it opens for nobody.
    return undefined;
  }
}

/** What follows from the Diffie-Hellman value of both keys: sections 4.1 and 5.1. */
export function sharedFrom(
  dh: Uint8Array,
  enc: Uint8Array,
  readerPoint: Uint8Array,
  info: string,
): Shared {
  const prk = extract(KEM, NOTHING, 'eae_prk', dh);
  const secret = expand(KEM, prk, 'shared_secret', Buffer.concat([enc, readerPoint]), 32);
  const context = Buffer.concat([
    Buffer.of(0),
    extract(SUITE, NOTHING, 'psk_id_hash', NOTHING),
    extract(SUITE, NOTHING, 'info_hash', Buffer.from(info, 'utf8')),
  ]);
  const schedule = extract(SUITE, secret, 'secret', NOTHING);
  const exporter = expand(SUITE, schedule, 'exp', context, 32);
  return {
    key: expand(SUITE, schedule, 'key', context, 32),
    nonce: expand(SUITE, schedule, 'base_nonce', context, 12),
    export: (name, length) => expand(SUITE, exporter, 'sec', Buffer.from(name, 'utf8'), length),
  };
}

/** AES-256-GCM, the tag behind the ciphertext; undefined where it does not open. */
export function openGcm(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: string,
  ciphertext: Uint8Array,
): Buffer | undefined {
  if (ciphertext.length < TAG_BYTES) return undefined;
  const end = ciphertext.length - TAG_BYTES;
  const cipher = createDecipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(aad, 'utf8'));
  cipher.setAuthTag(ciphertext.subarray(end));
  try {
    return Buffer.concat([cipher.update(ciphertext.subarray(0, end)), cipher.final()]);
  } catch {
    return undefined;
  }
}

/** LabeledExtract, section 4. */
function extract(suite: Uint8Array, salt: Uint8Array, label: string, material: Uint8Array): Buffer {
  const labeled = Buffer.concat([Buffer.from('HPKE-v1'), suite, Buffer.from(label), material]);
  return createHmac('sha256', salt).update(labeled).digest();
}

/** LabeledExpand, section 4; of one block of SHA-256 at most, and nothing here is longer. */
function expand(
  suite: Uint8Array,
  key: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(length);
  const labeled = [size, Buffer.from('HPKE-v1'), suite, Buffer.from(label), info, Buffer.of(1)];
  return createHmac('sha256', key).update(Buffer.concat(labeled)).digest().subarray(0, length);
}
