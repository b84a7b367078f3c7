import {
  kindRules,
  methods,
  nextState,
  parseMspId,
  roles,
  type VehicleState,
  vehicleStates,
} from '@passport/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { actsFor, kindsFor, methodFor } from './what-may.ts';

const mspId = parseMspId('GarageMSP');
const someRoles = fc.subarray([...roles]);
const state = fc.constantFrom<VehicleState>(...vehicleStates);

describe('what a professional is offered', () => {
  test('is what the contracts would take: the role may, and the life of the vehicle goes on', () => {
    fc.assert(
      fc.property(someRoles, state, (of, from) => {
        for (const kind of kindsFor(of)) {
          expect(kindRules[kind].roles.some((role) => of.includes(role))).toBe(true);
        }
        for (const act of actsFor({ mspId, roles: of, methods: [] }, { state: from })) {
          expect(kindRules[act].roles.some((role) => of.includes(role))).toBe(true);
          expect(() => nextState(from, act)).not.toThrow();
        }
      }),
    );
  });

  test('is never to clear the wreck that their own member declared', () => {
    const expertise = { mspId, roles: ['expert'] as const, methods: [] };
    const of = (wreckDeclaredBy: string) =>
      actsFor(expertise, { state: 'wreck-repaired', wreckDeclaredBy });
    expect(of('InsurerMSP')).toContain('wreck-lifted');
    expect(of('GarageMSP')).not.toContain('wreck-lifted');
  });

  test('comes with a method that their source has, or with none', () => {
    fc.assert(
      fc.property(fc.subarray([...methods]), (known) => {
        const method = methodFor('wreck-declared', known);
        if (method === undefined) expect(known).not.toContain('expert');
        else expect(known).toContain(method);
      }),
    );
    expect(methodFor('wreck-declared', ['professional', 'expert'])).toBe('expert');
    expect(methodFor('intervention', ['expert', 'professional'])).toBe('professional');
  });
});
