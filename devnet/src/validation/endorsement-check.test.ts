import { expect, test } from 'vitest';

import { MemorySnapshot } from '../simulation/testing/memory-snapshot.ts';
import { metadataWrite } from '../simulation/state-metadata.ts';
import { endorsementsSuffice, keyPoliciesChangedBy } from './endorsement-check.ts';
import { decodeNamespaces } from './testing/decode-namespaces.ts';
import { readWriteSet, type TestReadWriteSet } from './testing/test-transactions.ts';

const GOOD = Buffer.from('good');
const BAD = Buffer.from('bad');

/** A state where `good` and `bad` have policies of their own and `plain` has none. */
function state(): MemorySnapshot {
  const snapshot = new MemorySnapshot().put('cc', 'plain', 'v');
  for (const [key, policy] of [
    ['good', GOOD],
    ['bad', BAD],
    ['empty', Buffer.alloc(0)],
  ] as const) {
    const metadata = metadataWrite(key, new Map([['VALIDATION_PARAMETER', policy]]));
    snapshot.put('cc', key, 'v', undefined, metadata.serializeBinary());
  }
  return snapshot;
}

function suffice(
  set: TestReadWriteSet | undefined,
  chaincode: boolean,
  changed: string[] = [],
): boolean {
  const [writes] = set === undefined ? [] : decodeNamespaces(readWriteSet(set));
  return endorsementsSuffice(
    writes?.rwset,
    'cc',
    () => chaincode,
    { chaincodePolicy: () => undefined, keyPolicy: (policy) => GOOD.equals(policy) },
    state(),
    new Set(changed),
  );
}

test.each<[string, Record<string, string>, chaincode: boolean, expected: boolean]>([
  ['nothing: the chaincode policy decides', {}, true, true],
  ['nothing: the chaincode policy decides', {}, false, false],
  ['a key without a policy: the chaincode policy decides', { plain: '1' }, true, true],
  ['a key without a policy: the chaincode policy decides', { plain: '1' }, false, false],
  ['a new key: the chaincode policy decides', { fresh: '1' }, false, false],
  ['a key whose policy is empty: the chaincode policy decides', { empty: '1' }, false, false],
  ['a key whose policy holds: the chaincode policy is not asked', { good: '1' }, false, true],
  ['a key whose policy does not hold: nothing helps', { bad: '1' }, true, false],
  ['both kinds of key: both policies must hold', { good: '1', plain: '1' }, false, false],
  ['both kinds of key: both policies must hold', { good: '1', plain: '1' }, true, true],
  ['two keys with policies: both must hold', { good: '1', bad: '1' }, true, false],
  ['a deletion counts as a write', { bad: '' }, true, false],
])('writes of %s', (_name, writes, chaincode, expected) => {
  expect(suffice({ writes }, chaincode)).toBe(expected);
});

test('a namespace that writes nothing at all needs the chaincode policy', () => {
  expect([suffice(undefined, true), suffice(undefined, false)]).toEqual([true, false]);
});

test('a change of a key policy needs the policy that the key has now', () => {
  expect(suffice({ keyPolicies: { bad: GOOD } }, true)).toBe(false);
  expect(suffice({ keyPolicies: { good: BAD } }, false)).toBe(true);
});

test('a key whose policy an earlier transaction of the block changes cannot be written', () => {
  const [change] = decodeNamespaces(readWriteSet({ keyPolicies: { good: GOOD } }));
  if (change === undefined) throw new Error('no namespace');
  const changed = keyPoliciesChangedBy('cc', change.rwset);
  expect(suffice({ writes: { good: '1' } }, true, changed)).toBe(false);
  expect(suffice({ writes: { plain: '1' } }, true, changed)).toBe(true);
  expect(
    suffice({ writes: { good: '1' } }, true, keyPoliciesChangedBy('other', change.rwset)),
  ).toBe(true);
});
