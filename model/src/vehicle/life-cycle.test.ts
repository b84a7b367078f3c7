import { describe, expect, test } from 'vitest';

import { lifeCycleKinds } from '../events/kinds.ts';
import {
  isTransferable,
  lifeCycle,
  type LifeCycleTrigger,
  nextState,
  type VehicleState,
  vehicleStates,
} from './life-cycle.ts';

const triggers: readonly LifeCycleTrigger[] = ['incident', ...lifeCycleKinds];

/** What stands between a wreck and its sale, by the triggers that were accepted alone. */
type Debt = 'none' | 'to be repaired' | 'to be lifted';

/**
 * The rule in words, apart from the table: a wreck is repaired, then lifted; what happens to it
 * before it is lifted starts that over.
 */
function debtAfter(debt: Debt, trigger: LifeCycleTrigger): Debt {
  if (trigger === 'wreck-declared') return 'to be repaired';
  if (debt === 'none') return 'none';
  if (trigger === 'repaired') return 'to be lifted';
  if (trigger === 'incident') return 'to be repaired';
  return trigger === 'wreck-lifted' && debt === 'to be lifted' ? 'none' : debt;
}

/** The state after a trigger; null when it is refused. */
function stateAfter(state: VehicleState, trigger: LifeCycleTrigger): VehicleState | null {
  const move = lifeCycle[state][trigger];
  return move === 'stays' ? state : move;
}

/** Walks every sequence of accepted triggers up to a length, and looks at each place it comes to. */
function walk(
  state: VehicleState,
  debt: Debt,
  length: number,
  look: (state: VehicleState, debt: Debt) => void,
): number {
  look(state, debt);
  if (length === 0) return 1;
  let sequences = 1;
  for (const trigger of triggers) {
    const next = stateAfter(state, trigger);
    if (next !== null) sequences += walk(next, debtAfter(debt, trigger), length - 1, look);
  }
  return sequences;
}

describe('the life of a vehicle', () => {
  test('is decided for every state and trigger', () => {
    expect(Object.keys(lifeCycle).sort()).toEqual([...vehicleStates].sort());
    expect(Object.keys(isTransferable).sort()).toEqual([...vehicleStates].sort());
    for (const state of vehicleStates) {
      expect(Object.keys(lifeCycle[state]).sort()).toEqual([...triggers].sort());
      for (const trigger of triggers) {
        const next = stateAfter(state, trigger);
        if (next === null) {
          expect(() => nextState(state, trigger)).toThrow(/^LIFE_CYCLE_REFUSED: /);
        } else {
          expect(nextState(state, trigger)).toBe(next);
          expect(vehicleStates).toContain(next);
        }
      }
    }
  });

  test('no sequence of eight makes a wreck transferable before it was repaired, then lifted', () => {
    const seen = new Set<string>();
    const sequences = walk('in-service', 'none', 8, (state, debt) => {
      seen.add(`${state}, ${debt}`);
      const mayBeSold = debt === 'none' && state !== 'exported' && state !== 'scrapped';
      if (isTransferable[state] !== mayBeSold) throw new Error(`${state} is sold, ${debt}`);
    });
    // It went through what it is about.
    expect(sequences).toBeGreaterThan(10_000);
    expect(seen).toContain('wreck, to be repaired');
    expect(seen).toContain('wreck-repaired, to be lifted');
    expect(seen).toContain('scrapped, to be lifted');
    expect(seen).toContain('in-service, none');
  });

  test('a wreck that is repaired and lifted is back in service', () => {
    const path: LifeCycleTrigger[] = ['incident', 'appraised', 'wreck-declared', 'repaired'];
    expect([...path, 'wreck-lifted' as const].reduce(nextState, 'in-service')).toBe('in-service');
  });

  test('a wreck is declared of what was appraised, and is neither exported nor brought back', () => {
    const states = (trigger: LifeCycleTrigger) =>
      vehicleStates.filter((state) => stateAfter(state, trigger) !== null);
    expect(states('wreck-declared')).toEqual(['appraised', 'wreck-repaired']);
    expect(states('exported')).toEqual(['in-service']);
    expect(states('returned')).toEqual(['exported']);
    expect(states('wreck-lifted')).toEqual(['wreck-repaired']);
  });

  test('an incident is never refused, and nothing comes back from scrap', () => {
    for (const state of vehicleStates) expect(stateAfter(state, 'incident')).not.toBeNull();
    for (const trigger of triggers) {
      expect([null, 'scrapped']).toContain(stateAfter('scrapped', trigger));
    }
  });
});
