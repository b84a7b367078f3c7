import { createCipheriv, createDecipheriv } from 'node:crypto';

import { AssociatedData, type SealContext } from './associated-data.ts';
import type { Encapsulation } from './encapsulation.ts';
import { type Envelope, type EnvelopeParts, NONCE_BYTES, TAG_BYTES } from './envelope.ts';
import { EventKey, EventKeys } from './event-keys.ts';

const CIPHER = 'aes-256-gcm';

/** Memory that ciphers use one after the other, for one event at a time. */
export class CipherMemory extends EventKey {
  readonly nonce = Buffer.alloc(NONCE_BYTES);
  readonly tag = Buffer.alloc(TAG_BYTES);
}

/**
 * Seals and opens the events of one encapsulation: AES-256-GCM (NIST SP 800-38D) under a key of each event, with
 * what it is for as associated data. Symmetric work only, and none of it waits.
 */
export class EventCipher {
  readonly #keys: EventKeys;
  readonly #data: AssociatedData;
  readonly #memory: CipherMemory;

  constructor(secret: Encapsulation['secret'], context: SealContext, memory: CipherMemory) {
    this.#keys = new EventKeys(secret);
    this.#data = new AssociatedData(context);
    this.#memory = memory;
  }

  /**
   * Seals a text for an event. The nonce is random, for the same event may be sealed again. The commitment lies in
   * the memory, where the next event's takes its place.
   */
  seal(
    text: string,
    event: string,
    nonce: Buffer,
  ): Pick<EnvelopeParts, 'commitment' | 'ciphertext' | 'tag'> {
    this.#keys.put(event, this.#memory);
    const { key, commitment } = this.#memory;
    const cipher = createCipheriv(CIPHER, key, nonce);
    cipher.setAAD(this.#data.of(event));
    // The mode is a stream: nothing comes with the end but the tag.
    const ciphertext = cipher.update(text, 'utf8');
    cipher.final();
    return { commitment, ciphertext, tag: cipher.getAuthTag() };
  }

  /** Opens an event's text; undefined where key, place or a byte is another. */
  open(envelope: Envelope, event: string): string | undefined {
    const memory = this.#memory;
    this.#keys.put(event, memory);
    // Both are known to whoever has the envelope or the key; nothing is told by how long it takes.
    if (!envelope.commitsTo(memory.commitment)) return undefined;
    envelope.copyNonce(memory.nonce);
    envelope.copyTag(memory.tag);
    const cipher = createDecipheriv(CIPHER, memory.key, memory.nonce);
    cipher.setAAD(this.#data.of(event));
    cipher.setAuthTag(memory.tag);
    const text = cipher.update(envelope.ciphertext);
    try {
      cipher.final();
    } catch {
      return undefined;
    }
    return text.toString('utf8');
  }
}
