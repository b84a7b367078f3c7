import { common, peer } from '@hyperledger/fabric-protos';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';

import { channelPolicyReference, readApplicationPolicy } from './application-policy.ts';
import type { SignedData } from './policy.ts';
import { PolicyManager } from './policy-manager.ts';
import { rolesPolicy } from './signature-policy.ts';
import {
  anyRole,
  implicitMeta,
  policyOf,
  testGroup,
  TestPeople,
  type TestPerson,
} from './test-channel.ts';

const ORGANISATIONS = ['Org1MSP', 'Org2MSP', 'Org3MSP'];
const MESSAGE = Buffer.from('what is asked for');

let people: TestPeople;
let policies: PolicyManager;

beforeAll(async () => {
  people = await TestPeople.create(ORGANISATIONS);
  policies = new PolicyManager(channel(ORGANISATIONS), people.msps);
});

describe('a policy over the policies of organisations', () => {
  test.each([
    ['ANY', 'Writers', 1],
    ['MAJORITY', 'Admins', 2],
    ['ALL', 'Readers', 3],
  ] as const)('%s %s asks for that many of three', (_rule, name, needed) => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(8)), (chosen) => {
        const signers = chosen.map(personAt);
        const satisfied = ORGANISATIONS.filter((mspId) =>
          signers.some((one) => one.mspId === mspId && mayDo(one, name)),
        ).length;
        const evaluate = (): void =>
          policies.evaluateIdentities(`/Channel/Application/${name}`, signers.map(identityOf));
        if (satisfied >= needed) expect(evaluate).not.toThrow();
        else {
          expect(evaluate).toThrow(
            `implicit policy evaluation failed - ${satisfied} sub-policies were satisfied, ` +
              `but this policy requires ${needed} of the '${name}' sub-policies to be satisfied`,
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  test('asks for a majority that is more than half', () => {
    for (const [count, needed] of [
      [1, 1],
      [2, 2],
      [3, 2],
    ] as const) {
      const manager = new PolicyManager(channel(ORGANISATIONS.slice(0, count)), people.msps);
      expect(() => manager.evaluate('/Channel/Application/Admins', [])).toThrow(
        `requires ${needed} of the 'Admins'`,
      );
    }
  });

  test('is satisfied where there are no organisations', () => {
    const manager = new PolicyManager(channel([]), people.msps);
    expect(() => manager.evaluate('/Channel/Application/Admins', [])).not.toThrow();
  });

  test('counts a group without such a policy as one that refuses', () => {
    const root = testGroup(
      { Writers: implicitMeta('ALL', 'Writers') },
      { A: testGroup({ Writers: anyRole('Org1MSP', 'MEMBER') }), B: testGroup({}) },
    );
    const manager = new PolicyManager(root, people.msps);
    const { identity } = people.person('Org1MSP', 'client');
    expect(() => manager.evaluateIdentities('/Channel/Writers', [identity])).toThrow(
      '1 sub-policies were satisfied, but this policy requires 2',
    );
  });
});

describe('evaluating signed data', () => {
  const writers = '/Channel/Application/Writers';

  test('takes a client’s signature for a write, by either form of the path', () => {
    const data = [signed(people.person('Org1MSP', 'client'))];
    expect(() => policies.evaluate(writers, data)).not.toThrow();
    expect(() => policies.evaluate('Application/Writers', data)).not.toThrow();
  });

  test('refuses a peer’s, a wrong and an unknown signer’s signature', async () => {
    const stranger = (await TestPeople.create(['Org9MSP'])).person('Org9MSP', 'client');
    const client = people.person('Org1MSP', 'client');
    const refused: SignedData[] = [
      signed(people.person('Org1MSP', 'peer')),
      { ...signed(client), data: Buffer.from('something else') },
      signed(stranger),
      { ...signed(client), identity: Buffer.from('nobody') },
    ];
    for (const data of refused) {
      expect(() => policies.evaluate(writers, [data])).toThrow(
        expect.objectContaining({
          code: 'policy-not-satisfied',
          message:
            'implicit policy evaluation failed - 0 sub-policies were satisfied, ' +
            "but this policy requires 1 of the 'Writers' sub-policies to be satisfied",
        }),
      );
    }
    expect(() => policies.evaluate(writers, [...refused, signed(client)])).not.toThrow();
  });

  test('counts one who signs twice once', () => {
    const admin = people.person('Org1MSP', 'admin');
    const twice = [signed(admin), signed(admin)];
    expect(() => policies.evaluate('/Channel/Application/Admins', twice)).toThrow(
      '1 sub-policies were satisfied, but this policy requires 2',
    );
    const flat = testGroup({
      Both: policyOf(
        common.Policy.PolicyType.SIGNATURE,
        rolesPolicy(2, [
          { mspId: 'Org1MSP', role: 'ADMIN' },
          { mspId: 'Org1MSP', role: 'ADMIN' },
        ]).serializeBinary(),
      ),
    });
    expect(() => new PolicyManager(flat, people.msps).evaluate('Both', twice)).toThrow(
      'signature set did not satisfy policy',
    );
  });

  test('takes the right signature of one whose wrong one came first', () => {
    const client = people.person('Org1MSP', 'client');
    const wrong = { ...signed(client), data: Buffer.from('something else') };
    expect(() => policies.evaluate(writers, [wrong, signed(client)])).not.toThrow();
  });

  test('by a policy that does not exist is refused', () => {
    expect(() => policies.evaluate('/Channel/Application/Nothing', [])).toThrow(
      expect.objectContaining({
        code: 'unknown-policy',
        message: "no such policy: 'Application/Nothing'",
      }),
    );
  });
});

describe('a channel’s policies', () => {
  const { SIGNATURE, IMPLICIT_META, MSP } = common.Policy.PolicyType;
  const broken = Buffer.from([0x0a, 0xff]);

  test.each([
    [policyOf(MSP, broken), 'policy P at path Channel/G has unknown policy type: 2'],
    [policyOf(SIGNATURE, broken), 'policy P at path Channel/G did not compile: Error unmarsh'],
    [policyOf(IMPLICIT_META, broken), 'implicit policy P at path Channel/G did not compile: Err'],
  ])('that make no sense are refused (%#)', (policy, text) => {
    const root = testGroup({}, { G: testGroup({ P: policy }) });
    const read = (): unknown => new PolicyManager(root, people.msps);
    expect(read).toThrow(expect.objectContaining({ code: 'malformed-policy' }));
    expect(read).toThrow(text);
  });

  test('that are missing from their holder are refused', () => {
    const root = testGroup({});
    root.getPoliciesMap().set('P', new common.ConfigPolicy());
    expect(() => new PolicyManager(root, people.msps)).toThrow('policy P at path Channel was nil');
  });
});

describe('a chaincode’s endorsement policy', () => {
  test('may be one of the channel’s', () => {
    const bytes = channelPolicyReference('/Channel/Application/Admins');
    const policy = readApplicationPolicy(bytes, policies);
    expect(policy).toBe(policies.policy('/Channel/Application/Admins'));
  });

  test('may be one of its own', () => {
    const own = new peer.ApplicationPolicy();
    own.setSignaturePolicy(rolesPolicy(1, [{ mspId: 'Org2MSP', role: 'PEER' }]));
    const policy = readApplicationPolicy(own.serializeBinary(), policies);
    const endorser = people.person('Org2MSP', 'peer').identity;
    expect(policy.dissatisfaction([endorser])).toBeUndefined();
    expect(policy.dissatisfaction([])).toBe('signature set did not satisfy policy');
  });

  test.each([
    [
      'names one that the channel does not have',
      channelPolicyReference('/Channel/Nothing'),
      'could not create evaluator for channel reference policy: ' +
        'failed to retrieve policy for reference /Channel/Nothing',
    ],
    ['is empty', new Uint8Array(), 'unsupported policy type <nil>'],
    ['is broken', Buffer.from([0x0a, 0xff]), 'failed to unmarshal ApplicationPolicy bytes'],
    [
      'has no rule',
      Buffer.from([0x0a, 0x00]),
      'could not create evaluator for signature policy: Empty policy element',
    ],
  ])('that %s is refused', (_name, bytes, text) => {
    expect(() => readApplicationPolicy(bytes, policies)).toThrow(text);
  });
});

function channel(mspIds: readonly string[]): common.ConfigGroup {
  const groups = Object.fromEntries(
    mspIds.map((mspId) => [
      mspId,
      testGroup({
        Readers: anyRole(mspId, 'MEMBER'),
        Writers: anyRole(mspId, 'ADMIN', 'CLIENT'),
        Admins: anyRole(mspId, 'ADMIN'),
      }),
    ]),
  );
  const application = testGroup(
    {
      Readers: implicitMeta('ALL', 'Readers'),
      Writers: implicitMeta('ANY', 'Writers'),
      Admins: implicitMeta('MAJORITY', 'Admins'),
    },
    groups,
  );
  return testGroup({}, { Application: application });
}

function mayDo(person: TestPerson, name: 'Readers' | 'Writers' | 'Admins'): boolean {
  if (name === 'Readers') return true;
  return person.role === 'admin' || (name === 'Writers' && person.role === 'client');
}

function personAt(index: number): TestPerson {
  const person = people.people[index];
  if (person === undefined) throw new Error(`nobody at ${index}`);
  return person;
}

function identityOf({ identity }: TestPerson): TestPerson['identity'] {
  return identity;
}

function signed({ signer }: TestPerson): SignedData {
  return { data: MESSAGE, identity: signer.serialized, signature: signer.sign(MESSAGE) };
}
