import { newMemory, writeAscii } from '#platform';

import {
  canonicalJson,
  type EventId,
  type KeyScope,
  type MspId,
  type SourceId,
  type Vid,
} from '@passport/model';

/** Version of the envelope, and with it of all that is bound to what it seals. */
export const ENVELOPE_VERSION = 1;

/** The suite that seals: see {@link hpke}. */
export const SEALING_SUITE = 1;

/** The event that a registration's papers are sealed for. */
export const PAPERS = 'registration';

/** Who seals: a source, or the organisation that registers a vehicle. */
export type Contributor = SourceId | MspId;

/** What fields are sealed for: one event, or the papers. */
export type SealedFor = {
  readonly vid: Vid;
  readonly event: EventId | typeof PAPERS;
  readonly contributor: Contributor;
};

/** What one encapsulation is for: all events of one contributor that are sealed to one key. */
export type SealContext = {
  /** The ledger's name (CAIP-2): `fabric:<first 32 hex of the genesis block's hash>`. */
  readonly ledger: string;
  readonly vid: Vid;
  readonly scope: KeyScope;
  readonly epoch: number;
  readonly contributor: Contributor;
};

/** `info` of HPKE (RFC 9180, section 5.1): binds the secret to what it is for. */
export function sealInfo({ ledger, vid, scope, epoch, contributor }: SealContext): string {
  return `passport/seal/1${canonicalJson({ ledger, vid, scope, epoch, contributor })}`;
}

/**
 * What is bound to the ciphertexts of one encapsulation: canonical JSON. Changed in any part, they do not open.
 * It is written once, and the events' names into it one after the other.
 */
export class AssociatedData {
  readonly #before: string;
  readonly #after: string;
  #bytes = newMemory(0);
  #nameLength = -1;

  constructor({ ledger, vid, scope, epoch, contributor }: SealContext) {
    const [suite, version] = [SEALING_SUITE, ENVELOPE_VERSION];
    // In the order of the names, as canonical JSON has them: contributor, epoch, event, ledger, ...
    const before = canonicalJson({ contributor, epoch });
    const after = canonicalJson({ ledger, scope, suite, version, vid });
    this.#before = `${before.slice(0, -1)},"event":"`;
    this.#after = `",${after.slice(1)}`;
  }

  /** That of an event, whose name is ASCII that JSON leaves alone. The next one's takes its place. */
  of(event: string): Uint8Array {
    if (event.length === this.#nameLength) {
      writeAscii(event, this.#bytes, this.#before.length);
    } else {
      this.#nameLength = event.length;
      const text = `${this.#before}${event}${this.#after}`;
      this.#bytes = newMemory(text.length);
      writeAscii(text, this.#bytes, 0);
    }
    return this.#bytes;
  }
}
