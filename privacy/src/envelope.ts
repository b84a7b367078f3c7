import { base64urlOf, newMemory, newScratch, partOf, utf8Of, writeBase64url } from '#platform';

import { CLEAR_SUITE, PassportError, SEALED_HEADER_BYTES, type SealedField } from '@passport/model';

import { ENVELOPE_VERSION, SEALING_SUITE } from './associated-data.ts';
import { ENC_BYTES } from './hpke-of.ts';
import type { Memory } from './platform/memory.ts';

/** Bytes of a nonce of AES-GCM (NIST SP 800-38D), of its tag, and of the commitment to a key. */
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const COMMITMENT_BYTES = 32;

const EPOCH_AT = 2;
const ENC_AT = SEALED_HEADER_BYTES;
const NONCE_AT = ENC_AT + ENC_BYTES;
const COMMITMENT_AT = NONCE_AT + NONCE_BYTES;
const CIPHERTEXT_AT = COMMITMENT_AT + COMMITMENT_BYTES;

/** All but the ciphertext. */
export const ENVELOPE_OVERHEAD_BYTES = CIPHERTEXT_AT + TAG_BYTES;

/** A ledger takes 6,000 characters of base64url. */
export const ENVELOPE_BYTES_MAX = 4500;

/**
 * Fields of one scope, sealed: suite, version and epoch (`suite u8 | version u8 | epoch u32be`), then these in
 * their order, the tag behind the ciphertext.
 */
export type EnvelopeParts = {
  readonly epoch: number;
  /** What HPKE encapsulated: 65 bytes. */
  readonly enc: Uint8Array;
  readonly nonce: Uint8Array;
  /** To the key of the event: 32 bytes. */
  readonly commitment: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
};

/**
 * Memory that one envelope after the other is read in: what it shows is gone with the next one. Its views last, as
 * each costs as much as a short text.
 */
export class Envelope {
  readonly enc: Uint8Array;
  readonly nonce: Uint8Array;
  readonly #bytes: Memory;
  #length = 0;
  /** By the envelope's length: many have the same. */
  readonly #ends = new Map<number, Pick<EnvelopeParts, 'ciphertext' | 'tag'>>();

  /** With room for so many bytes. */
  constructor(bytes: number) {
    this.#bytes = newMemory(Math.max(bytes, ENVELOPE_OVERHEAD_BYTES));
    this.enc = partOf(this.#bytes, ENC_AT, NONCE_AT);
    this.nonce = partOf(this.#bytes, NONCE_AT, COMMITMENT_AT);
  }

  /** Reads a field that has room here. Answers why it can not be read; undefined where it is read. */
  read(field: SealedField): EnvelopeFault | undefined {
    this.#length = writeBase64url(field, this.#bytes);
    if (this.isClear) return undefined;
    if (this.#length < 2) return 'SEALED_FIELD_INVALID';
    if (this.#bytes[0] !== SEALING_SUITE || this.#bytes[1] !== ENVELOPE_VERSION) {
      return 'SUITE_UNKNOWN';
    }
    return this.#length < ENVELOPE_OVERHEAD_BYTES ? 'SEALED_FIELD_INVALID' : undefined;
  }

  /** Whether nothing of it is sealed: it has a {@link clearText} then, and nothing else. */
  get isClear(): boolean {
    return this.#length > 0 && this.#bytes[0] === CLEAR_SUITE;
  }

  get clearText(): string {
    return utf8Of(this.#bytes, 1, this.#length);
  }

  get epoch(): number {
    let epoch = 0;
    for (let at = EPOCH_AT; at < ENC_AT; at += 1) epoch = epoch * 256 + (this.#bytes[at] ?? 0);
    return epoch;
  }

  /** What is behind the commitment. */
  get end(): Pick<EnvelopeParts, 'ciphertext' | 'tag'> {
    const known = this.#ends.get(this.#length);
    if (known !== undefined) return known;
    const tagAt = this.#length - TAG_BYTES;
    const end = {
      ciphertext: partOf(this.#bytes, CIPHERTEXT_AT, tagAt),
      tag: partOf(this.#bytes, tagAt, this.#length),
    };
    this.#ends.set(this.#length, end);
    return end;
  }

  commitsTo(commitment: Uint8Array): boolean {
    for (let index = 0; index < COMMITMENT_BYTES; index += 1) {
      if (commitment[index] !== this.#bytes[COMMITMENT_AT + index]) return false;
    }
    return true;
  }
}

/** Why something is no envelope that can be read here. */
export type EnvelopeFault = 'SUITE_UNKNOWN' | 'SEALED_FIELD_INVALID';

/** Puts an envelope together. Throws PassportError `SEALED_FIELD_INVALID` where it is too long for a ledger. */
export function writeEnvelope(envelope: EnvelopeParts): SealedField {
  const { epoch, enc, nonce, commitment, ciphertext, tag } = envelope;
  const length = ENVELOPE_OVERHEAD_BYTES + ciphertext.length;
  if (length > ENVELOPE_BYTES_MAX) {
    const most = ENVELOPE_BYTES_MAX - ENVELOPE_OVERHEAD_BYTES;
    throw new PassportError('SEALED_FIELD_INVALID', `fields of a scope take ${most} bytes at most`);
  }
  const bytes = newScratch(length);
  bytes[0] = SEALING_SUITE;
  bytes[1] = ENVELOPE_VERSION;
  for (let place = 0; place < 4; place += 1) bytes[EPOCH_AT + place] = epoch >>> (24 - 8 * place);
  bytes.set(enc, ENC_AT);
  bytes.set(nonce, NONCE_AT);
  bytes.set(commitment, COMMITMENT_AT);
  bytes.set(ciphertext, CIPHERTEXT_AT);
  bytes.set(tag, length - TAG_BYTES);
  return base64urlOf(bytes) as SealedField;
}
