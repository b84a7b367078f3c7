import { PassportError } from '@passport/model';

/** How a tag stands to its vehicle. */
export const matchStates = ['free', 'claimed', 'disputed'] as const;

/** {@link matchStates} */
export type MatchState = (typeof matchStates)[number];

/** What happens to a tag. */
export const matchTriggers = [
  // An intake asks for the vid.
  'sought',
  // An intake asks to register the vehicle: the claimant, or the first to ask.
  'claimed',
  // Another intake asks so.
  'claimed-by-other',
  // The registry decides a dispute for the claimant, or for another.
  'upheld',
  'reassigned',
  // What links the tag to a person is removed.
  'person-erased',
] as const;

/** {@link matchTriggers} */
export type MatchTrigger = (typeof matchTriggers)[number];

/** The state after it, and whether the asker gets a ticket; null where it is refused. */
type Move = { readonly to: MatchState; readonly ticket: boolean } | null;

const stays = (to: MatchState): Move => ({ to, ticket: false });

/**
 * The life of a tag as a table, total over states and triggers. No move leads to another vid: a tag
 * keeps the first one for ever, so that a wreck cannot come back under a new one. A second claim is a
 * dispute (a clone, or a mistake), in which nobody gets a ticket, and never "latest wins". The
 * claimant may ask again, for its answer may have been lost: the ledger takes one registration of a
 * vid, however many tickets there are.
 */
export const matchLife: Readonly<Record<MatchState, Readonly<Record<MatchTrigger, Move>>>> = {
  free: {
    sought: { to: 'claimed', ticket: true },
    claimed: { to: 'claimed', ticket: true },
    'claimed-by-other': null,
    upheld: null,
    reassigned: null,
    'person-erased': null,
  },
  claimed: {
    sought: stays('claimed'),
    claimed: { to: 'claimed', ticket: true },
    'claimed-by-other': stays('disputed'),
    upheld: null,
    reassigned: null,
    'person-erased': stays('claimed'),
  },
  disputed: {
    sought: stays('disputed'),
    claimed: stays('disputed'),
    'claimed-by-other': stays('disputed'),
    upheld: stays('claimed'),
    reassigned: stays('claimed'),
    'person-erased': stays('disputed'),
  },
};

/** The move of a trigger. Throws PassportError `DISPUTE_UNKNOWN` where there is none. */
export function matchMove(state: MatchState, trigger: MatchTrigger): NonNullable<Move> {
  const move = matchLife[state][trigger];
  if (move !== null) return move;
  throw new PassportError('DISPUTE_UNKNOWN', `a tag that is ${state} cannot be ${trigger}`);
}
