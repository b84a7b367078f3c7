import type { PassportClient } from '@passport/ledger-client';
import {
  type Fields,
  instantOf,
  type KeyScope,
  organisationOfSource,
  type SealingKeyInput,
  type SourceId,
  scopeOfField,
  type SignalName,
  type Vid,
} from '@passport/model';
import { PAPERS, type SealedFor, type Sealer, type SealingKeys } from '@passport/privacy';

import type { Seal, SealedOf } from './seal.ts';

/** How fields are sealed to vehicles' owners. */
export type SealToOwnersOptions = {
  readonly sealer: Sealer;
  /** Who seals. */
  readonly source: SourceId;
  /** Reads the keys that owners have published. */
  readonly consent: Pick<PassportClient['consent'], 'readSealingKeys'>;
  readonly now: () => Date;
  /** Vehicles whose keys are kept; 20,000 without it. */
  readonly vehiclesMax?: number;
  /** Hears of fields that had to be left out: the vehicle has nobody who could open them. */
  readonly onLeftOut?: (fields: number, vid: Vid) => void;
};

/**
 * Seals fields to the keys that the vehicle's owner has published: of each scope the latest one that has
 * begun. A vehicle without an owner has no keys, and its fields are left out rather than kept where everybody
 * could read them. Throws what the ledger's client throws.
 */
export function sealToOwners(options: SealToOwnersOptions): Seal {
  const { sealer, source, vehiclesMax = 20_000 } = options;
  const published = new Map<Vid, Promise<readonly SealingKeyInput[]>>();
  const remember = (vid: Vid, keys: Promise<readonly SealingKeyInput[]>): void => {
    published.set(vid, keys);
    const [oldest] = published.keys();
    if (published.size > vehiclesMax && oldest !== undefined) published.delete(oldest);
  };
  const keysOf = (vid: Vid): Promise<readonly SealingKeyInput[]> => {
    const known = published.get(vid);
    if (known !== undefined) return known;
    const read = options.consent.readSealingKeys({ vid });
    remember(vid, read);
    // What could not be read once may be read the next time.
    read.catch(() => published.delete(vid));
    return read;
  };
  const seal = async (fields: Fields, { vid, id, firstKeys }: SealedOf) => {
    // They are what the first events after the registration are sealed to.
    if (firstKeys !== undefined && firstKeys.length > 0) remember(vid, Promise.resolve(firstKeys));
    if (Object.keys(fields).length === 0) return {};
    const at = instantOf(options.now().getTime());
    const keys = keysAt(firstKeys ?? (await keysOf(vid)), at);
    const open = withKeys(fields, keys);
    const leftOut = Object.keys(fields).length - Object.keys(open).length;
    if (leftOut > 0) options.onLeftOut?.(leftOut, vid);
    // A registration is its organisation's, and has no id of an event.
    const by: Pick<SealedFor, 'contributor' | 'event'> =
      firstKeys === undefined
        ? { contributor: source, event: id }
        : { contributor: organisationOfSource(source), event: PAPERS };
    return sealer.seal(open, { vid, ...by }, keys);
  };
  return Object.assign(seal, { renew: (vid: Vid) => void published.delete(vid) });
}

/**
 * Of each scope the latest key that has begun; where clocks differ so much that none has, the first one, for
 * what is left out is lost.
 */
function keysAt(keys: readonly SealingKeyInput[], at: string): SealingKeys {
  const chosen: { [scope in KeyScope]?: SealingKeyInput } = {};
  for (const key of keys.toSorted((a, b) => a.epoch - b.epoch)) {
    const hasBegun = key.from === undefined || key.from <= at;
    if (hasBegun || chosen[key.scope] === undefined) chosen[key.scope] = key;
  }
  return chosen;
}

/** The fields that somebody could open. */
function withKeys(fields: Fields, keys: SealingKeys): Fields {
  const names = Object.keys(fields) as SignalName[];
  const open: { [name in SignalName]?: number | string } = {};
  for (const name of names) {
    const value = fields[name];
    if (value !== undefined && keys[scopeOfField(name)] !== undefined) open[name] = value;
  }
  return open;
}
