import {
  type CertifiedSigner,
  generatePrivateJwk,
  keyIdOf,
  type PersonKey,
  publicPartOf,
} from '@passport/ledger-client/wallet';
import {
  bytesOfBase64url,
  type KeyId,
  method,
  mspId,
  publicKey,
  role,
  sourceId,
  type Vid,
} from '@passport/model';
import * as z from 'zod/mini';

import { answerOf, inTransaction, openDatabase, readOne } from './database.ts';

/** What the portal says of who was enrolled. */
export const enrolled = z.object({
  name: z.string(),
  source: sourceId,
  roles: z.array(role),
  methods: z.array(method),
  mspId,
  certificate: z.string(),
});

/** {@link enrolled} */
export type EnrolledAs = z.output<typeof enrolled>;

/** A professional in this browser: who they are, and the key that signs in their name. */
export type Professional = EnrolledAs & { readonly key: CryptoKey };

/** A key that owners seal what they grant to, of one vehicle. */
type ReaderKey = { readonly vid: Vid; readonly keyId: KeyId; readonly scalar: Uint8Array };

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const NAME = 'professional';
const NEW_KEY = 'new-key';

/**
 * A professional's keys in the browser's database. The one that signs is WebCrypto's and not extractable: no program gets
 * its bytes. Those that open are bytes, for opening is done here.
 */
export class ProfessionalStore {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Rejects where the browser has no storage for us, as in some private windows. */
  static async open(): Promise<ProfessionalStore> {
    return new ProfessionalStore(await openDatabase('passport-professional'));
  }

  /** Who is enrolled here; undefined where nobody is. */
  async find(): Promise<Professional | undefined> {
    const value = await readOne(this.#database, 'professional', NAME);
    const known = enrolled.safeParse(value).data;
    const key = (value as { readonly key?: unknown } | undefined)?.key;
    return known !== undefined && key instanceof CryptoKey ? { ...known, key } : undefined;
  }

  /**
   * The key of somebody who is about to be enrolled: the same one until they are, so that an answer that was lost can be
   * asked for again.
   */
  async newKey(): Promise<PersonKey & { readonly privateKey: CryptoKey }> {
    const there = await readOne(this.#database, 'professional', NEW_KEY);
    const pair = isPair(there) ? there : await generatePair();
    if (pair !== there) await this.#put('professional', NEW_KEY, pair);
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
    const key = publicKey.parse({ kty, crv, x, y });
    return { keyId: await keyIdOf(key), publicKey: key, privateKey: pair.privateKey };
  }

  /** Keeps who the holder of the new key is. */
  async enrol(as: EnrolledAs, key: CryptoKey): Promise<Professional> {
    const professional = { ...as, key };
    await inTransaction(this.#database, 'professional', async (store) => {
      store.put(professional, NAME);
      await answerOf(store.delete(NEW_KEY));
    });
    return professional;
  }

  /** Takes all of it out of this browser for good. */
  async forget(): Promise<void> {
    for (const store of ['professional', 'reader-keys'] as const) {
      await inTransaction(this.#database, store, (all) => answerOf(all.clear()));
    }
  }

  /** Makes a key that the owner of a vehicle can seal a grant to. */
  async newReaderKey(vid: Vid) {
    const { keyId, key } = await generatePrivateJwk();
    const reader: ReaderKey = { vid, keyId, scalar: bytesOfBase64url(key.d) };
    await this.#put('reader-keys', keyId, reader);
    return publicPartOf(key);
  }

  /** A key that was made here; `@passport/client` opens with it. */
  async findReaderKey(keyId: KeyId): Promise<{ readonly scalar: Uint8Array } | undefined> {
    const found = await readOne(this.#database, 'reader-keys', keyId);
    return isReaderKey(found) ? found : undefined;
  }

  async #put(store: 'professional' | 'reader-keys', name: string, value: object): Promise<void> {
    await inTransaction(this.#database, store, (all) => answerOf(all.put(value, name)));
  }
}

/** As what signs requests. */
export function signerOf({ certificate, key }: Professional): CertifiedSigner {
  return { certificate: new TextEncoder().encode(certificate), privateKey: key };
}

async function generatePair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(CURVE, false, ['sign', 'verify']);
}

function isPair(value: unknown): value is CryptoKeyPair {
  return typeof value === 'object' && value !== null && 'privateKey' in value;
}

function isReaderKey(value: unknown): value is ReaderKey {
  return typeof value === 'object' && value !== null && 'scalar' in value;
}
