import { keyId, mspId, sealingKeyInputs, type Vid, vid } from '@passport/model';
import { z } from 'zod';

import { checkDigits, MeetingPlace } from './meeting-place.ts';

/** What a professional tells the owner of the car that they take in. */
const intake = z.object({
  vid,
  /** How they call themselves, and whose they are. */
  name: z.string().min(1).max(80),
  member: mspId,
  /** The block in which the car came into the log book. */
  block: z.string().regex(/^\d+$/).optional(),
});

/** The owner's answer: who they are, and the first keys that the car's fields are sealed to. */
const newOwner = z.object({ owner: keyId, keys: sealingKeyInputs.min(1) });

/** {@link intake} */
export type Intake = z.output<typeof intake>;

/** {@link newOwner} */
export type NewOwner = z.output<typeof newOwner>;

/** A car comes into the log book: who takes it in is the host, its owner the guest. */
export type TakingIn = MeetingPlace<Intake, NewOwner>;

/** Where they meet over one code. */
export function takingInAt(code: string): TakingIn {
  return new MeetingPlace<Intake, NewOwner>(code, { host: intake, guest: newOwner });
}

/** Digits of the car, its owner and all of its first keys: both screens show the same, or somebody is in between. */
export function digitsOf(of: Vid, { owner, keys }: NewOwner): Promise<string> {
  const parts = keys.map(({ scope, epoch, key: { x, y } }) => `${scope} ${epoch} ${x} ${y}`);
  return checkDigits([of, owner, ...parts]);
}
