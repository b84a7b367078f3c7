import { createHash } from 'node:crypto';

import { readFields } from '../history/clear-fields.ts';
import type { Fields, Reader } from '../history/history.ts';
import { type Context, epochOf, openEnvelope } from './envelope.ts';
import { scopeOf } from './scopes.ts';
import { type ScopeKey, unwrap } from './wraps.ts';

/** A private key on P-256 as JWK (RFC 7517, RFC 7518). */
export type PrivateKey = { readonly x: string; readonly y: string; readonly d: string };

/** A key that reads one vehicle. */
export type ReaderKey = PrivateKey & { readonly vid: string };

/** A wrap, as the ledger has it. */
type Wrap = { readonly readerKey: string; readonly keys: string };

/** A grant's wraps, and what they are bound to. */
export type Wraps = {
  readonly grantId: string;
  readonly ownerEpoch: number;
  readonly wraps: readonly Wrap[];
};

/** The member that reads for the market: its name, and the private keys that it still has. */
export class Market implements Reader {
  readonly mspId: string;
  readonly #scalars = new Map<string, Buffer>();
  /** What was opened once. */
  readonly #unwrapped = new Map<string, ScopeKey[]>();
  readonly #opened = new Map<string, Fields | undefined>();

  constructor(mspId: string, keys: readonly ReaderKey[]) {
    this.mspId = mspId;
    for (const key of keys) {
      this.#scalars.set(`${key.vid} ${thumbprint(key)}`, Buffer.from(key.d, 'base64url'));
    }
  }

  /** The fields of a scope, opened with the keys of a grant; undefined where they do not open it. */
  open(field: string, context: Context, grant: Wraps): Fields | undefined {
    const epoch = epochOf(field);
    if (epoch === undefined) return undefined;
    const keys = grant.wraps.flatMap((wrap) => this.#keysIn(wrap, context, grant));
    for (const key of keys) {
      if (key.scope !== context.scope || key.epoch !== epoch) continue;
      const fields = this.#openWith(field, key.scalar, context);
      if (fields !== undefined) return fields;
    }
    return undefined;
  }

  #keysIn({ readerKey, keys }: Wrap, { ledger, vid }: Context, grant: Wraps): ScopeKey[] {
    const scalar = this.#scalars.get(`${vid} ${readerKey}`);
    if (scalar === undefined) return [];
    const { grantId, ownerEpoch } = grant;
    const name = `${grantId} ${keys}`;
    const known = this.#unwrapped.get(name);
    if (known !== undefined) return known;
    const found = unwrap(keys, scalar, { ledger, vid, ownerEpoch, id: grantId });
    this.#unwrapped.set(name, found);
    return found;
  }

  #openWith(field: string, scalar: Buffer, context: Context): Fields | undefined {
    const name = `${scalar.toString('hex')} ${Object.values(context).join(' ')} ${field}`;
    if (this.#opened.has(name)) return this.#opened.get(name);
    const text = openEnvelope(field, scalar, context);
    const fields = text === undefined ? undefined : readFields(text);
    const isOfScope =
      fields !== undefined && Object.keys(fields).every((each) => scopeOf(each) === context.scope);
    this.#opened.set(name, isOfScope ? fields : undefined);
    return isOfScope ? fields : undefined;
  }
}

/** The name of a key: RFC 7638. */
export function thumbprint({ x, y }: Pick<PrivateKey, 'x' | 'y'>): string {
  const members = JSON.stringify({ crv: 'P-256', kty: 'EC', x, y });
  return createHash('sha256').update(members).digest('base64url');
}
