import { common } from '@hyperledger/fabric-protos';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';

import type { Identity } from './identity.ts';
import { type Role, rolePrincipal } from './principal.ts';
import { rolesPolicy, SignaturePolicy } from './signature-policy.ts';
import { TestPeople } from './test-channel.ts';

const ORGANISATIONS = ['Org1MSP', 'Org2MSP', 'Org3MSP'];
const ROLES: readonly Role[] = ['MEMBER', 'ADMIN', 'CLIENT', 'PEER'];

/** A rule as data: the index of a principal, or a gate over rules. */
type Tree = number | { readonly count: number; readonly rules: readonly Tree[] };

const PRINCIPALS = ORGANISATIONS.flatMap((mspId) => ROLES.map((role) => ({ mspId, role })));

let people: TestPeople;

beforeAll(async () => {
  people = await TestPeople.create(ORGANISATIONS);
});

const trees = fc.letrec<{ tree: Tree; leaf: Tree; gate: Tree }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('gate')),
  leaf: fc.nat(PRINCIPALS.length - 1),
  gate: fc.record({
    count: fc.nat(3),
    rules: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
  }),
})).tree;

const indexes = fc.uniqueArray(fc.nat(8), { maxLength: 5 });

describe('a signature policy', () => {
  test('is satisfied only where each leaf that counts has an identity of its own', () => {
    fc.assert(
      fc.property(trees, indexes, (tree, chosen) => {
        const identities = chosen.map(identityAt);
        const satisfied = isSatisfied(tree, identities);
        expect(satisfied && !canBeSatisfied(tree, identities)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of n organisations is satisfied exactly where n of them have signed', () => {
    const flat = fc.record({
      count: fc.nat(4),
      members: fc.subarray(ORGANISATIONS),
    });
    fc.assert(
      fc.property(flat, indexes, ({ count, members }, chosen) => {
        const identities = chosen.map(identityAt);
        const policy = new SignaturePolicy(
          rolesPolicy(
            count,
            members.map((mspId) => ({ mspId, role: 'MEMBER' })),
          ),
        );
        const signed = new Set(identities.map(({ mspId }) => mspId));
        const enough = members.filter((mspId) => signed.has(mspId)).length >= count;
        expect(policy.dissatisfaction(identities) === undefined).toBe(enough);
      }),
      { numRuns: 500 },
    );
  });

  test('does not depend on identities that no leaf asks for', () => {
    const ofFirst = PRINCIPALS.flatMap(({ mspId }, index) => (mspId === 'Org1MSP' ? [index] : []));
    const tree: Tree = { count: 2, rules: ofFirst };
    const outsider = people.person('Org2MSP', 'admin').identity;
    fc.assert(
      fc.property(indexes, (chosen) => {
        const identities = chosen.map(identityAt).filter(({ mspId }) => mspId === 'Org1MSP');
        expect(isSatisfied(tree, [outsider, ...identities])).toBe(isSatisfied(tree, identities));
      }),
    );
  });

  test('uses each identity once', () => {
    const { identity } = people.person('Org1MSP', 'admin');
    const twice = rolesPolicy(2, [
      { mspId: 'Org1MSP', role: 'MEMBER' },
      { mspId: 'Org1MSP', role: 'ADMIN' },
    ]);
    expect(new SignaturePolicy(twice).dissatisfaction([identity])).toBe(
      'signature set did not satisfy policy',
    );
    const other = people.person('Org1MSP', 'client').identity;
    expect(new SignaturePolicy(twice).dissatisfaction([other, identity])).toBeUndefined();
  });

  test('gives back what a gate has used that failed', () => {
    const client = people.person('Org1MSP', 'client').identity;
    const [first, second] = [at('Org1MSP', 'CLIENT'), at('Org2MSP', 'CLIENT')];
    const both: Tree = { count: 2, rules: [first, second] };
    expect(isSatisfied({ count: 1, rules: [both, first] }, [client])).toBe(true);
  });

  test('takes the first identity that fits, even where another order would do, as Fabric', () => {
    const admin = people.person('Org1MSP', 'admin').identity;
    const client = people.person('Org1MSP', 'client').identity;
    const tree: Tree = { count: 2, rules: [at('Org1MSP', 'MEMBER'), at('Org1MSP', 'ADMIN')] };
    expect(isSatisfied(tree, [client, admin])).toBe(true);
    expect(isSatisfied(tree, [admin, client])).toBe(false);
  });

  test('without rules is satisfied by nobody having to sign, and by nobody where n is 1', () => {
    expect(new SignaturePolicy(rolesPolicy(0, [])).dissatisfaction([])).toBeUndefined();
    expect(new SignaturePolicy(rolesPolicy(1, [])).dissatisfaction([])).toBe(
      'signature set did not satisfy policy',
    );
  });
});

describe('a signature policy that makes no sense', () => {
  test.each([
    ['has no rule', new common.SignaturePolicyEnvelope(), 'Empty policy element'],
    ['has an empty rule', envelopeOf(new common.SignaturePolicy()), 'Unknown type'],
    [
      'names a principal that is not there',
      envelopeOf(rule(7)),
      'identity index out of range, requested 7, but identities length is 3',
    ],
    [
      'names a negative principal',
      envelopeOf(rule(-1)),
      'identity index out of range, requested -1, but identities length is 3',
    ],
  ])('because it %s is refused', (_name, envelope, text) => {
    const compile = (): unknown => new SignaturePolicy(cut(envelope));
    expect(compile).toThrow(expect.objectContaining({ code: 'malformed-policy' }));
    expect(compile).toThrow(text.replace('length is 3', `length is ${PRINCIPALS_GIVEN}`));
  });

  test('because its version is unknown is refused', () => {
    const envelope = envelopeOf(rule(0));
    envelope.setVersion(1);
    expect(() => new SignaturePolicy(envelope)).toThrow(
      'This evaluator only understands messages of version 0, but version was 1',
    );
  });

  test('because its bytes are none is refused', () => {
    expect(() => SignaturePolicy.fromBytes(Buffer.from([0x0a, 0xff]))).toThrow(
      'Error unmarshalling to SignaturePolicy',
    );
  });
});

/** So few that the rules above point beyond them. */
const PRINCIPALS_GIVEN = 3;

function cut(envelope: common.SignaturePolicyEnvelope): common.SignaturePolicyEnvelope {
  envelope.setIdentitiesList(envelope.getIdentitiesList().slice(0, PRINCIPALS_GIVEN));
  return envelope;
}

function identityAt(index: number): Identity {
  const person = people.people[index];
  if (person === undefined) throw new Error(`nobody at ${index}`);
  return person.identity;
}

function at(mspId: string, role: Role): number {
  return PRINCIPALS.findIndex((one) => one.mspId === mspId && one.role === role);
}

function isSatisfied(tree: Tree, identities: readonly Identity[]): boolean {
  const policy = new SignaturePolicy(envelopeOf(rule(tree)));
  return policy.dissatisfaction(identities) === undefined;
}

/** By trying every assignment of identities to leaves: all sets of identities that a rule may use. */
function canBeSatisfied(tree: Tree, identities: readonly Identity[]): boolean {
  return uses(tree, identities).length > 0;
}

/** The sets of identities (as bit masks) with which a rule is satisfied, each leaf using one. */
function uses(tree: Tree, identities: readonly Identity[]): number[] {
  if (typeof tree === 'number') {
    return identities.flatMap((identity, index) => (fits(identity, tree) ? [1 << index] : []));
  }
  const options = tree.rules.map((inner) => uses(inner, identities));
  let partial = [{ satisfied: 0, used: 0 }];
  for (const option of options) {
    partial = partial.flatMap(({ satisfied, used }) => [
      { satisfied, used },
      ...option
        .filter((mask) => (mask & used) === 0)
        .map((mask) => ({ satisfied: satisfied + 1, used: used | mask })),
    ]);
  }
  return partial.filter(({ satisfied }) => satisfied >= tree.count).map(({ used }) => used);
}

/** Says by itself what a role means, without the code under test. */
function fits(identity: Identity, index: number): boolean {
  const principal = PRINCIPALS[index];
  if (principal === undefined || principal.mspId !== identity.mspId) return false;
  const unit = identity.certificate.organisationalUnits[0]?.toUpperCase();
  return principal.role === 'MEMBER' || principal.role === unit;
}

function rule(tree: Tree): common.SignaturePolicy {
  const policy = new common.SignaturePolicy();
  if (typeof tree === 'number') {
    policy.setSignedBy(tree);
    return policy;
  }
  const gate = new common.SignaturePolicy.NOutOf();
  gate.setN(tree.count);
  gate.setRulesList(tree.rules.map(rule));
  policy.setNOutOf(gate);
  return policy;
}

function envelopeOf(root: common.SignaturePolicy): common.SignaturePolicyEnvelope {
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setRule(root);
  envelope.setIdentitiesList(PRINCIPALS.map(({ mspId, role }) => rolePrincipal(mspId, role)));
  return envelope;
}
