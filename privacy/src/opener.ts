import { newMemory, turn, utf8Of, writeBase64url } from '#platform';

import {
  CLEAR_SUITE,
  type Fields,
  type KeyScope,
  PassportError,
  readFields,
  type Sealed,
  type SealedField,
  type Vid,
} from '@passport/model';

import type { SealContext, SealedFor } from './associated-data.ts';
import { decapsulate } from './encapsulation.ts';
import { Envelope, ENVELOPE_BYTES_MAX, type EnvelopeFault, readEnvelope } from './envelope.ts';
import { ENC_CHARACTERS, encEndIn } from './envelope-text.ts';
import { CipherMemory, EventCipher } from './event-cipher.ts';
import { Generations } from './generations.ts';
import { type OpeningKey, OpeningKeys } from './opening-keys.ts';
import { readScope } from './scope-texts.ts';

/** Why a scope's fields stay closed. */
export type OpeningFault = EnvelopeFault | 'OPENING_KEY_MISSING' | 'SEAL_BROKEN';

/** Sealed fields, and what they were sealed for. */
export type SealedThing = SealedFor & { readonly sealed: Sealed };

/** One sealed scope, and what it was sealed for. */
export type SealedScopeFor = SealedFor & { readonly scope: KeyScope; readonly sealed: SealedField };

/** What could be opened. */
export type Opened = {
  /** Of all scopes. */
  readonly fields: Fields;
  /** The same by scope, as they were sealed. */
  readonly byScope: { readonly [scope in KeyScope]?: Fields };
  /** Scopes that stay closed. */
  readonly closed: readonly KeyScope[];
};

/** What an opener needs. */
export type OpenerOptions = {
  /** The ledger's name (CAIP-2). */
  readonly ledger: string;
  /** Secrets that are kept; 50,000 without it, of about 1 kB each, and up to twice as many. */
  readonly secretsMax?: number;
};

/** A secret found again, or null where nothing can be found in an encapsulation. */
type Secret = { readonly key: OpeningKey; readonly cipher: EventCipher | null };

/** A secret, and whose it is: the events of a vehicle come one behind the other, mostly of one encapsulation. */
type Latest = Omit<SealedFor, 'event'> & {
  readonly encStart: string;
  readonly encEnd: number;
  readonly secret: Secret;
};

/** What decodes to {@link ENVELOPE_BYTES_MAX} bytes. */
const FIELD_CHARACTERS_MAX = (ENVELOPE_BYTES_MAX * 4) / 3;

/** After so many encapsulations, a few milliseconds in Node, whatever else there is to do has its turn. */
const AT_ONCE = 32;

/**
 * Opens sealed fields with the keys that it was given. `prepare` does what takes time, once per encapsulation;
 * `open` then does not wait. Nothing that a ledger can hold makes it throw: what does not open stays closed.
 */
export class Opener {
  readonly #ledger: string;
  readonly #keys = new OpeningKeys();
  readonly #memory = new CipherMemory();
  /** Where one envelope is decoded after the other. */
  readonly #bytes = newMemory(ENVELOPE_BYTES_MAX);
  readonly #secrets: Generations<Secret>;
  /** What was used last of each scope, of what no generation has let go. */
  readonly #latest = new Map<KeyScope, Latest>();

  constructor({ ledger, secretsMax = 50_000 }: OpenerOptions) {
    this.#ledger = ledger;
    this.#secrets = new Generations(secretsMax);
  }

  /** Takes a private key of a scope and epoch, and keeps a copy of it. */
  addKey(
    address: Omit<OpeningKey, 'scalar' | 'ownerEpoch'> & { readonly ownerEpoch?: number },
    scalar: Uint8Array,
  ): void {
    const { ownerEpoch } = address;
    const before = this.#keys.add({ ...address, ownerEpoch, scalar });
    if (before !== undefined) this.#drop(({ key }) => key === before);
  }

  /** Whether it has a key, right or wrong. */
  hasKey(vid: Vid, scope: KeyScope, epoch: number): boolean {
    return this.#keys.find(vid, scope, epoch) !== undefined;
  }

  /** Forgets a vehicle's keys, those of one owner or all of them, and what came of them. */
  forget(vid: Vid, ownerEpoch?: number): void {
    const dropped = this.#keys.drop(vid, ownerEpoch);
    if (dropped.size > 0) this.#drop(({ key }) => dropped.has(key));
  }

  /**
   * Finds the secrets of all that can be opened with the keys at hand. What the two latest calls made ready is
   * kept, however much that is.
   */
  async prepare(things: Iterable<SealedThing>): Promise<void> {
    await this.prepareScopes(scopesOf(things));
  }

