import { randomBytes } from 'node:crypto';

import { generateSigningKey, type SigningKey } from '@passport/ledger-client';
import {
  type Fields,
  type KeyScope,
  keyScopes,
  ownerRef,
  parse,
  eventId,
  mspId,
  sourceId,
  type Vid,
  vidOfBytes,
} from '@passport/model';
import {
  deriveSealingKey,
  PAPERS,
  Sealer,
  type SealingKeyPair,
  sealKeys,
  type SealedFor,
} from '@passport/privacy';

import type { BookAnswer, Line } from '../read/answers.ts';
import type { OwnerKeys } from '../read/opening-keys.ts';

const LEDGER = 'fabric:0123';
const SUITE = 1;

/** A car whose fields are really sealed, and those who can open them. */
export type SealedBook = {
  readonly vid: Vid;
  readonly owner: SigningKey;
  readonly ownerKeys: OwnerKeys;
  /** The private key of a scope, base64url. */
  readonly scalarOf: (scope: KeyScope) => string;
  /** The reader key of a garage that was granted maintenance. */
  readonly reader: { readonly keyId: SigningKey['keyId']; readonly scalar: Uint8Array };
  readonly answer: BookAnswer;
};

const papers: Fields = { 'Vehicle.VehicleIdentification.Brand': 'Benz' };
const trip: Fields = { 'Vehicle.TripMeterReading': 12_345, 'Vehicle.TripDuration': 60_000 };
const repair: Fields = { 'Passport.Intervention.Jobs': 'brakes' };

/** Makes a log book: published keys, sealed papers, a grant, a trip and a repair. */
export async function makeSealedBook(): Promise<SealedBook> {
  const vid = vidOfBytes(randomBytes(16));
  const [owner, garage] = await Promise.all([generateSigningKey(), generateSigningKey()]);
  const root = randomBytes(32);
  const pairs = await Promise.all(
    keyScopes.map(async (scope) => {
      const pair = await deriveSealingKey(root, { vid, ownerEpoch: 1, scope, epoch: 1 });
      return [scope, pair] as const;
    }),
  );
  const keyOf = new Map<KeyScope, SealingKeyPair>(pairs);
  const sealer = new Sealer({ ledger: LEDGER, random: randomBytes });
  const keys = Object.fromEntries(
    pairs.map(([scope, { publicKey }]) => [scope, { epoch: 1, suite: SUITE, key: publicKey }]),
  );
  const seal = (fields: Fields, where: Omit<SealedFor, 'vid'>) =>
    sealer.seal(fields, { vid, ...where }, keys);
  const maker = parse(sourceId, 'MakerMSP/main');
  const readerScalar = Buffer.from(
    String(garage.privateKey.export({ format: 'jwk' }).d),
    'base64url',
  );
  const maintenance = keyOf.get('maintenance');
  if (maintenance === undefined) throw new Error('maintenance is a scope');
  const grantId = 'grant-0001';
  const wrap = await sealKeys(
    garage.publicKey,
    [{ scope: 'maintenance', epoch: 1, scalar: maintenance.scalar }],
    { ledger: LEDGER, vid, ownerEpoch: 1, purpose: 'grant', id: grantId },
    randomBytes,
  );
  const published = pairs.map(([scope, { publicKey }]) => ({
    ...{ scope, epoch: 1, suite: SUITE, key: publicKey, from: timeAt(1) },
  }));
  const events: Line[] = [
    lineAt(0, 'registered', {
      registeredBy: 'MakerMSP',
      fields: {},
      sealed: await seal(papers, { event: PAPERS, contributor: parse(mspId, 'MakerMSP') }),
    }),
    lineAt(0, 'ownership-transferred', { ownerEpoch: 1, owner: ownerRef(owner.keyId) }),
    lineAt(1, 'keys-published', { ownerEpoch: 1, keys: published }),
    lineAt(2, 'granted', {
      ...{ grantId, ownerEpoch: 1, fields: [], classes: ['maintenance'] },
      wraps: [{ readerKey: garage.keyId, keys: wrap }],
    }),
    lineAt(3, 'trip', {
      ...{ id: 'trip-1', method: 'connected-car' },
      sealed: await seal(trip, { event: parse(eventId, 'trip-1'), contributor: maker }),
    }),
    lineAt(4, 'intervention', {
      id: 'repair-1',
      sealed: await seal(repair, { event: parse(eventId, 'repair-1'), contributor: maker }),
    }),
  ];
  return {
    ...{ vid, owner },
    scalarOf: (scope) => Buffer.from(keyOf.get(scope)?.scalar ?? []).toString('base64url'),
    ownerKeys: { rootKeys: [{ ownerEpoch: 1, key: root.toString('base64url') }], received: [] },
    reader: { keyId: garage.keyId, scalar: Uint8Array.from(readerScalar) },
    answer: {
      ...{ ledger: LEDGER, block: 4, ledgerTime: timeAt(4), vid, state: 'in-service', owners: 1 },
      events,
    },
  };
}

function timeAt(block: number): string {
  return new Date(Date.UTC(2026, 0, 5) + block * 60_000).toISOString();
}

function lineAt(block: number, kind: string, detail: Line['detail']): Line {
  const isEvent = 'id' in detail;
  return {
    ...{ kind, at: '2026-01-05', recordedAt: timeAt(block), block, tx: 0, index: 0, detail },
    place: isEvent ? { source: 'MakerMSP/main', entry: block, index: 0 } : null,
    ...{
      odometerKm: isEvent ? 1_000 + block : null,
      quality: isEvent ? 700 : null,
      voidedBy: null,
    },
  };
}
