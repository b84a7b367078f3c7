import { randomBytes } from 'node:crypto';

import {
  grantTemplates,
  instantOf,
  type KeyId,
  type KeyScope,
  type LogBookEntry,
  openClear,
  type PublicKey,
  type Registration,
  type Sealed,
  type Vid,
} from '@passport/model';
import {
  deriveSealingKey,
  type KeyToSealTo,
  PAPERS,
  type ScopeKey,
  type SealedFor,
  Sealer,
  sealKeys,
} from '@passport/privacy';

import { compositeKey, type FactoryTransaction } from './block-factory.ts';

/** A reader's key for one vehicle. */
type VehicleReader = { readonly keyId: KeyId; readonly publicKey: PublicKey };

/** What it takes to seal a history. */
type SealingOptions = {
  /** The ledger's name, which the first block makes. */
  readonly ledger: string;
  /** The member that every owner grants what the template for research says. */
  readonly market: string;
  /** Makes the market's key for a vehicle. */
  readonly readerFor: (vid: Vid) => Promise<VehicleReader>;
};

/** Scopes that a history's vehicles have keys of: those that its events and papers have fields in. */
const scopes: readonly KeyScope[] = ['usage', 'driving', 'ownership', 'Vehicle.TripMeterReading'];

const OWNER_EPOCH = 1;
const GRANT_MS = grantTemplates['market-research'].days * 86_400_000;

type Keys = { readonly [scope in KeyScope]?: KeyToSealTo };
type Write = FactoryTransaction['writes'][number];
/** Seals what was in clear. */
type Seal = (clear: Sealed | undefined, where: SealedFor) => Promise<Sealed>;

const encode = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));

/**
 * The same history, sealed: each vehicle gets an owner, sealing keys and a grant to the market with
 * its registration, and what was in clear is sealed to those keys. Keys are random, so it is another one each time.
 */
export async function* sealedTransactions(
  transactions: Iterable<FactoryTransaction>,
  options: SealingOptions,
): AsyncGenerator<FactoryTransaction> {
  const sealer = new Sealer({ ledger: options.ledger, random: randomBytes });
  const keys = new Map<Vid, Keys>();
  const seal: Seal = (sealed, where) =>
    sealer.seal(openClear(sealed ?? {}), where, keys.get(where.vid) ?? {});
  for (const { writes, ...transaction } of transactions) {
    const sealed: Write[] = [];
    for (const write of writes) {
      const type = write.key.split('\u0000')[1];
      const value = JSON.parse(Buffer.from(write.value).toString()) as unknown;
      if (type === 'vehicle') {
        const registration = value as Registration;
        const { vid, registeredBy } = registration;
        const owned = await ownedVehicle(vid, transaction.timeMs, options);
        keys.set(vid, owned.keys);
        const where = { vid, event: PAPERS, contributor: registeredBy } as const;
        const papers = await seal(registration.sealed, where);
        sealed.push({ ...write, value: encode({ ...registration, sealed: papers }) });
        sealed.push(...owned.writes);
      } else if (type === 'log') {
        const entry = value as LogBookEntry;
        sealed.push({ ...write, value: encode(await sealedEntry(entry, seal)) });
      } else sealed.push(write);
    }
    yield { ...transaction, writes: sealed };
  }
}

async function sealedEntry(entry: LogBookEntry, seal: Seal): Promise<LogBookEntry> {
  const { vid, source: contributor } = entry;
  const events: LogBookEntry['events'][number][] = [];
  for (const event of entry.events) {
    const where = { vid, event: event.id, contributor };
    events.push({ ...event, sealed: await seal(event.sealed, where) });
  }
  return { ...entry, events };
}

/** Writes of an owner who publishes keys and lets the market read. */
async function ownedVehicle(
  vid: Vid,
  timeMs: number,
  { ledger, market, readerFor }: SealingOptions,
): Promise<{ readonly keys: Keys; readonly writes: readonly Write[] }> {
  const root = randomBytes(32);
  const from = instantOf(timeMs);
  const keys: { [scope in KeyScope]?: KeyToSealTo } = {};
  const wrapped: ScopeKey[] = [];
  for (const scope of scopes) {
    const address = { vid, ownerEpoch: OWNER_EPOCH, scope, epoch: 1 };
    const { publicKey, scalar } = await deriveSealingKey(root, address);
    keys[scope] = { epoch: 1, suite: 1, key: publicKey };
    wrapped.push({ scope, epoch: 1, scalar });
  }
  const published = Object.entries(keys).map(([scope, key]) => ({ scope, ...key, from }));
  const reader = await readerFor(vid);
  const grantId = `grant-${vid}`;
  const context = { ledger, vid, ownerEpoch: OWNER_EPOCH, purpose: 'grant', id: grantId } as const;
  const wrap = await sealKeys(reader.publicKey, wrapped, context, randomBytes);
  const owner = `owner of ${vid}`;
  const { means: _, days: __, ...terms } = grantTemplates['market-research'];
  const grant = {
    ...terms,
    ...{ grantId, vid, owner, ownerEpoch: OWNER_EPOCH, grantee: { mspId: market } },
    ...{ notBefore: from, expiresAt: instantOf(timeMs + GRANT_MS) },
    ...{ queriesMax: null, document: null, revokedAt: null, retracts: false },
    wraps: [{ readerKey: reader.keyId, keys: wrap }],
  };
  const epoch = String(OWNER_EPOCH).padStart(8, '0');
  const owned = { ownerEpoch: OWNER_EPOCH, keyId: owner, since: from };
  return {
    keys,
    writes: [
      { key: compositeKey('ownership', [vid, epoch]), value: encode(owned) },
      {
        key: compositeKey('sealing-keys', [vid, epoch]),
        value: encode({
          vid,
          keys: published.map((key) => ({ vid, ownerEpoch: OWNER_EPOCH, ...key })),
        }),
      },
      { key: compositeKey('grant', [vid, epoch, grantId]), value: encode(grant) },
    ],
  };
}
