import type { msp } from '@hyperledger/fabric-protos';

import type { Identity } from './identity.ts';
import { LruCache } from './lru-cache.ts';
import { malformedConfiguration, MembershipError } from './membership-error.ts';
import { Msp } from './msp.ts';
import { readSerializedIdentity } from './serialized-identity.ts';

/** Identities that are kept ready for use unless told otherwise; about 8 KB each. */
const IDENTITIES_MAX = 1_000;

/** The organisations of a channel, and the identities that have shown themselves. */
export class MspManager {
  readonly #msps: ReadonlyMap<string, Msp>;
  readonly #identities: LruCache<Identity>;

  /**
   * Takes the definitions as a channel's configuration holds them; the same organisation may come
   * twice. Throws {@link MembershipError} `malformed-configuration`.
   */
  constructor(definitions: readonly msp.FabricMSPConfig[], identitiesMax = IDENTITIES_MAX) {
    const msps = new Map<string, Msp>();
    const seen = new Map<string, Buffer>();
    for (const definition of definitions) {
      const name = definition.getName();
      const bytes = Buffer.from(definition.serializeBinary());
      const earlier = seen.get(name);
      if (earlier !== undefined && !earlier.equals(bytes)) {
        throw malformedConfiguration(`Attempted to define two different versions of MSP: ${name}`);
      }
      if (earlier !== undefined) continue;
      seen.set(name, bytes);
      msps.set(name, new Msp(definition));
    }
    this.#msps = msps;
    this.#identities = new LruCache(identitiesMax);
  }

  /** Ids of the organisations, in the order of their definitions. */
  get mspIds(): string[] {
    return [...this.#msps.keys()];
  }

  /** An organisation; undefined where it is not defined on the channel. */
  msp(mspId: string): Msp | undefined {
    return this.#msps.get(mspId);
  }

  /**
   * The identity of a serialized msp.SerializedIdentity, from the cache where it has been seen.
   * Throws {@link MembershipError}: `malformed-identity`, `unknown-msp`, `untrusted-identity`.
   * Source: Fabric, msp/mspmgrimpl.go (DeserializeIdentity).
   */
  deserializeIdentity(serialized: Uint8Array): Identity {
    const key = Buffer.from(
      serialized.buffer,
      serialized.byteOffset,
      serialized.byteLength,
    ).toString('latin1');
    const known = this.#identities.get(key);
    if (known !== undefined) return known;
    const parts = readSerializedIdentity(serialized);
    const organisation = this.#msps.get(parts.getMspid());
    if (organisation === undefined) {
      throw new MembershipError('unknown-msp', `MSP ${parts.getMspid()} is not defined on channel`);
    }
    const identity = organisation.identity(parts.getIdBytes_asU8());
    this.#identities.set(key, identity);
    return identity;
  }
}
