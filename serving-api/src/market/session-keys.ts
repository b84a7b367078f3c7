import { createHmac, timingSafeEqual } from 'node:crypto';

import { amount, commandId, keyId, parseJson, PassportError } from '@passport/model';
import { z } from 'zod';

const claims = z.strictObject({
  buyer: keyId,
  tab: commandId,
  /** What may be charged on the tab, of all that was ever bought: never more than the voucher behind it. */
  limit: amount,
  /** Seconds since 1970. */
  exp: z.int().positive(),
});

/** What a session may spend, and until when. */
export type Session = z.output<typeof claims>;

/** How a session comes with a request: `Authorization: Passport-Session <credential>`. */
export const SESSION_SCHEME = 'Passport-Session';

const LENGTH_MAX = 1_000;
/** Credentials that were checked, and are known again; those used first go first. */
const KNOWN_MAX = 10_000;

/**
 * Credentials of sessions: claims and an HMAC-SHA256 over them, both base64url. Whoever has one spends up
 * to its limit, so it is to be kept like a password; it is good for this operator only.
 */
export class SessionKeys {
  readonly #key: Buffer;
  /** By credential, whole: what is not here letter by letter is checked. */
  readonly #known = new Map<string, Session>();

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** The credential of a session. */
  issue(session: Session): string {
    const text = Buffer.from(JSON.stringify(session), 'utf8').toString('base64url');
    return `${text}.${this.#macOf(text).toString('base64url')}`;
  }

  /** The session of a credential at a time. Throws PassportError `SESSION_INVALID`. */
  read(credential: string, nowMs: number): Session {
    const session = this.#known.get(credential) ?? this.#check(credential);
    if (session.exp * 1000 > nowMs) return session;
    this.#known.delete(credential);
    throw new PassportError('SESSION_INVALID', 'it is over: sign another voucher');
  }

  #check(credential: string): Session {
    const [text = '', mac = ''] = credential.length > LENGTH_MAX ? [] : credential.split('.');
    const [is, expected] = [Buffer.from(mac, 'base64url'), this.#macOf(text)];
    if (is.length !== expected.length || !timingSafeEqual(is, expected)) {
      throw new PassportError('SESSION_INVALID', 'its code is not by this operator');
    }
    const json = Buffer.from(text, 'base64url').toString('utf8');
    const session = parseJson(claims, json, 'SESSION_INVALID');
    this.#known.set(credential, session);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KNOWN_MAX && oldest !== undefined) this.#known.delete(oldest);
    return session;
  }

  #macOf(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}
