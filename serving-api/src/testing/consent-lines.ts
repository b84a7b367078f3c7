import {
  type Grant,
  type KeyId,
  type KeyScope,
  type MspId,
  ownerRef,
  parseInstant,
  parseKeyId,
  parseMspId,
  parseVid,
  type VehicleEvent,
} from '@passport/model';

import { START_TIME_MS } from './random-facts.ts';

/** Lines of log books as the listener writes them, made by hand. */

export const vid = parseVid(`${'a'.repeat(25)}a`);

/** A key by the letter that it is full of. */
function keyNamed(letter: string): KeyId {
  return parseKeyId(`${letter.repeat(42)}A`);
}

export const owner = keyNamed('o');
export const formerOwner = keyNamed('f');
export const buyer = keyNamed('b');
export const stranger = keyNamed('s');
export const garage: MspId = parseMspId('GarageMSP');
export const insurer: MspId = parseMspId('InsurerMSP');

/** The time of a block: they are a minute apart, in the worlds of tests too. */
export function timeAt(block: number): string {
  return new Date(START_TIME_MS + (block + 1) * 60_000).toISOString();
}

/** Any line. */
export function line(
  kind: string,
  block: number,
  detail: VehicleEvent['detail'],
  more: Partial<VehicleEvent> = {},
): VehicleEvent {
  return {
    ...{ kind, block, tx: 0, index: 0, at: timeAt(block).slice(0, 10), recordedAt: timeAt(block) },
    ...{ place: null, odometerKm: null, quality: null, detail, voidedBy: null },
    ...more,
  };
}

/** That a key became the owner. */
export function ownedBy(keyId: KeyId | null, ownerEpoch: number, block: number): VehicleEvent {
  const of = keyId === null ? null : ownerRef(keyId);
  return line('ownership-transferred', block, { ownerEpoch, owner: of });
}

/** What is sealed in each scope of an event says which scope it is, and of which event. */
export function canary(scope: KeyScope, id: string): string {
  return Buffer.from(`\u0001canary ${scope} ${id}`).toString('base64url');
}

/** The id of the event of a block; none begins another. */
export function eventIdAt(block: number): string {
  return `event-${String(block).padStart(4, '0')}`;
}

/** An event with fields of these scopes. */
export function eventWith(
  scopes: readonly KeyScope[],
  block: number,
  kind = 'trip',
  more: Partial<VehicleEvent> = {},
): VehicleEvent {
  const id = eventIdAt(block);
  const sealed = Object.fromEntries(scopes.map((scope) => [scope, canary(scope, id)]));
  return line(
    kind,
    block,
    { id, method: 'connected-car', sealed },
    {
      place: { source: 'MakerMSP/main', entry: block + 1, index: 0 },
      odometerKm: 1_000 + block,
      quality: 700,
      ...more,
    },
  );
}

/** A grant of the owner epoch 1 to a garage, for maintenance, of a year. */
function grantRecord(more: Partial<Grant> = {}): Grant {
  return {
    ...{ grantId: 'grant-0001', vid, owner, ownerEpoch: 1, grantee: { mspId: garage } },
    ...{ classes: ['maintenance'], fields: [], purpose: 'maintenance', legalBasis: 'contract' },
    notBefore: parseInstant(timeAt(0)),
    expiresAt: parseInstant(timeAt(525_600)),
    ...{ includesPast: false, queriesMax: null, document: null, revokedAt: null, retracts: false },
    wraps: [],
    ...more,
  };
}

/** The line of a grant. */
export function grantLine(
  kind: 'granted' | 'keys-added' | 'grant-revoked',
  block: number,
  more: Partial<Grant> = {},
): VehicleEvent {
  const { vid: _, owner: by, ...record } = grantRecord(more);
  return line(kind, block, { ...record, owner: ownerRef(by) });
}
