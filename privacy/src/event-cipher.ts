import { createCipheriv, createDecipheriv } from 'node:crypto';

import {
  type AssociatedData,
  associatedDataOf,
  cutAssociatedData,
  type SealContext,
} from './associated-data.ts';
import type { Encapsulation } from './encapsulation.ts';
import { type Envelope, TAG_BYTES } from './envelope.ts';
import { EventKeys } from './event-keys.ts';

const CIPHER = 'aes-256-gcm';
const options = { authTagLength: TAG_BYTES };

/**
 * Seals and opens the events of one encapsulation: AES-256-GCM (NIST SP 800-38D) under a key of each event, with
 * what it is for as associated data. Symmetric work only, and none of it waits.
 */
export class EventCipher {
  readonly #keys: EventKeys;
  readonly #data: AssociatedData;

  constructor(secret: Encapsulation['secret'], context: SealContext) {
    this.#keys = new EventKeys(secret);
    this.#data = cutAssociatedData(context);
  }

  /** Seals a text for an event. The nonce is random, for the same event may be sealed again. */
  seal(
    text: string,
    event: string,
    nonce: Buffer,
  ): Pick<Envelope, 'commitment' | 'ciphertext' | 'tag'> {
    const { key, commitment } = this.#keys.of(event);
    const cipher = createCipheriv(CIPHER, key, nonce, options);
    cipher.setAAD(associatedDataOf(this.#data, event));
    // The mode is a stream: nothing comes with the end but the tag.
    const ciphertext = cipher.update(text, 'utf8');
    cipher.final();
    return { commitment, ciphertext, tag: cipher.getAuthTag() };
  }

  /** Opens an event's text; undefined where key, place or a byte is another. */
  open({ nonce, commitment, ciphertext, tag }: Envelope, event: string): string | undefined {
    const expected = this.#keys.of(event);
    // Both are known to whoever has the envelope or the key; nothing is told by how long it takes.
    if (!expected.commitment.equals(commitment)) return undefined;
    const cipher = createDecipheriv(CIPHER, expected.key, nonce, options);
    cipher.setAAD(associatedDataOf(this.#data, event));
    cipher.setAuthTag(tag);
    const text = cipher.update(ciphertext);
    try {
      cipher.final();
    } catch {
      return undefined;
    }
    return text.toString('utf8');
  }
}
