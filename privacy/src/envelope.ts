import { base64urlOf, newScratch, partOf } from '#platform';

import { PassportError, SEALED_HEADER_BYTES, type SealedField } from '@passport/model';

import { ENVELOPE_VERSION, SEALING_SUITE } from './associated-data.ts';
import { ENC_BYTES } from './hpke-of.ts';
import type { Memory } from './platform/memory.ts';

/** Bytes of a nonce of AES-GCM (NIST SP 800-38D), of its tag, and of the commitment to a key. */
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
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
 * An envelope that was read. Its parts are asked for one by one: each view costs as much as a short text. It is
 * gone when its memory is used again.
 */
export class Envelope {
  readonly #bytes: Memory;
  readonly #length: number;

  /** Of bytes that {@link readEnvelope} has looked at. */
  constructor(bytes: Memory, length: number) {
    this.#bytes = bytes;
    this.#length = length;
  }

  get epoch(): number {
    let epoch = 0;
    for (let at = EPOCH_AT; at < ENC_AT; at += 1) epoch = epoch * 256 + (this.#bytes[at] ?? 0);
    return epoch;
  }

  get enc(): Uint8Array {
    return partOf(this.#bytes, ENC_AT, NONCE_AT);
  }

  get ciphertext(): Uint8Array {
    return partOf(this.#bytes, CIPHERTEXT_AT, this.#length - TAG_BYTES);
  }

  copyNonce(to: Uint8Array): void {
    copyFrom(this.#bytes, NONCE_AT, to);
  }

  copyTag(to: Uint8Array): void {
    copyFrom(this.#bytes, this.#length - TAG_BYTES, to);
  }

  commitsTo(commitment: Uint8Array): boolean {
    for (let index = 0; index < COMMITMENT_BYTES; index += 1) {
      if (commitment[index] !== this.#bytes[COMMITMENT_AT + index]) return false;
    }
    return true;
  }
}

/** Fills `to`. So few bytes are copied faster one by one than by a call. */
function copyFrom(bytes: Uint8Array, at: number, to: Uint8Array): void {
  for (let index = 0; index < to.length; index += 1) to[index] = bytes[at + index] ?? 0;
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

/** Reads an envelope of so many bytes, or says what is wrong with it. It keeps the bytes. */
export function readEnvelope(bytes: Memory, length: number): Envelope | EnvelopeFault {
  if (length < 2) return 'SEALED_FIELD_INVALID';
  if (bytes[0] !== SEALING_SUITE || bytes[1] !== ENVELOPE_VERSION) return 'SUITE_UNKNOWN';
  return length < ENVELOPE_OVERHEAD_BYTES ? 'SEALED_FIELD_INVALID' : new Envelope(bytes, length);
}
