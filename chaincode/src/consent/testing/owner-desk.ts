import { COMMAND_TYPE, type FieldClass, type Grant, parseInstant } from '@passport/model';

import type { Effects } from '../../testing/test-ledger.ts';
import type { TestConsortium } from '../../testing/test-consortium.ts';
import { signJws, type TestKey } from '../../testing/test-users.ts';

/** What a call of a contract came to. */
export type Called = { readonly answer: unknown; readonly effects: Effects };

/** Terms that any owner may grant to the insurer. */
export const terms = {
  grantee: { mspId: 'InsurerMSP' },
  classes: ['usage', 'driving'],
  purpose: 'insurance',
  legalBasis: 'consent',
} as const;

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
    name: 'grant' | 'revoke' | 'publishClassKey',
    key: TestKey,
    vid: string,
    args: object,
    changes: object = {},
  ): Promise<Called> {
    const command = await this.sign(key, `Consent:${name}`, vid, args, changes);
    return this.consortium.submit('GarageMSP', 'Consent', name, { command });
  }

  /** Grants {@link terms}, with changes. */
  async grant(key: TestKey, vid: string, changes: object = {}): Promise<Grant> {
    return (await this.call('grant', key, vid, { ...terms, ...changes })).answer as Grant;
  }

  /** Revokes a grant. */
  async revoke(key: TestKey, vid: string, grantId: string, changes: object = {}): Promise<Grant> {
    return (await this.call('revoke', key, vid, { grantId, ...changes })).answer as Grant;
  }

  /** Hands a vehicle over. */
  async handOver(vid: string, from: TestKey, to: TestKey): Promise<void> {
    const fn = 'Passport:transferOwnership';
    const jti = this.nonce();
    const seller = await this.sign(from, fn, vid, { to: to.keyId }, { jti });
    const buyer = await this.sign(to, fn, vid, { from: from.keyId }, { jti });
    await this.consortium.submit('GarageMSP', 'Passport', 'transferOwnership', { seller, buyer });
  }

  /** By which grant a member may read a class of fields now; null when it may not. */
  async readsBy(vid: string, fieldClass: FieldClass, mspId = 'InsurerMSP'): Promise<string | null> {
    const request = { vid, fieldClass, mspId };
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
}
