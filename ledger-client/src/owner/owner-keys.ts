import {
  bytesOfBase64url,
  type Instant,
  KEY_EPOCH_MAX,
  type KeyScope,
  millisecondsOf,
  PassportError,
  type PublicKey,
  type SealingKeyInput,
  type Vid,
} from '@passport/model';
import {
  deriveSealingKey,
  type RandomBytes,
  type ScopeKey,
  SEALING_SUITE,
  sealKeys,
  type WrapContext,
} from '@passport/privacy';

import { keyIdOf } from '../signing/key-id.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { COMMAND_MS } from './desk-signer.ts';
import { newestEpochs, type OwnerView } from './owner-view.ts';

/** Keys in one wrap at most; the model has limits of the wraps' lengths. A grant can have many wraps. */
const GRANT_WRAP_KEYS_MAX = 120;
const HAND_OVER_WRAP_KEYS_MAX = 500;

/** Whose keys. */
export type KeyOwner = { readonly vid: Vid; readonly ownerEpoch: number };

/** A key, and from when on it is sealed to. */
export type PlannedKey = {
  readonly scope: KeyScope;
  readonly epoch: number;
  readonly from: Instant;
};

/**
 * The next keys of scopes, by a plan, behind the newest epochs that there are; fewer where a scope comes to its
 * last one. Throws PassportError `EPOCHS_SPENT` where one is behind it.
 */
export function planKeys(
  scopes: readonly KeyScope[],
  newest: ReadonlyMap<KeyScope, number>,
  plan: readonly Instant[],
): PlannedKey[] {
  const spent = scopes.filter((scope) => (newest.get(scope) ?? 0) >= KEY_EPOCH_MAX);
  if (spent.length > 0) {
    throw new PassportError('EPOCHS_SPENT', `${spent.join(', ')} had ${KEY_EPOCH_MAX} keys`);
  }
  return planLeft(scopes, newest, plan);
}

/**
 * As {@link planKeys}, without scopes that have no epoch left: who ends a grant, or buys a car, has to be able to,
 * and nothing more is sealed in such a scope.
 */
export function planLeft(
  scopes: readonly KeyScope[],
  newest: ReadonlyMap<KeyScope, number>,
  plan: readonly Instant[],
): PlannedKey[] {
  return scopes.flatMap((scope) => {
    const last = newest.get(scope) ?? 0;
    return plan
      .slice(0, Math.max(0, KEY_EPOCH_MAX - last))
      .map((from, index) => ({ scope, epoch: last + 1 + index, from }));
  });
}

/** Planned keys as an owner publishes them. The wallet remembers when each begins. */
export async function publicKeysOf(
  wallet: Wallet,
  owner: KeyOwner,
  planned: readonly PlannedKey[],
): Promise<SealingKeyInput[]> {
  const keys = await derive(wallet, owner, planned, ({ scope, epoch, from }, { publicKey }) => ({
    ...{ scope, epoch, suite: SEALING_SUITE, key: publicKey, from },
  }));
  const { vid, ownerEpoch } = owner;
  const names = new Set(planned.map(nameOf));
  const added = planned.map(({ scope, epoch, from }) => ({ scope, epoch, from, ownerEpoch }));
  await wallet.changeVehicle(vid, (vehicle) => {
    const others = vehicle.published.filter(
      (key) => key.ownerEpoch !== ownerEpoch || !names.has(nameOf(key)),
    );
    return { ...vehicle, published: [...others, ...added] };
  });
  return keys;
}

/**
 * The keys of an owner's own that anything can be sealed to, closed ones included: those that are on the ledger,
 * without those that another had taken the place of before they began. A key that was signed and never
 * relayed is on no ledger, and takes nobody's place.
 */
export function ownedKeys(wallet: Wallet, view: OwnerView): PlannedKey[] {
  const { vid, ownerEpoch } = view.ownership;
  const open = new Set(view.keys.map(nameOf));
  const newest = newestEpochs(view);
  const closed = wallet
    .vehicle(vid)
    .published.filter((key) => key.ownerEpoch === ownerEpoch && !open.has(nameOf(key)))
    .filter(({ scope, epoch }) => epoch <= (newest.get(scope) ?? 0));
  const all: PlannedKey[] = [...closed, ...view.keys];
  return all.filter((key) => !all.some((other) => isInPlaceOf(other, key)));
}

