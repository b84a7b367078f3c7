import type { Day, EventId, Fields, Sealed, SealingKeyInput, Vid } from '@passport/model';

/** The event that fields are of. */
export type SealedOf = {
  readonly vid: Vid;
  readonly id: EventId;
  readonly at: Day;
  /** Of papers: the keys that are published with the registration. */
  readonly firstKeys?: readonly SealingKeyInput[];
};

/** Seals the fields of one event for the ledger. */
export type Seal = {
  (fields: Fields, of: SealedOf): Sealed | Promise<Sealed>;
  /** The ledger says that keys of the vehicle are closed: what comes next is sealed to newer ones. */
  readonly renew?: (vid: Vid) => void;
};
