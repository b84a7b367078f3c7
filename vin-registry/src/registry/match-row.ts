import { type MspId, PassportError, type Vid } from '@passport/model';
import type { VinTag } from '@passport/privacy/oprf';

import type { DisputeDecision, MatchRequest } from '../wire.ts';
import { matchMove, type MatchState } from './match-states.ts';

/** That a member asked to register a vehicle, or was the first to ask for it. */
type Claim = {
  readonly member: MspId;
  /** Milliseconds since 1970. */
  readonly atMs: number;
};

/** A salted commitment of an intake to VIN and paper number: the link to a person's paper. */
type StoredCommitment = { readonly member: MspId; readonly atMs: number; readonly value: string };

/** How a dispute ended. */
type Decision = DisputeDecision & { readonly atMs: number };

/** What the registry keeps about a vehicle. */
export type MatchRow = {
  readonly vid: Vid;
  /** One of each key that was ever in use. */
  readonly tags: readonly VinTag[];
  readonly state: MatchState;
  readonly claimant: MspId;
  /** The first of each member, in order; grows only. */
  readonly claims: readonly Claim[];
  /** Grows only. */
  readonly decisions: readonly Decision[];
  /** The newest of each member; emptied by an erasure. */
  readonly commitments: readonly StoredCommitment[];
};

/** Who asks, when. */
export type Asker = { readonly member: MspId; readonly atMs: number };

/** What became of a row. */
export type Matched = {
  readonly row: MatchRow;
  readonly isNew: boolean;
  /** Whether the asker may register the vehicle. */
  readonly mayRegister: boolean;
};

/**
 * Answers an intake from the row of its tags, or by a new one with a fresh vid. The row keeps vid,
 * tags and claims for ever.
 */
export function matchRow(
  row: MatchRow | undefined,
  request: MatchRequest,
  asker: Asker,
  newVid: () => Vid,
): Matched {
  const { member, atMs } = asker;
  const isClaim = request.wants === 'registration';
  const state = row?.state ?? 'free';
  const trigger = !isClaim ? 'sought' : isOther(row, member) ? 'claimed-by-other' : 'claimed';
  const { to, ticket } = matchMove(state, trigger);
  // A member takes the place of its own commitment, never of another's.
  const others = row?.commitments.filter((each) => each.member !== member) ?? [];
  const commitments = [...others, { member, atMs, value: request.commitment }];
  if (row === undefined) {
    const claims = [{ member, atMs }];
    const made = { vid: newVid(), tags: request.tags, state: to, claimant: member, decisions: [] };
    return { row: { ...made, claims, commitments }, isNew: true, mayRegister: ticket };
  }
  const known = new Set(row.tags);
  const tags = [...row.tags, ...request.tags.filter((tag) => !known.has(tag))];
  const isFirst = isClaim && !row.claims.some((claim) => claim.member === member);
  const claims = isFirst ? [...row.claims, { member, atMs }] : row.claims;
  return {
    row: { ...row, tags, state: to, claims, commitments },
    isNew: false,
    mayRegister: ticket,
  };
}

/**
 * Decides a dispute for one of those who claimed; the vid stays. Throws PassportError
 * `DISPUTE_UNKNOWN`.
 */
export function decideDispute(row: MatchRow, decision: DisputeDecision, atMs: number): MatchRow {
  const { claimant } = decision;
  if (!row.claims.some(({ member }) => member === claimant)) {
    throw new PassportError('DISPUTE_UNKNOWN', `${claimant} has not claimed that vehicle`);
  }
  const trigger = claimant === row.claimant ? 'upheld' : 'reassigned';
  const decisions = [...row.decisions, { ...decision, atMs }];
  return { ...row, state: matchMove(row.state, trigger).to, claimant, decisions };
}

/** When somebody owned a vehicle, milliseconds since 1970: from, and not including, until. */
export type OwnedFor = { readonly fromMs: number; readonly untilMs: number };

/** All times. */
const everSince: OwnedFor = { fromMs: -Infinity, untilMs: Infinity };

/**
 * Removes what links a vehicle to a person: the commitments to their paper that were made while they owned it.
 * Tag and vid stay: without them the same car would come back as another one, and leave its wreck behind.
 */
export function erasePerson(row: MatchRow, { fromMs, untilMs }: OwnedFor = everSince): MatchRow {
  const commitments = row.commitments.filter(({ atMs }) => atMs < fromMs || atMs >= untilMs);
  return { ...row, state: matchMove(row.state, 'person-erased').to, commitments };
}

function isOther(row: MatchRow | undefined, member: MspId): boolean {
  return row !== undefined && row.claimant !== member;
}
