import {
  type Grant,
  type KeyScope,
  keyScopes,
  type LifeCycle,
  type Ownership,
  PassportError,
  type SealingKey,
  type Vid,
} from '@passport/model';

/** What {@link readOwnerView} asks of the ledger: a `PassportClient` can, and an `HttpRelay`. */
export type OwnerReads = {
  readonly consent: {
    readonly readOwnership: (of: { vid: Vid }) => Promise<Ownership | null>;
    readonly readSealingKeys: (of: { vid: Vid }) => Promise<readonly SealingKey[]>;
    readonly readGrants: (of: { vid: Vid }) => Promise<readonly Grant[]>;
  };
  readonly passport: {
    readonly readVehicle: (of: {
      vid: Vid;
    }) => Promise<{ readonly lifeCycle: Pick<LifeCycle, 'closed'> }>;
  };
};

/** What the ledger says of a vehicle, as far as its owner's next step depends on it. */
export type OwnerView = {
  readonly ownership: Ownership;
  /** Of the present owner, planned ones included. */
  readonly keys: readonly SealingKey[];
  /** The latest epoch of each scope whose key is closed. */
  readonly closed: Readonly<Partial<Record<KeyScope, number>>>;
  /** Of the present owner. */
  readonly grants: readonly Grant[];
};

/** Reads it. Throws what the reads throw, and PassportError `OWNER_UNKNOWN` where nobody is on record. */
export async function readOwnerView(
  { consent, passport }: OwnerReads,
  vid: Vid,
): Promise<OwnerView> {
  const [ownership, keys, grants, vehicle] = await Promise.all([
    consent.readOwnership({ vid }),
    consent.readSealingKeys({ vid }),
    consent.readGrants({ vid }),
    passport.readVehicle({ vid }),
  ]);
  if (ownership === null) throw new PassportError('OWNER_UNKNOWN', `nobody owns ${vid}`);
  return { ownership, keys, grants, closed: vehicle.lifeCycle.closed ?? {} };
}

/** The newest epoch of each scope that has one; the next key has the next number. */
export function newestEpochs({
  keys,
  closed,
}: Pick<OwnerView, 'keys' | 'closed'>): Map<KeyScope, number> {
  const newest = new Map<KeyScope, number>();
  for (const scope of keyScopes) {
    const epochs = keys.filter((key) => key.scope === scope).map(({ epoch }) => epoch);
    // Of scopes that only a former owner had keys of, the closed epoch is all that is known.
    const last = Math.max(closed[scope] ?? 0, ...epochs);
    if (last > 0) newest.set(scope, last);
  }
  return newest;
}
