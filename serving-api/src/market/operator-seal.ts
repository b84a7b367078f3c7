import { createPublicKey, hkdfSync, type KeyObject, sign, verify } from 'node:crypto';

import type { SigningKey } from '@passport/ledger-client';
import { parseJson, PassportError, type PublicKey } from '@passport/model';
import type { z } from 'zod';

const COMPACT = /^[A-Za-z0-9_-]{1,1000}\.[A-Za-z0-9_-]{1,7000}\.[A-Za-z0-9_-]{86}$/;

/**
 * The operator's key: what is sealed by it is a compact JWS (RFC 7515) with ES256 that carries the public
 * key. Synchronous, as one request takes some 40 microseconds of it.
 */
export class OperatorSeal {
  readonly #key: SigningKey;
  readonly #publicKey: KeyObject;
  /** Headers by type: they are the same each time. */
  readonly #heads = new Map<string, string>();

  constructor(key: SigningKey) {
    this.#key = key;
    this.#publicKey = createPublicKey({ key: { ...key.publicKey }, format: 'jwk' });
  }

  /** What receipts and quotes are verified with. */
  get publicKey(): PublicKey {
    return this.#key.publicKey;
  }

  /** Seals claims as a JWS of a type. */
  seal(type: string, claims: object): string {
    const text = `${this.#head(type)}.${encoded(JSON.stringify(claims))}`;
    const key = { key: this.#key.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${text}.${sign('sha256', Buffer.from(text, 'ascii'), key).toString('base64url')}`;
  }

  /** Claims that this operator has sealed as that type. Throws PassportError `QUOTE_INVALID`. */
  open<Schema extends z.ZodType>(type: string, schema: Schema, jws: string): z.output<Schema> {
    const [head = '', claims = '', signature = ''] = COMPACT.test(jws) ? jws.split('.') : [];
    const isOwn =
      head === this.#head(type) &&
      verify(
        'sha256',
        Buffer.from(`${head}.${claims}`, 'ascii'),
        { key: this.#publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      );
    if (!isOwn) throw new PassportError('QUOTE_INVALID', 'it is not by the key of this operator');
    return parseJson(schema, Buffer.from(claims, 'base64url').toString('utf8'), 'QUOTE_INVALID');
  }

  /** A key for another purpose, which follows from it (HKDF, RFC 5869): all servers have the same. */
  derive(purpose: string): Buffer {
    const { d = '' } = this.#key.privateKey.export({ format: 'jwk' });
    return Buffer.from(hkdfSync('sha256', Buffer.from(d, 'base64url'), '', purpose, 32));
  }

  #head(type: string): string {
    const known = this.#heads.get(type);
    if (known !== undefined) return known;
    const { kty, crv, x, y } = this.#key.publicKey;
    const jwk = { kty, crv, x, y };
    const head = encoded(JSON.stringify({ alg: 'ES256', typ: type, jwk }));
    this.#heads.set(type, head);
    return head;
  }
}

function encoded(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}