  /** As {@link prepare}, scope by scope. */
  async prepareScopes(scopes: Iterable<SealedScopeFor>): Promise<void> {
    this.#secrets.age();
    this.#latest.clear();
    const missing = new Map<string, () => void>();
    for (const each of scopes) {
      const { scope, sealed: field, vid, contributor } = each;
      if (this.#latestOf(scope, field, each) !== undefined) continue;
      const name = secretName(each, scope, field);
      const known = this.#secrets.use(name);
      if (known !== undefined) this.#keepLatest(scope, field, each, known);
      if (known !== undefined || missing.has(name)) continue;
      const envelope = this.#read(field);
      if (typeof envelope === 'string' || !(envelope instanceof Envelope)) continue;
      const key = this.#keys.find(vid, scope, envelope.epoch);
      if (key === undefined) continue;
      const context = { ledger: this.#ledger, vid, scope, epoch: envelope.epoch, contributor };
      const enc = Uint8Array.from(envelope.enc);
      missing.set(name, () => this.#findSecret(name, key, enc, context));
    }
    const tasks = [...missing.values()];
    for (const [index, task] of tasks.entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await turn();
      task();
    }
  }

  /** Opens what can be opened. It was prepared, since the last key was added; else it throws, as of a bug. */
  open(sealed: Sealed, where: SealedFor): Opened {
    const byScope: { [scope in KeyScope]?: Fields } = {};
    const closed: KeyScope[] = [];
    for (const scope of Object.keys(sealed) as KeyScope[]) {
      const field = sealed[scope];
      if (field === undefined) continue;
      const opened = this.#openScope(scope, field, where);
      if (typeof opened === 'string') closed.push(scope);
      else byScope[scope] = opened;
    }
    return {
      byScope,
      closed,
      // Not everybody wants them in one.
      get fields() {
        return Object.assign({}, ...Object.values(byScope)) as Fields;
      },
    };
  }

  /** As {@link open}, one scope; undefined where it stays closed. */
  openScope(scope: KeyScope, field: SealedField, where: SealedFor): Fields | undefined {
    const opened = this.#openScope(scope, field, where);
    return typeof opened === 'string' ? undefined : opened;
  }

  /**
   * Opens all of it, for somebody who reads what they own or were granted. Throws PassportError
   * {@link OpeningFault} of the first scope that stays closed.
   */
  openAll(sealed: Sealed, where: SealedFor): Fields {
    const { fields, closed } = this.open(sealed, where);
    const [scope] = closed;
    if (scope === undefined) return fields;
    throw new PassportError(this.faultOf(scope, sealed, where), `the fields of ${scope}`);
  }

  /** Why a scope stays closed. A scope that does not is a bug of the caller. */
  faultOf(scope: KeyScope, sealed: Sealed, where: SealedFor): OpeningFault {
    const field = sealed[scope];
    if (field === undefined) throw new Error(`there are no fields of ${scope}`);
    const opened = this.#openScope(scope, field, where);
    if (typeof opened === 'string') return opened;
    throw new Error(`the fields of ${scope} are open`);
  }

  #openScope(scope: KeyScope, field: SealedField, where: SealedFor): Fields | OpeningFault {
    const envelope = this.#read(field);
    if (typeof envelope === 'string') return envelope;
    if (!(envelope instanceof Envelope)) return envelope.clear;
    const secret = this.#secretOf(scope, field, where);
    if (secret === undefined) {
      if (!this.hasKey(where.vid, scope, envelope.epoch)) return 'OPENING_KEY_MISSING';
      throw new Error(`fields of ${scope} are opened that were not prepared`);
    }
    const text = secret.cipher?.open(envelope, where.event);
    return (text === undefined ? undefined : readScope(text, scope)) ?? 'SEAL_BROKEN';
  }

  #secretOf(scope: KeyScope, field: SealedField, where: SealedFor): Secret | undefined {
    const latest = this.#latestOf(scope, field, where);
    if (latest !== undefined) return latest;
    const secret = this.#secrets.peek(secretName(where, scope, field));
    if (secret !== undefined) this.#keepLatest(scope, field, where, secret);
    return secret;
  }

  #latestOf(
    scope: KeyScope,
    field: SealedField,
    { vid, contributor }: SealedFor,
  ): Secret | undefined {
    const latest = this.#latest.get(scope);
    const isIt =
      latest?.vid === vid &&
      latest.contributor === contributor &&
      latest.encEnd === encEndIn(field) &&
      field.startsWith(latest.encStart);
    return isIt ? latest.secret : undefined;
  }

  #keepLatest(
    scope: KeyScope,
    field: SealedField,
    { vid, contributor }: SealedFor,
    secret: Secret,
  ): void {
    const encStart = field.slice(0, ENC_CHARACTERS);
    this.#latest.set(scope, { vid, contributor, encStart, encEnd: encEndIn(field), secret });
  }

  #drop(isGone: (secret: Secret) => boolean): void {
    this.#secrets.drop(isGone);
    this.#latest.clear();
  }

  /** An envelope, or fields that are in clear, or what is wrong. The next one takes its memory. */
  #read(field: SealedField): Envelope | { readonly clear: Fields } | EnvelopeFault {
    // No ledger has longer ones.
    const isLong = field.length > FIELD_CHARACTERS_MAX;
    const bytes = isLong ? newMemory(field.length) : this.#bytes;
    const length = writeBase64url(field, bytes);
    if (length === 0 || bytes[0] !== CLEAR_SUITE) return readEnvelope(bytes, length);
    const clear = readFields(utf8Of(bytes, 1, length));
    return clear === undefined ? 'SEALED_FIELD_INVALID' : { clear };
  }

  #findSecret(name: string, key: OpeningKey, enc: Uint8Array, context: SealContext): void {
    // It may have been forgotten meanwhile.
    if (this.#keys.find(key.vid, key.scope, key.epoch) !== key) return;
    const secret = decapsulate(key.scalar, enc, context);
    const cipher = secret === undefined ? null : new EventCipher(secret, context, this.#memory);
    this.#secrets.set(name, { key, cipher });
  }
}

/** All that the secret depends on, so that an encapsulation found elsewhere opens nothing. */
function secretName(
  { contributor, vid }: Omit<SealedFor, 'event'>,
  scope: KeyScope,
  field: SealedField,
): string {
  return `${vid} ${scope} ${contributor} ${field.slice(0, ENC_CHARACTERS)} ${encEndIn(field)}`;
}

function* scopesOf(things: Iterable<SealedThing>): Generator<SealedScopeFor> {
  for (const { sealed, ...where } of things) {
    for (const [scope, field] of Object.entries(sealed) as [KeyScope, SealedField][]) {
      yield { ...where, scope, sealed: field };
    }
  }
}
