import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { StateUpdate } from '../ledger/commit-hash.ts';
import { compareKeys } from '../simulation/key-order.ts';
import { ReadWriteSetBuilder } from '../simulation/read-write-set-builder.ts';
import { decodeStateMetadata, metadataWrite } from '../simulation/state-metadata.ts';
import type { Version } from '../simulation/state-snapshot.ts';
import { MemorySnapshot } from '../simulation/testing/memory-snapshot.ts';
import { TransactionSimulator } from '../simulation/transaction-simulator.ts';
import { PendingState } from './pending-state.ts';
import { findConflict } from './read-conflict.ts';
import { decodeNamespaces } from './testing/decode-namespaces.ts';

const BLOCK = 5;
/** Keys whose order differs between UTF-16 and UTF-8, and neighbours. */
const KEYS = ['a', 'a\u0000', 'ab', 'b', '\uffff', '\u{10000}'];

type Entry = { readonly value: string; readonly policy: string; readonly version: Version };
/** One operation of a write set: `value` '' deletes, undefined leaves; so does the policy. */
type Operation = { key: string; value: string | undefined; policy: string | undefined };

const key = fc.constantFrom(...KEYS);
const bound = fc.constantFrom('', ...KEYS);
const operation: fc.Arbitrary<Operation> = fc.record({
  key,
  value: fc.constantFrom('', 'x', 'y', undefined),
  policy: fc.constantFrom('', 'p', 'q', undefined),
});
const transaction = fc.uniqueArray(operation, { selector: (one) => one.key, maxLength: 4 });
const committed = fc.uniqueArray(
  fc.record({ key, value: fc.constantFrom('v', 'w'), policy: fc.constantFrom('', 'p') }),
  { selector: (one) => one.key },
);

/** The rules once more, naively: one map, changed by one transaction after the other. */
class Oracle {
  readonly state = new Map<string, Entry>();
  readonly history: [string, string | undefined][] = [];

  apply(operations: readonly Operation[], tx: number): void {
    const version = { block: BLOCK, tx };
    for (const { key: name, value, policy } of operations) {
      const before = this.state.get(name);
      if (value !== undefined) this.history.push([name, value === '' ? undefined : value]);
      if (value === '') {
        this.state.delete(name);
        continue;
      }
      const now = value ?? before?.value;
      if (now === undefined || (value === undefined && policy === undefined)) continue;
      this.state.set(name, { value: now, policy: policy ?? before?.policy ?? '', version });
    }
  }
}

function writesOf(operations: readonly Operation[]): ReturnType<typeof decodeNamespaces> {
  const builder = new ReadWriteSetBuilder();
  for (const { key: name, value, policy } of operations) {
    if (value !== undefined) builder.addWrite('cc', name, Buffer.from(value));
    if (policy !== undefined) builder.addMetadataWrite('cc', name, policyOf(policy));
  }
  return decodeNamespaces(builder.build());
}

function policyOf(policy: string): Map<string, Uint8Array> {
  const entries: [string, Uint8Array][] = [['VALIDATION_PARAMETER', Buffer.from(policy)]];
  return new Map(policy === '' ? [] : entries);
}

function snapshotOf(entries: readonly { key: string; value: string; policy: string }[]): {
  snapshot: MemorySnapshot;
  oracle: Oracle;
} {
  const snapshot = new MemorySnapshot();
  const oracle = new Oracle();
  for (const { key: name, value, policy } of entries) {
    const metadata =
      policy === '' ? undefined : metadataWrite(name, policyOf(policy)).serializeBinary();
    const version = { block: 1, tx: 0 };
    snapshot.put('cc', name, value, version, metadata);
    oracle.state.set(name, { value, policy, version });
  }
  return { snapshot, oracle };
}