/** A key begins when its command is relayed, which is not at once. */
function isInPlaceOf(other: PlannedKey, key: PlannedKey): boolean {
  return (
    other.scope === key.scope &&
    other.epoch > key.epoch &&
    millisecondsOf(other.from) + COMMAND_MS <= millisecondsOf(key.from)
  );
}

function nameOf({ scope, epoch }: Pick<PlannedKey, 'scope' | 'epoch'>): string {
  return `${scope} ${epoch}`;
}

/** The private keys of an owner's own. */
export function privateKeysOf(
  wallet: Wallet,
  owner: KeyOwner,
  keys: readonly Pick<PlannedKey, 'scope' | 'epoch'>[],
): Promise<ScopeKey[]> {
  return derive(wallet, owner, keys, ({ scope, epoch }, { scalar }) => ({ scope, epoch, scalar }));
}

/** Private keys that an owner has from former owners. */
export function receivedKeysOf(wallet: Wallet, { vid, ownerEpoch }: KeyOwner): ScopeKey[] {
  return wallet
    .vehicle(vid)
    .received.filter((key) => key.ownerEpoch === ownerEpoch)
    .map(({ scope, epoch, scalar }) => ({
      ...{ scope, epoch, scalar: bytesOfBase64url(scalar) },
    }));
}

/** Of keys that are an owner's own, those that begin before an end. */
export function ownKeysOf(
  wallet: Wallet,
  { ownership }: OwnerView,
  keys: readonly PlannedKey[],
  end: Instant,
): Promise<ScopeKey[]> {
  return privateKeysOf(
    wallet,
    ownership,
    keys.filter(({ from }) => from < end),
  );
}

/** All keys of scopes that begin before an end, former owners' first. */
export async function allKeysOf(
  wallet: Wallet,
  view: OwnerView,
  scopes: readonly KeyScope[],
  end: Instant,
): Promise<ScopeKey[]> {
  const isAsked = ({ scope }: { readonly scope: KeyScope }): boolean => scopes.includes(scope);
  const received = receivedKeysOf(wallet, view.ownership).filter(isAsked);
  return [
    ...received,
    ...(await ownKeysOf(wallet, view, ownedKeys(wallet, view).filter(isAsked), end)),
  ];
}

/** A wrap, as commands have it. */
type Wrap = Awaited<ReturnType<typeof wrapOf>>;

/** Seals the keys of a grant to its reader, in as many wraps as it takes. */
export async function wrapKeys(
  reader: PublicKey,
  keys: readonly ScopeKey[],
  context: WrapContext,
  random: RandomBytes,
): Promise<Wrap[]> {
  const wraps: Wrap[] = [];
  for (let at = 0; at < keys.length; at += GRANT_WRAP_KEYS_MAX) {
    const part = keys.slice(at, at + GRANT_WRAP_KEYS_MAX);
    wraps.push(await wrapOf(reader, part, context, random));
  }
  return wraps;
}

/** Seals the keys of a hand-over, which has one wrap. Throws PassportError `GRANT_INVALID`. */
export async function wrapKeysOnce(
  reader: PublicKey,
  keys: readonly ScopeKey[],
  context: WrapContext,
  random: RandomBytes,
): Promise<Wrap | undefined> {
  if (keys.length === 0) return undefined;
  if (keys.length <= HAND_OVER_WRAP_KEYS_MAX) return wrapOf(reader, keys, context, random);
  throw new PassportError('GRANT_INVALID', `more than ${HAND_OVER_WRAP_KEYS_MAX} keys at once`);
}

async function wrapOf(
  reader: PublicKey,
  keys: readonly ScopeKey[],
  context: WrapContext,
  random: RandomBytes,
) {
  return {
    readerKey: await keyIdOf(reader),
    keys: await sealKeys(reader, keys, context, random),
  };
}

async function derive<Key extends Pick<PlannedKey, 'scope' | 'epoch'>, Made>(
  wallet: Wallet,
  { vid, ownerEpoch }: KeyOwner,
  keys: readonly Key[],
  make: (key: Key, pair: Awaited<ReturnType<typeof deriveSealingKey>>) => Made,
): Promise<Made[]> {
  const rootKey = await wallet.rootKey(vid, ownerEpoch);
  return Promise.all(
    keys.map(async (key) => {
      const { scope, epoch } = key;
      return make(key, await deriveSealingKey(rootKey, { vid, ownerEpoch, scope, epoch }));
    }),
  );
}
