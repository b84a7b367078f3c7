import { newMemory, openText, sealText } from '#platform';

import { AssociatedData, type SealContext } from './associated-data.ts';
import type { Encapsulation } from './encapsulation.ts';
import { type Envelope, type EnvelopeParts, NONCE_BYTES } from './envelope.ts';
import { EventKey, EventKeys } from './event-keys.ts';

/** Memory that ciphers use one after the other, for one event at a time. */
export class CipherMemory extends EventKey {
  readonly nonce = newMemory(NONCE_BYTES);
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
    nonce: Uint8Array,
  ): Pick<EnvelopeParts, 'commitment' | 'ciphertext' | 'tag'> {
    this.#keys.put(event, this.#memory);
    const { key, commitment } = this.#memory;
    const { ciphertext, tag } = sealText(key, nonce, this.#data.of(event), text);
    return { commitment, ciphertext, tag };
  }

  /** Opens an event's text; undefined where key, place or a byte is another. */
  open(envelope: Envelope, event: string): string | undefined {
    const memory = this.#memory;
    this.#keys.put(event, memory);
    // Both are known to whoever has the envelope or the key; nothing is told by how long it takes.
    if (!envelope.commitsTo(memory.commitment)) return undefined;
    const { ciphertext, tag } = envelope.end;
    return openText(memory.key, envelope.nonce, this.#data.of(event), ciphertext, tag);
  }
}
