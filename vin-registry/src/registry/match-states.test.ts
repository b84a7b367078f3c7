import { describe, expect, test } from 'vitest';

import { matchLife, matchMove, matchStates, matchTriggers } from './match-states.ts';

const all = matchStates.flatMap((state) =>
  matchTriggers.map((trigger) => [state, trigger] as const),
);

describe('the life of a tag', () => {
  test.each(all)('says what %s does on %s', (state, trigger) => {
    const move = matchLife[state][trigger];
    if (move === null) {
      expect(() => matchMove(state, trigger)).toThrow(/^DISPUTE_UNKNOWN: /);
    } else {
      expect(matchMove(state, trigger)).toBe(move);
      // Nothing sets a tag free again: it keeps its vid.
      expect(move.to).not.toBe('free');
    }
  });

  test('gives a ticket to the first and to the claimant only, and to nobody in a dispute', () => {
    const tickets = all.filter(([state, trigger]) => matchLife[state][trigger]?.ticket === true);
    expect(tickets).toEqual([
      ['free', 'sought'],
      ['free', 'claimed'],
      ['claimed', 'claimed'],
    ]);
  });

  test('ends a dispute by a decision only', () => {
    const ends = matchTriggers.filter((trigger) => matchLife.disputed[trigger]?.to === 'claimed');
    expect(ends).toEqual(['upheld', 'reassigned']);
  });
});
