import { ledger } from '@hyperledger/fabric-protos';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { PendingState } from '../validation/pending-state.ts';
import { findConflict } from '../validation/read-conflict.ts';
import { MemorySnapshot } from './testing/memory-snapshot.ts';
import { TransactionSimulator } from './transaction-simulator.ts';
import type { Version } from './state-snapshot.ts';

const NAMESPACE = 'cc';
const FILLERS_MAX = 120;

const key = fc.constantFrom(
  'a',
  'ab',
  'b',
  '\0x\0',
  '\u{e000}',
  '\u{1f600}',
  filler(7),
  filler(60),
);
const write = fc.record({ key, value: fc.constantFrom('', 'one', 'two') });
const operation = fc.oneof(
  fc.record({ kind: fc.constant('get' as const), key }),
  fc.record({
    kind: fc.constant('range' as const),
    start: fc.oneof(fc.constant(''), key),
    end: fc.oneof(fc.constant(''), key),
    /** Results that the chaincode reads: some, or all. */
    most: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constant(Infinity)),
  }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never;

function filler(i: number): string {
  return `f${String(i).padStart(3, '0')}`;
}

function stateOf(fillers: number, writes: readonly Write[]): MemorySnapshot {
  const snapshot = new MemorySnapshot();
  for (let i = 0; i < fillers; i++) snapshot.put(NAMESPACE, filler(i), 'f', { block: 1, tx: i });
  applyWrites(snapshot, writes, { block: 2, tx: 0 });
  return snapshot;
}

function applyWrites(snapshot: MemorySnapshot, writes: readonly Write[], version: Version): void {
  for (const { key, value } of writes) {
    if (value === '') snapshot.delete(NAMESPACE, key);
    else snapshot.put(NAMESPACE, key, value, version);
  }
}

/** Runs the operations; gives what the chaincode saw: keys with their versions. */
function perform(simulator: TransactionSimulator, state: MemorySnapshot, all: Operation[]): string {
  const seen = all.map((operation) => {
    if (operation.kind === 'get') {
      simulator.getState(NAMESPACE, operation.key);
      return state.get(NAMESPACE, operation.key)?.version;
    }
    const iterator = simulator.queryRange(NAMESPACE, operation.start, operation.end);
    const results: unknown[] = [];
    while (results.length < operation.most) {
      const entry = iterator.next();
      if (entry === undefined) break;
      results.push([entry.key, entry.version]);
    }
    return results;
  });
  return JSON.stringify(seen);
}

function rwsetOf(simulator: TransactionSimulator): ledger.rwset.kvrwset.KVRWSet {
  const [entry] = ledger.rwset.TxReadWriteSet.deserializeBinary(
    simulator.results().readWriteSet,
  ).getNsRwsetList();
  const bytes = entry?.getRwset_asU8() ?? new Uint8Array(0);
  return ledger.rwset.kvrwset.KVRWSet.deserializeBinary(bytes);
}

function writeSet(writes: readonly Write[]): ledger.rwset.kvrwset.KVRWSet {
  const simulator = new TransactionSimulator('earlier', new MemorySnapshot());
  for (const { key, value } of writes) simulator.setState(NAMESPACE, key, Buffer.from(value));
  return rwsetOf(simulator);
}

test('a transaction conflicts exactly when running it again would see something else', () => {
  const outcomes = { conflict: 0, none: 0 };
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: FILLERS_MAX }),
      fc.array(write, { maxLength: 6 }),
      fc.array(operation, { minLength: 1, maxLength: 4 }),
      fc.array(write, { maxLength: 2 }),
      fc.array(fc.array(write, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
      (fillers, before, operations, committedSince, earlierInBlock) => {
        const then = stateOf(fillers, before);
        const simulator = new TransactionSimulator('id', then);
        const seenThen = perform(simulator, then, operations);

        const committed = stateOf(fillers, before);
        applyWrites(committed, committedSince, { block: 3, tx: 0 });
        const pending = new PendingState(committed);
        const now = stateOf(fillers, before);
        applyWrites(now, committedSince, { block: 3, tx: 0 });
        earlierInBlock.forEach((writes, tx) => {
          pending.apply(NAMESPACE, writeSet(writes), { block: 4, tx });
          applyWrites(now, writes, { block: 4, tx });
        });
        const seenNow = perform(new TransactionSimulator('again', now), now, operations);

        // A peer also refuses a read of a key that the block has touched but not changed: one
        // deleted that was not there.
        const touched = new Set(earlierInBlock.flat().map((write) => write.key));
        const hasReadTouched = operations.some(
          (operation) => operation.kind === 'get' && touched.has(operation.key),
        );
        const conflict = findConflict(
          [{ namespace: NAMESPACE, rwset: rwsetOf(simulator) }],
          pending,
        );
        outcomes[conflict === undefined ? 'none' : 'conflict'] += 1;
        expect(conflict !== undefined).toBe(hasReadTouched || seenThen !== seenNow);
      },
    ),
    { numRuns: 500 },
  );
  // The property says little when one of the outcomes is rare.
  expect(Math.min(outcomes.conflict, outcomes.none)).toBeGreaterThan(50);
});

test('reads and writes of different keys make the same bytes in any order', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('get' as const), key }),
    fc.record({ kind: fc.constant('set' as const), key, value: fc.constantFrom('', 'value') }),
    fc.record({ kind: fc.constant('policy' as const), key }),
  );
  const steps = fc.uniqueArray(step, { selector: ({ kind, key }) => `${kind} ${key}` });
  const inTwoOrders = steps.chain((steps) =>
    fc.tuple(fc.constant(steps), fc.shuffledSubarray(steps, { minLength: steps.length })),
  );
  fc.assert(
    fc.property(inTwoOrders, ([first, second]) => {
      const [one, other] = [first, second].map((steps) => {
        const simulator = new TransactionSimulator('id', stateOf(70, []));
        for (const step of steps) {
          const namespace = step.key < 'b' ? 'other' : NAMESPACE;
          if (step.kind === 'get') simulator.getState(namespace, step.key);
          else if (step.kind === 'set') {
            simulator.setState(namespace, step.key, Buffer.from(step.value));
          } else {
            simulator.setStateMetadata(namespace, step.key, new Map([['name', Buffer.from('p')]]));
          }
        }
        return Buffer.from(simulator.results().readWriteSet).toString('hex');
      });
      expect(one).toBe(other);
    }),
  );
});
