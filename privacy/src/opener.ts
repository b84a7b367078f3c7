import { turn } from '#platform';

import {
  type Fields,
  type KeyScope,
  PassportError,
  readFields,
  type Sealed,
  type SealedField,
  type Vid,
} from '@passport/model';

import type { SealedFor } from './associated-data.ts';
import { decapsulate } from './encapsulation.ts';
import { Envelope, ENVELOPE_BYTES_MAX, type EnvelopeFault } from './envelope.ts';
import { ENC_CHARACTERS, encEndIn } from './envelope-text.ts';
import { CipherMemory, EventCipher } from './event-cipher.ts';
import { Generations } from './generations.ts';
import { type OpeningKey, OpeningKeys } from './opening-keys.ts';
import { readScope } from './scope-texts.ts';

/** Why a scope's fields stay closed. */
export type OpeningFault = EnvelopeFault | 'OPENING_KEY_MISSING' | 'SEAL_BROKEN';

/** Sealed fields, and what they were sealed for. */
export type SealedThing = SealedFor & { readonly sealed: Sealed };

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
 * Opens sealed fields with the keys that it was given. What takes time is done once per encapsulation: by `open`,
 * when it comes to one, or before it by `prepare`, which gives way to others meanwhile. Nothing that a ledger can hold
 * makes it throw: what does not open stays closed.
 */
export class Opener {
  readonly #ledger: string;
  readonly #keys = new OpeningKeys();
  readonly #memory = new CipherMemory();
  readonly #envelope = new Envelope(ENVELOPE_BYTES_MAX);
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
    this.#secrets.age();
    let found = 0;
    for (const { scope, sealed, where } of scopesOf(things)) {
      const name = secretName(where, scope, sealed);
      if (this.#secrets.use(name) !== undefined) continue;
      const envelope = this.#read(sealed);
      if (!(envelope instanceof Envelope)) continue;
      if (this.#findSecret(name, scope, envelope, where) === undefined) continue;
      found += 1;
      if (found % AT_ONCE === 0) await turn();
    }
  }

  /** Opens what can be opened. */
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
    const secret = this.#secretOf(scope, field, envelope, where);
    if (secret === undefined) return 'OPENING_KEY_MISSING';
    const text = secret.cipher?.open(envelope, where.event);
    return (text === undefined ? undefined : readScope(text, scope)) ?? 'SEAL_BROKEN';
  }

  /** Undefined where there is no key for it. */
  #secretOf(
    scope: KeyScope,
    field: SealedField,
    envelope: Envelope,
    where: SealedFor,
  ): Secret | undefined {
    const latest = this.#latestOf(scope, field, where);
    if (latest !== undefined) return latest;
    const name = secretName(where, scope, field);
    let secret = this.#secrets.use(name);
    if (secret === undefined) {
      this.#secrets.age();
      secret = this.#findSecret(name, scope, envelope, where);
    }
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

  /** An envelope, or fields that are in clear, or what is wrong. The next one takes its place. */
  #read(field: SealedField): Envelope | { readonly clear: Fields } | EnvelopeFault {
    // No ledger has longer ones.
    const isLong = field.length > FIELD_CHARACTERS_MAX;
    const envelope = isLong ? new Envelope(field.length) : this.#envelope;
    const fault = envelope.read(field);
    if (fault !== undefined) return fault;
    if (!envelope.isClear) return envelope;
    const clear = readFields(envelope.clearText);
    return clear === undefined ? 'SEALED_FIELD_INVALID' : { clear };
  }

  /** Finds the secret again, and keeps it. Undefined where there is no key for it. */
  #findSecret(
    name: string,
    scope: KeyScope,
    { epoch, enc }: Envelope,
    { vid, contributor }: SealedFor,
  ): Secret | undefined {
    const key = this.#keys.find(vid, scope, epoch);
    if (key === undefined) return undefined;
    const context = { ledger: this.#ledger, vid, scope, epoch, contributor };
    const shared = decapsulate(key.scalar, enc, context);
    const cipher = shared === undefined ? null : new EventCipher(shared, context, this.#memory);
    const secret = { key, cipher };
    this.#secrets.set(name, secret);
    return secret;
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

function* scopesOf(things: Iterable<SealedThing>) {
  for (const { sealed, ...where } of things) {
    for (const [scope, field] of Object.entries(sealed) as [KeyScope, SealedField][]) {
      yield { where, scope, sealed: field };
    }
  }
}
