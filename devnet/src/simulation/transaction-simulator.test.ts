import { ledger } from '@hyperledger/fabric-protos';
import { describe, expect, test } from 'vitest';

import { STATE_KEY_BYTES_MAX } from './key-length.ts';
import { metadataWrite } from './state-metadata.ts';
import { MemorySnapshot } from './testing/memory-snapshot.ts';
import { TransactionSimulator } from './transaction-simulator.ts';

const VALUE = Buffer.from('value');

function policyOf(key: string, policy: string): Uint8Array {
  const metadata = new Map([['VALIDATION_PARAMETER', Buffer.from(policy)]]);
  return metadataWrite(key, metadata).serializeBinary();
}

function rangeQueriesOf(
  simulator: TransactionSimulator,
): ledger.rwset.kvrwset.RangeQueryInfo.AsObject[] {
  const { readWriteSet } = simulator.results();
  return ledger.rwset.TxReadWriteSet.deserializeBinary(readWriteSet)
    .getNsRwsetList()
    .map((entry) => ledger.rwset.kvrwset.KVRWSet.deserializeBinary(entry.getRwset_asU8()))
    .flatMap((set) => set.toObject().rangeQueriesInfoList);
}

describe('TransactionSimulator', () => {
  test('refuses a page of results after a write, with the words of Fabric', () => {
    const simulator = new TransactionSimulator('id', new MemorySnapshot());
    simulator.deleteState('cc', 'key');
    const text =
      'txid [id]: unsuppored transaction. Paginated queries are supported only in a read-only ' +
      'transaction';
    expect(() => simulator.queryRangePage('cc', '', '', 5)).toThrow(text);
    expect(() => simulator.executeQueryPage()).toThrow(text);
  });

  test('refuses to write a key that the store cannot hold, and says what is wrong', () => {
    const simulator = new TransactionSimulator('id', new MemorySnapshot());
    const longest = 'k'.repeat(STATE_KEY_BYTES_MAX - 'cc'.length - 1);
    simulator.setState('cc', longest, VALUE);
    const message: unknown = expect.stringMatching(/up to 4000 bytes.*\[cc\] writes one of 3998/);
    const refusal: unknown = expect.objectContaining({ code: 'key-too-long', message });
    expect(() => simulator.setState('cc', `${longest}k`, VALUE)).toThrow(refusal);
    expect(() => simulator.deleteState('cc', `${longest}k`)).toThrow(refusal);
    expect(() => simulator.setStateMetadata('cc', `${longest}k`, new Map())).toThrow(refusal);
    expect(simulator.getState('cc', `${longest}k`)).toBeUndefined();
  });

  test('refuses every kind of write after a page of results', () => {
    const simulator = new TransactionSimulator('id', new MemorySnapshot());
    simulator.queryRangePage('cc', '', '', 5);
    const refusal: unknown = expect.objectContaining({ code: 'write-after-paginated-query' });
    expect(() => simulator.setState('cc', 'key', VALUE)).toThrow(refusal);
    expect(() => simulator.deleteState('cc', 'key')).toThrow(refusal);
    expect(() => simulator.setStateMetadata('cc', 'key', new Map())).toThrow(refusal);
  });

  test('refuses rich queries with the words of LevelDB', () => {
    const simulator = new TransactionSimulator('id', new MemorySnapshot());
    expect(() => simulator.executeQuery()).toThrow('ExecuteQuery not supported for leveldb');
    expect(() => simulator.executeQueryPage()).toThrow(
      'ExecuteQueryWithMetadata not supported for leveldb',
    );
  });

  test('when it is over, closes its queries and refuses everything', () => {
    const snapshot = new MemorySnapshot().put('cc', 'key', 'value');
    const timestamp = { seconds: 1, nanos: 2 };
    snapshot.modify('cc', 'key', { txId: 't', value: VALUE, timestamp, isDelete: false });
    const simulator = new TransactionSimulator('id', snapshot);
    const range = simulator.queryRange('cc', '', '');
    const history = simulator.queryHistory('cc', 'key');
    expect(range.next()?.key).toBe('key');
    expect(history.next()?.txId).toBe('t');
    expect(snapshot.openQueries).toBe(2);
    simulator.done();
    simulator.done();
    expect(snapshot.openQueries).toBe(0);
    expect([range.next(), history.next()]).toEqual([undefined, undefined]);
    const text = 'this instance should not be used after calling Done()';
    expect(() => simulator.getState('cc', 'key')).toThrow(text);
    expect(() => simulator.setState('cc', 'key', VALUE)).toThrow(text);
    expect(() => simulator.results()).toThrow(text);
  });

  test('is over with its results', () => {
    const simulator = new TransactionSimulator('id', new MemorySnapshot());
    simulator.results();
    expect(() => simulator.results()).toThrow(expect.objectContaining({ code: 'simulation-over' }));
  });

  test('records a range as far as it was read', () => {
    const snapshot = new MemorySnapshot();
    for (const key of ['a', 'b', 'c']) snapshot.put('cc', key, 'value');
    const simulator = new TransactionSimulator('id', snapshot);
    const partly = simulator.queryRange('cc', 'a', 'x');
    partly.next();
    partly.next();
    const wholly = simulator.queryRange('cc', 'a', 'x');
    while (wholly.next() !== undefined) continue;
    expect(rangeQueriesOf(simulator)).toMatchObject([
      { startKey: 'a', endKey: 'b', itrExhausted: false },
      { startKey: 'a', endKey: 'x', itrExhausted: true },
    ]);
  });

  test('a page ends with its size, and its bookmark is the key behind it', () => {
    const snapshot = new MemorySnapshot();
    for (const key of ['a', 'b', 'c']) snapshot.put('cc', key, 'value');
    const simulator = new TransactionSimulator('id', snapshot);
    const page = simulator.queryRangePage('cc', '', '', 2);
    expect([page.next()?.key, page.next()?.key]).toEqual(['a', 'b']);
    expect(page.bookmarkAndClose()).toBe('c');
    const last = simulator.queryRangePage('cc', 'c', '', 2);
    expect(last.next()?.key).toBe('c');
    expect(last.bookmarkAndClose()).toBe('');
    expect(snapshot.openQueries).toBe(0);
  });

  test('says which policies a write set calls for', () => {
    const snapshot = new MemorySnapshot()
      .put('own', 'mine', 'value', undefined, policyOf('mine', 'mine'))
      .put('mixed', 'mine', 'value', undefined, policyOf('mine', 'mine'));
    const simulator = new TransactionSimulator('id', snapshot);
    simulator.setState('own', 'mine', VALUE);
    simulator.setState('mixed', 'mine', VALUE);
    simulator.setStateMetadata('mixed', 'plain', new Map());
    simulator.getState('read', 'key');
    const mine = new Uint8Array(Buffer.from('mine'));
    expect(simulator.results().interest).toEqual([
      { namespace: 'mixed', keyPolicies: [mine], chaincodePolicyRequired: true },
      { namespace: 'own', keyPolicies: [mine], chaincodePolicyRequired: false },
      { namespace: 'read', keyPolicies: [], chaincodePolicyRequired: true },
    ]);
  });
});