/** What the state becomes when the updates are written to it. */
function merged(snapshot: MemorySnapshot, updates: readonly StateUpdate[]): Map<string, Entry> {
  const state = new Map<string, Entry>();
  for (const { key: name, value, version, metadata } of snapshot.range('cc', '', '')) {
    state.set(name, entryOf(value, version, metadata));
  }
  for (const { key: name, value, version, metadata } of updates) {
    if (value === undefined) state.delete(name);
    else state.set(name, entryOf(value, version, metadata));
  }
  return state;
}

function entryOf(value: Uint8Array, version: Version, metadata: Uint8Array | undefined): Entry {
  const policy = decodeStateMetadata(metadata).get('VALIDATION_PARAMETER');
  return {
    value: Buffer.from(value).toString(),
    policy: Buffer.from(policy ?? '').toString(),
    version,
  };
}

test('PendingState: values, metadata, versions and history are those of a naive replay', () => {
  fc.assert(
    fc.property(committed, fc.array(transaction, { maxLength: 5 }), (entries, block) => {
      const { snapshot, oracle } = snapshotOf(entries);
      const pending = new PendingState(snapshot);
      block.forEach((operations, tx) => {
        // A write set is in the order of its keys.
        const sorted = [...operations].sort((a, b) => compareKeys(a.key, b.key));
        oracle.apply(sorted, tx);
        for (const { namespace, rwset } of writesOf(operations)) {
          pending.apply(namespace, rwset, { block: BLOCK, tx });
        }
      });
      expect(merged(snapshot, pending.allUpdates())).toEqual(oracle.state);
      const history = pending
        .allWrites()
        .map(({ key: name, value }) => [name, value && Buffer.from(value).toString()]);
      expect(history).toEqual(oracle.history);
    }),
  );
});

test('findConflict: none exactly where reading again after the block would give the same', () => {
  // A range of which nothing was read is on record, as in Fabric, as one that must be empty.
  const query = fc.record({
    start: bound,
    end: bound,
    read: fc.integer({ min: 1, max: 8 }),
    isRange: fc.boolean(),
  });
  fc.assert(
    fc.property(
      committed,
      fc.array(transaction, { maxLength: 3 }),
      fc.array(query, { minLength: 1, maxLength: 3 }),
      (entries, block, queries) => {
        const { snapshot } = snapshotOf(entries);
        const simulator = new TransactionSimulator('id', snapshot);
        const seen = queries.map((one) => read(simulator, one));
        const reads = decodeNamespaces(simulator.results().readWriteSet);

        const pending = new PendingState(snapshot);
        const after = snapshotOf(entries).snapshot;
        block.forEach((operations, tx) => {
          for (const { namespace, rwset } of writesOf(operations)) {
            pending.apply(namespace, rwset, { block: BLOCK, tx });
          }
        });
        for (const { key: name, value, version, metadata } of pending.allUpdates()) {
          if (value === undefined) after.delete('cc', name);
          else after.put('cc', name, value, version, metadata);
        }
        const replay = new TransactionSimulator('id', after);
        const again = queries.map((one) => read(replay, one));
        const touched = queries.some(
          ({ start, isRange }) => !isRange && pending.update('cc', start) !== undefined,
        );
        const same = JSON.stringify(seen) === JSON.stringify(again) && !touched;
        expect(findConflict(reads, pending) === undefined).toBe(same);
      },
    ),
    { numRuns: 400 },
  );
});

/** What a chaincode sees of a key, or of the first results of a range: keys with versions. */
function read(
  simulator: TransactionSimulator,
  query: { start: string; end: string; read: number; isRange: boolean },
): unknown {
  if (!query.isRange) {
    const value = simulator.getState('cc', query.start);
    return value && Buffer.from(value).toString();
  }
  const iterator = simulator.queryRange('cc', query.start, query.end);
  const results: unknown[] = [];
  for (let count = 0; count < query.read; count += 1) {
    const next = iterator.next();
    if (next === undefined) {
      results.push('end');
      break;
    }
    results.push([next.key, next.version]);
  }
  return results;
}
