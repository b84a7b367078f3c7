import {
  base64urlOf,
  CLEAR_SUITE,
  type Fields,
  type KeyScope,
  PassportError,
  type PublicKey,
  type Sealed,
  type SealedField,
} from '@passport/model';

import { type SealedFor, SEALING_SUITE } from './associated-data.ts';
import { encapsulate } from './encapsulation.ts';
import { NONCE_BYTES, writeEnvelope } from './envelope.ts';
import { CipherMemory, EventCipher } from './event-cipher.ts';
import { Generations } from './generations.ts';
import { type RandomBytes, utf8 } from './hpke.ts';
import { textsByScope } from './scope-texts.ts';

/** A key that fields of one scope are sealed to: a `SealingKey` of the ledger is one. */
export type KeyToSealTo = {
  readonly epoch: number;
  readonly suite: number;
  readonly key: PublicKey;
};

/** Said in place of a key: the fields stay in clear, in suite 0. For development ledgers. */
export const IN_CLEAR = 'in-clear';

/** What to do with the fields of each scope; there is no other way than what it says. */
export type SealingKeys = { readonly [scope in KeyScope]?: KeyToSealTo | typeof IN_CLEAR };

/** What a sealer needs. */
export type SealerOptions = {
  /** The ledger's name (CAIP-2). */
  readonly ledger: string;
  readonly random: RandomBytes;
  /** Encapsulations that are kept; 20,000 without it, of about 1 kB each, and up to twice as many. */
  readonly encapsulationsMax?: number;
};

type Encapsulated = { readonly enc: Uint8Array; readonly cipher: EventCipher };

/** Random bytes are fetched for so many nonces at once. */
const NONCES = 256;

/**
 * Seals the fields of events to the keys of their scopes. It encapsulates once per contributor, vehicle, scope
 * and epoch; what comes after costs symmetric work only. Whoever has a sealer can open what it sealed as long
 * as it runs, and no later.
 */
export class Sealer {
  readonly #ledger: string;
  readonly #random: RandomBytes;
  readonly #kept: Generations<Encapsulated>;
  readonly #memory = new CipherMemory();
  #nonces = new Uint8Array();
  #noncesUsed = 0;

  constructor({ ledger, random, encapsulationsMax = 20_000 }: SealerOptions) {
    this.#ledger = ledger;
    this.#random = random;
    this.#kept = new Generations(encapsulationsMax);
  }

  /**
   * Seals fields, each scope's together. Throws PassportError `SEALING_KEY_MISSING` where the keys say nothing
   * of a scope that has fields, `SUITE_UNKNOWN`, `PUBLIC_KEY_INVALID`, `SIGNAL_UNKNOWN`, and
   * `SEALED_FIELD_INVALID` where a scope's fields are too long.
   */
  async seal(fields: Fields, where: SealedFor, keys: SealingKeys): Promise<Sealed> {
    const sealed: { [scope in KeyScope]?: SealedField } = {};
    for (const [scope, text] of textsByScope(fields)) {
      const key = keys[scope];
      if (key === IN_CLEAR) sealed[scope] = inClear(text);
      else {
        const to = requireKey(key, scope);
        const name = `${where.contributor} ${where.vid} ${scope} ${to.epoch} ${to.key.x}`;
        const kept = this.#kept.use(name) ?? this.#encapsulate(name, scope, where, to);
        sealed[scope] = this.#write(text, where.event, to.epoch, kept);
      }
    }
    return sealed;
  }

  #write(text: string, event: string, epoch: number, { enc, cipher }: Encapsulated): SealedField {
    const { nonce } = this.#memory;
    this.#putNonce(nonce);
    return writeEnvelope({ epoch, enc, nonce, ...cipher.seal(text, event, nonce) });
  }

  #encapsulate(
    name: string,
    scope: KeyScope,
    { vid, contributor }: SealedFor,
    { key, epoch }: KeyToSealTo,
  ): Encapsulated {
    const context = { ledger: this.#ledger, vid, scope, epoch, contributor };
    const { enc, secret } = encapsulate(key, context, this.#random);
    const encapsulated = { enc, cipher: new EventCipher(secret, context, this.#memory) };
    this.#kept.age();
    this.#kept.set(name, encapsulated);
    return encapsulated;
  }

  #putNonce(into: Uint8Array): void {
    if (this.#noncesUsed === this.#nonces.length) {
      this.#nonces = Uint8Array.from(this.#random(NONCES * NONCE_BYTES));
      this.#noncesUsed = 0;
    }
    for (let index = 0; index < NONCE_BYTES; index += 1) {
      into[index] = this.#nonces[this.#noncesUsed + index] ?? 0;
    }
    this.#noncesUsed += NONCE_BYTES;
  }
}

function requireKey(key: KeyToSealTo | undefined, scope: KeyScope): KeyToSealTo {
  if (key === undefined) {
    throw new PassportError('SEALING_KEY_MISSING', `no key of ${scope}, and it has fields`);
  }
  if (key.suite === SEALING_SUITE) return key;
  throw new PassportError('SUITE_UNKNOWN', `the key of ${scope} is of suite ${key.suite}`);
}

function inClear(text: string): SealedField {
  const bytes = Uint8Array.of(CLEAR_SUITE, ...utf8(text));
  return base64urlOf(bytes) as SealedField;
}
