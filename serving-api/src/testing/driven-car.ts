import { randomBytes } from 'node:crypto';

import { generateSigningKey, type SigningKey } from '@passport/ledger-client';
import {
  eventId,
  type Fields,
  type Grant,
  type KeyId,
  type KeyScope,
  keyScopes,
  parse,
  parseMspId,
  sourceId,
  type VehicleEvent,
} from '@passport/model';
import { deriveSealingKey, Sealer, type SealingKeyPair, sealKeys } from '@passport/privacy';

import type { MarketKeys } from '../access/market-keys.ts';
import { grantLine, line, ownedBy, vid } from './consent-lines.ts';
import { LEDGER } from './mirror-fixture.ts';

const MARKET_GRANT = 'grant-market';
const market = parseMspId('MarketMSP');
const driving: readonly KeyScope[] = ['Vehicle.TripMeterReading', 'driving'];

/** A car whose trips are really sealed, and the market's key that opens them. */
export class DrivenCar {
  readonly keys: MarketKeys;
  readonly #owner: KeyId;
  readonly #pairs: ReadonlyMap<KeyScope, SealingKeyPair>;
  readonly #sealer = new Sealer({ ledger: LEDGER, random: randomBytes });
  readonly #reader: SigningKey;

  private constructor(
    owner: KeyId,
    pairs: ReadonlyMap<KeyScope, SealingKeyPair>,
    reader: SigningKey,
  ) {
    this.#owner = owner;
    this.#pairs = pairs;
    this.#reader = reader;
    const { publicKey, keyId, privateKey } = reader;
    const scalar = Buffer.from(String(privateKey.export({ format: 'jwk' }).d), 'base64url');
    const key = { keyId, vid, publicKey, scalar };
    this.keys = {
      mspId: market,
      ring: {
        find: (id) => Promise.resolve(id === keyId ? key : undefined),
        make: () => Promise.resolve(key),
      },
    };
  }

  static async of(owner: KeyId): Promise<DrivenCar> {
    const root = randomBytes(32);
    const pairs = await Promise.all(
      keyScopes.map(
        async (scope) =>
          [scope, await deriveSealingKey(root, { vid, ownerEpoch: 1, scope, epoch: 1 })] as const,
      ),
    );
    return new DrivenCar(owner, new Map(pairs), await generateSigningKey());
  }

  /** Registered and owned, in block 0. */
  start(): VehicleEvent[] {
    return [
      line('registered', 0, { registeredBy: 'MakerMSP', fields: {} }),
      ownedBy(this.#owner, 1, 0),
    ];
  }

  /** The grant to the market, with the keys of what driving takes. */
  async toMarket(block: number): Promise<VehicleEvent> {
    const keys = driving.map((scope) => ({ scope, epoch: 1, scalar: this.#pair(scope).scalar }));
    const context = {
      ...({ ledger: LEDGER, vid, ownerEpoch: 1, purpose: 'grant', id: MARKET_GRANT } as const),
    };
    const wrap = await sealKeys(this.#reader.publicKey, keys, context, randomBytes);
    return grantLine('granted', block, {
      ...{ grantId: MARKET_GRANT, grantee: { mspId: market } },
      ...{ purpose: 'market', classes: ['usage', 'driving'], includesPast: true },
      wraps: [{ readerKey: this.#reader.keyId, keys: wrap }],
    });
  }

  /** A trip on a day. */
  async trip(block: number, at: string, fields: Fields): Promise<VehicleEvent> {
    const id = parse(eventId, `event-${String(block).padStart(4, '0')}`);
    const contributor = parse(sourceId, 'MakerMSP/main');
    const keys = Object.fromEntries(
      [...this.#pairs].map(([scope, { publicKey }]) => [
        scope,
        { epoch: 1, suite: 1, key: publicKey },
      ]),
    );
    const sealed = await this.#sealer.seal(fields, { vid, event: id, contributor }, keys);
    return line(
      'trip',
      block,
      { id, method: 'connected-car', sealed },
      {
        ...{ at, place: { source: contributor, entry: block, index: 0 } },
        ...{ odometerKm: 1_000 + block, quality: 800 },
      },
    );
  }

  #pair(scope: KeyScope): SealingKeyPair {
    const pair = this.#pairs.get(scope);
    if (pair === undefined) throw new Error(`no key of ${scope}`);
    return pair;
  }
}

/** The line of a grant to the holder of a key, of driving and its past, for insurance. */
export function grantToBuyer(
  kind: 'granted' | 'grant-revoked',
  block: number,
  buyer: KeyId,
  more: Partial<Grant> = {},
): VehicleEvent {
  return grantLine(kind, block, {
    ...{ grantId: `grant-${buyer.slice(0, 8)}`, grantee: { keyId: buyer } },
    ...{ purpose: 'insurance', classes: ['usage', 'driving'], includesPast: true },
    ...more,
  });
}
