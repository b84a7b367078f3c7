import {
  COMMAND_TYPE,
  type GrantAnswer,
  type KeyScope,
  parseInstant,
  type SealedField,
  type SealingKey,
} from '@passport/model';

import type { Effects } from '../../testing/test-ledger.ts';
import type { TestConsortium } from '../../testing/test-consortium.ts';
import { makeKey, signJws, type TestKey } from '../../testing/test-users.ts';

/** What a call of a contract came to. */
export type Called = { readonly answer: unknown; readonly effects: Effects };

/** Functions of `Consent` that owners sign for. */
export type OwnerFunction = 'publishSealingKeys' | 'grant' | 'revoke' | 'rewrap' | 'erase';

/** Terms that any owner may grant to the insurer. */
export const terms = {
  grantee: { mspId: 'InsurerMSP' },
  classes: ['usage', 'driving'],
  purpose: 'insurance',
  legalBasis: 'consent',
} as const;

const [sealingJwk, reader] = [makeKey().jwk, makeKey().keyId];

/** A key to publish: of usage, the first, unless a test says otherwise. */
export function sealingKey(changes: object = {}) {
  return { scope: 'usage' as const, epoch: 1, suite: 1, key: sealingJwk, ...changes };
}

/** Keys sealed to a reader; what is in them, no contract looks at. `fill` tells one from another. */
export function keyWrap(fill = 'A') {
  return { readerKey: reader, keys: fill.repeat(120) };
}

/** What a source seals to a key of an epoch, as far as the ledger looks. */
export function sealedTo(epoch: number, suite = 1): SealedField {
  const bytes = Buffer.alloc(140, 7);
  bytes.writeUInt8(suite, 0);
  bytes.writeUInt8(1, 1);
  bytes.writeUInt32BE(epoch, 2);
  return bytes.toString('base64url') as SealedField;
}

/** Owners who sign commands, and members who relay them. */
export class OwnerDesk {
  readonly consortium: TestConsortium;
  #nonces = 0;

  constructor(consortium: TestConsortium) {
    this.consortium = consortium;
  }

  /** A nonce that no other command has. */
  nonce(): string {
    this.#nonces += 1;
    return `nonce-${this.#nonces}-of-an-owner`;
  }

  /** A time, so many milliseconds from now. */
  inMs(ms: number) {
    return parseInstant(new Date(this.consortium.ledger.now().getTime() + ms).toISOString());
  }

  /** A command as an owner signs it, good for ten minutes, with what a test changes in its claims. */
  sign(key: TestKey, fn: string, vid: string, args: object, changes: object = {}): Promise<string> {
    const exp = Math.floor(this.consortium.ledger.now().getTime() / 1000) + 600;
    const claims = { iss: key.keyId, aud: 'passport', fn, sub: vid, jti: this.nonce(), exp, args };
    return signJws(key, COMMAND_TYPE, { ...claims, ...changes });
  }

  /** Signs a command for a function of `Consent` and relays it by the garage. */
  async call(
    name: OwnerFunction,
    key: TestKey,
    vid: string,
    args: object,
    changes: object = {},
  ): Promise<Called> {
    const command = await this.sign(key, `Consent:${name}`, vid, args, changes);
    return this.consortium.submit('GarageMSP', 'Consent', name, { command });
  }

  /** Publishes keys. */
  async publish(key: TestKey, vid: string, keys: readonly object[]): Promise<SealingKey[]> {
    const { answer } = await this.call('publishSealingKeys', key, vid, { keys });
    return answer as SealingKey[];
  }

  /** Grants {@link terms}, with changes. */
  async grant(key: TestKey, vid: string, changes: object = {}): Promise<GrantAnswer> {
    return (await this.call('grant', key, vid, { ...terms, ...changes })).answer as GrantAnswer;
  }

  /** Revokes a grant, with the keys that come after it. */
  async revoke(
    key: TestKey,
    vid: string,
    grantId: string,
    changes: object = {},
  ): Promise<GrantAnswer> {
    return (await this.call('revoke', key, vid, { grantId, ...changes })).answer as GrantAnswer;
  }

  /** Erases what an owner left. */
  async erase(key: TestKey, vid: string, ownerEpoch: number): Promise<Called> {
    return this.call('erase', key, vid, { ownerEpoch });
  }

  /** Hands a vehicle over, with what each of the two adds to it. */
  async handOver(
    vid: string,
    from: TestKey,
    to: TestKey,
    more: { readonly seller?: object; readonly buyer?: object } = {},
  ): Promise<Called> {
    const fn = 'Passport:transferOwnership';
    const jti = this.nonce();
    const seller = await this.sign(from, fn, vid, { to: to.keyId, ...more.seller }, { jti });
    const buyer = await this.sign(to, fn, vid, { from: from.keyId, ...more.buyer }, { jti });
    const request = { seller, buyer };
    return this.consortium.submit('GarageMSP', 'Passport', 'transferOwnership', request);
  }

  /** Records a trip of the maker whose usage is sealed to a key of that epoch. */
  recordSealed(vid: string, epoch: number, scope: KeyScope = 'usage'): Promise<Called> {
    const event = {
      id: this.nonce(),
      vid,
      kind: 'trip',
      at: '2026-11-20',
      method: 'connected-car',
      sealed: { [scope]: sealedTo(epoch) },
    };
    const request = { source: 'MakerMSP/main', events: [event] };
    return this.consortium.submit('MakerMSP', 'Passport', 'recordEvents', request);
  }

  /** By which grant a member may read a scope now; null when it may not. */
  async readsBy(vid: string, scope: KeyScope, mspId = 'InsurerMSP'): Promise<string | null> {
    const request = { vid, scope, mspId };
    const { granted, grantId } = (await this.consortium.evaluate(
      'Consent',
      'mayRead',
      request,
    )) as {
      granted: boolean;
      grantId: string | null;
    };
    if (granted !== (grantId !== null)) throw new Error('granted, and not by any grant');
    return grantId;
  }

  /** Asks `Consent` something about a vehicle. */
  async ask<Answer>(name: string, vid: string, more: object = {}): Promise<Answer> {
    return (await this.consortium.evaluate('Consent', name, { vid, ...more })) as Answer;
  }

  /** What a question to `Consent` reads. */
  async effectsOf(name: string, vid: string, more: object = {}): Promise<Effects> {
    return (await this.consortium.inspect('Consent', name, { vid, ...more })).effects;
  }
}
