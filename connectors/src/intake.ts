import { type KeyId, type SealingKeyInput, type Vid, vidOfBytes } from '@passport/model';

/** A vehicle as an intake knows it. */
export type IntakeVehicle = {
  readonly vid: Vid;
  /** Whether the ledger has it already: another source has registered it. */
  readonly isRegistered: boolean;
  /** Of one that is new: whose it is, and the first keys that its fields are sealed to. */
  readonly owner?: { readonly keyId: KeyId; readonly keys: readonly SealingKeyInput[] };
};

/**
 * Finds or makes the pseudonyms of vehicles by the names that a feed has for them; answers in their
 * order. Asked again for a vehicle that was not registered meanwhile, it answers the same pseudonym, or one
 * that nobody has registered.
 */
export type Intake = (names: readonly string[]) => Promise<readonly IntakeVehicle[]>;

const VID_BYTES = 16;

/**
 * The intake of a source that is the only one to know its vehicles: each is new, and nobody's.
 * `randomBytes` has to be unpredictable.
 */
export function randomIntake(randomBytes: (length: number) => Uint8Array): Intake {
  return async (names) =>
    names.map(() => ({ vid: vidOfBytes(randomBytes(VID_BYTES)), isRegistered: false }));
}
