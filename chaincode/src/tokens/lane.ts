import { PassportError } from '@passport/model';

/**
 * What lies in one balance lane, in minor units. Holds set part of it aside; the rest can be spent.
 * Always: 0 <= held <= posted.
 */
export type Lane = { readonly posted: bigint; readonly held: bigint };

/** A lane that nobody has used. */
export const EMPTY_LANE: Lane = { posted: 0n, held: 0n };

/** Money that arrives. */
export function deposited({ posted, held }: Lane, micro: bigint): Lane {
  return { posted: posted + micro, held };
}

/** Money that is spent. Throws PassportError `BALANCE_INSUFFICIENT`. */
export function spent(lane: Lane, micro: bigint): Lane {
  requireFree(lane, micro);
  return { posted: lane.posted - micro, held: lane.held };
}

/** Money that is set aside. Throws PassportError `BALANCE_INSUFFICIENT`. */
export function setAside(lane: Lane, micro: bigint): Lane {
  requireFree(lane, micro);
  return { posted: lane.posted, held: lane.held + micro };
}

/** Money that had been set aside and is spent. */
export function taken({ posted, held }: Lane, micro: bigint): Lane {
  requireHeld(held, micro);
  return { posted: posted - micro, held: held - micro };
}

/** Money that had been set aside and can be spent again. */
export function givenBack({ posted, held }: Lane, micro: bigint): Lane {
  requireHeld(held, micro);
  return { posted, held: held - micro };
}

function requireFree({ posted, held }: Lane, micro: bigint): void {
  const free = posted - held;
  if (free >= micro) return;
  throw new PassportError('BALANCE_INSUFFICIENT', `the lane has ${free} to spend, not ${micro}`);
}

/** A hold's record says how much it holds, so less than that in the lane is a bug. */
function requireHeld(held: bigint, micro: bigint): void {
  if (held < micro) throw new Error(`a lane holds ${held}, not ${micro}`);
}
