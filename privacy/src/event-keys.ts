import { newMemory, partOf, putSha512, writeAscii } from '#platform';

/** Block of SHA-512, its digest, and the longest name of an event, in bytes. */
const BLOCK_BYTES = 128;
const DIGEST_BYTES = 64;
const NAME_BYTES_MAX = 64;

/** Bytes of an AES-256 key; as many commit to it. */
const KEY_BYTES = 32;

/** Memory that one event's key is put into after another's: there is only one at a time. */
export class EventKey {
  readonly bytes = newMemory(DIGEST_BYTES);
  readonly key = partOf(this.bytes, 0, KEY_BYTES);
  /** What commits to the key. */
  readonly commitment = partOf(this.bytes, KEY_BYTES);
}

/**
 * The keys of all events of one encapsulation: HMAC-SHA-512 (RFC 2104) of the event's name under the secret, the
 * first half AES-256 key, the second half commitment. AES-GCM alone commits to no key: one ciphertext can be
 * made to open under two keys, as two texts.
 */
export class EventKeys {
  /** What HMAC hashes first and second, up to what changes. One-shot hashes cost a third of `createHmac`. */
  readonly #inner = newMemory(BLOCK_BYTES + NAME_BYTES_MAX);
  readonly #outer = newMemory(BLOCK_BYTES + DIGEST_BYTES);
  /** So much of the inner one as there was of the latest name. */
  #text = this.#inner;

  /** Of a secret of up to 128 bytes. */
  constructor(secret: Uint8Array) {
    if (secret.length > BLOCK_BYTES) throw new RangeError('the secret is longer than a block');
    for (let index = 0; index < BLOCK_BYTES; index += 1) {
      const byte = secret[index] ?? 0;
      this.#inner[index] = byte ^ 0x36;
      this.#outer[index] = byte ^ 0x5c;
    }
  }

  /** Puts the key of an event there. Its name is 64 characters of ASCII at most, as an event's is. */
  put(event: string, into: EventKey): void {
    if (event.length > NAME_BYTES_MAX) throw new RangeError('no event has so long a name');
    const end = BLOCK_BYTES + writeAscii(event, this.#inner, BLOCK_BYTES);
    if (this.#text.length !== end) this.#text = partOf(this.#inner, 0, end);
    putSha512(this.#text, this.#outer, BLOCK_BYTES);
    putSha512(this.#outer, into.bytes, 0);
  }
}
