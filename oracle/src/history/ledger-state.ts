/** The parts of the chaincode's values that log books and views are made of. */

/** Value of a key `source`. */
type SourceValue = { readonly source: string; readonly kind: string };

type Sealed = Readonly<Record<string, string>>;

/** Value of a key `vehicle`. */
export type RegistrationValue = {
  readonly vid: string;
  readonly day: string;
  readonly registeredBy: string;
  readonly registeredAt: string;
  readonly sealed?: Sealed;
  readonly generated?: true;
};

/** Value of a key `ownership`, whose first name is the vid. */
export type OwnerValue = {
  /** Null where nobody owns it. */
  readonly keyId: string | null;
  readonly ownerEpoch: number;
  readonly since: string;
  readonly handOver?: { readonly readerKey: string; readonly keys: string };
};

/** Value of a key `sealing-keys`. */
export type PublicationValue = {
  readonly vid: string;
  readonly keys: readonly (Readonly<Record<string, unknown>> & { readonly ownerEpoch: number })[];
};

/** Value of a key `grant`. */
export type GrantValue = {
  readonly grantId: string;
  readonly vid: string;
  readonly owner: string;
  readonly ownerEpoch: number;
  readonly grantee: { readonly mspId?: string };
  readonly classes: readonly string[];
  readonly fields: readonly string[];
  readonly purpose: string;
  readonly notBefore: string;
  readonly expiresAt: string;
  readonly includesPast: boolean;
  readonly revokedAt: string | null;
  readonly retracts: boolean;
  readonly wraps: readonly { readonly readerKey: string; readonly keys: string }[];
};

/** Value of a key `erasure`. */
export type ErasureValue = { readonly vid: string; readonly ownerEpoch: number };

/** One event of an entry. */
export type EventValue = {
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  readonly method: string;
  readonly odometerKm?: number;
  readonly quality: {
    readonly index: number;
    readonly source: number;
    readonly method: number;
    readonly plausibility: number;
    readonly timeliness: number;
  };
  readonly flags: readonly string[];
  readonly state?: string;
  readonly sealed?: Sealed;
  readonly generated?: true;
  readonly formerOdometerKm?: number;
  readonly voids?: {
    readonly source: string;
    readonly entry: number;
    readonly index: number;
    readonly reason: string;
  };
};

/** Value of a key `log`. */
export type EntryValue = {
  readonly v: number;
  readonly vid: string;
  readonly source: string;
  readonly entry: number;
  readonly recordedAt: string;
  readonly events: readonly EventValue[];
};

/** Values by the type of their key. */
export type StateValues = {
  readonly source: SourceValue;
  readonly vehicle: RegistrationValue;
  readonly ownership: OwnerValue;
  readonly 'sealing-keys': PublicationValue;
  readonly grant: GrantValue;
  readonly erasure: ErasureValue;
  readonly log: EntryValue;
};
