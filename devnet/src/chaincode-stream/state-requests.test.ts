import { ledger } from '@hyperledger/fabric-protos';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { MemorySnapshot } from '../simulation/testing/memory-snapshot.ts';
import type { ChaincodeCall } from './chaincode-call.ts';
import {
  freeAddress,
  runChaincodeServer,
  type RunningServer,
} from './testing/run-chaincode-server.ts';
import { testCall } from './testing/test-calls.ts';
import { PACKAGE_ID, TestChaincode } from './testing/test-chaincode.ts';

/** The read-write set of the namespace `cc`, readable. */
function readWriteSet(call: ChaincodeCall): ledger.rwset.kvrwset.KVRWSet.AsObject {
  const bytes = call.simulator.results().readWriteSet;
  const [entry] = ledger.rwset.TxReadWriteSet.deserializeBinary(bytes).getNsRwsetList();
  const rwset = entry?.getRwset_asU8() ?? new Uint8Array(0);
  return ledger.rwset.kvrwset.KVRWSet.deserializeBinary(rwset).toObject();
}

function manyKeys(count: number): MemorySnapshot {
  const snapshot = new MemorySnapshot();
  for (let i = 0; i < count; i++) {
    snapshot.put('cc', `key${String(i).padStart(5, '0')}`, 'value', { block: 1, tx: i });
  }
  return snapshot;
}

describe('a connection to a chaincode server', () => {
  let server: RunningServer;
  let chaincode: TestChaincode;

  beforeAll(async () => {
    server = await runChaincodeServer(PACKAGE_ID, await freeAddress());
    chaincode = new TestChaincode(server.address);
    await chaincode.connection.ready();
  });

  afterAll(async () => {
    chaincode.connection.close();
    await server.kill();
  });

  test('reads committed state and records the version it read', async () => {
    const snapshot = new MemorySnapshot().put('cc', 'key', 'value', { block: 7, tx: 2 });
    const call = testCall(snapshot, ['get', 'key']);
    expect(await chaincode.evaluate(call)).toBe('value');
    const { readsList, writesList } = readWriteSet(call);
    expect(readsList).toEqual([{ key: 'key', version: { blockNum: 7, txNum: 2 } }]);
    expect(writesList).toEqual([]);
  });

  test('gives nothing for a key that is not there', async () => {
    expect(await chaincode.evaluate(testCall(new MemorySnapshot(), ['get', 'key']))).toBe('');
  });

  test('does not read its own writes', async () => {
    const call = testCall(new MemorySnapshot().put('cc', 'key', 'old'), [
      'putAndGet',
      'key',
      'new',
    ]);
    expect(await chaincode.evaluate(call)).toBe('old');
    expect(readWriteSet(call).writesList).toEqual([
      { key: 'key', isDelete: false, value: Buffer.from('new').toString('base64') },
    ]);
  });

  test('deletes', async () => {
    const call = testCall(new MemorySnapshot(), ['delete', 'key']);
    await chaincode.evaluate(call);
    expect(readWriteSet(call).writesList).toEqual([{ key: 'key', isDelete: true, value: '' }]);
  });

  test('scans a range longer than one message', async () => {
    const call = testCall(manyKeys(250), ['scan', 'key00010', 'key00240']);
    const keys = (await chaincode.evaluate(call)) as string[];
    expect(keys).toHaveLength(230);
    expect(keys.at(0)).toBe('key00010');
    expect(keys.at(-1)).toBe('key00239');
    const [query] = readWriteSet(call).rangeQueriesInfoList;
    expect(query).toMatchObject({ startKey: 'key00010', endKey: 'key00240', itrExhausted: true });
    expect(query?.readsMerkleHashes?.maxLevelHashesList).toHaveLength(5);
  });

  test('records the one result that it looked ahead, as a peer does', async () => {
    const call = testCall(manyKeys(250), ['scan', 'key', 'kez', '3']);
    expect(await chaincode.evaluate(call)).toHaveLength(3);
    const [query] = readWriteSet(call).rangeQueriesInfoList;
    expect(query).toMatchObject({ endKey: 'key00100', itrExhausted: false });
  });

  test('pages through a range', async () => {
    const snapshot = manyKeys(25);
    const first = await chaincode.evaluate(testCall(snapshot, ['page', 'key', 'kez', '20']));
    expect(first).toMatchObject({ fetchedRecordsCount: 20, bookmark: 'key00020' });
    const second = testCall(snapshot, ['page', 'key', 'kez', '20', 'key00020']);
    expect(await chaincode.evaluate(second)).toMatchObject({
      fetchedRecordsCount: 5,
      bookmark: '',
    });
  });

  test('puts no limit of its own on a page', async () => {
    const call = testCall(manyKeys(250), ['page', '', '', '240']);
    const page = (await chaincode.evaluate(call)) as { keys: string[] };
    expect(page.keys).toHaveLength(240);
  });

  test('refuses to write after a paginated query', async () => {
    const call = testCall(manyKeys(1), ['pageThenPut'], { txId: 'pages' });
    await expect(chaincode.evaluate(call)).rejects.toThrow(
      'PUT_STATE failed: transaction ID: pages: txid [pages]: unsuppored transaction. ' +
        'Transaction has already performed a paginated query. Writes are not allowed',
    );
  });

  test('scans composite keys, up to those of the highest code points', async () => {
    const snapshot = new MemorySnapshot();
    for (const part of ['a', '\u{e000}', '\u{1f600}']) {
      const call = testCall(snapshot, ['putComposite', 'car', 'x', part]);
      await chaincode.evaluate(call);
      const [write] = readWriteSet(call).writesList;
      snapshot.put('cc', write?.key ?? '', 'value');
    }
    snapshot.put('cc', '\0bus\0x\0', 'value');
    const found = await chaincode.evaluate(testCall(snapshot, ['scanComposite', 'car', 'x']));
    expect(found).toEqual([
      ['x', 'a'],
      ['x', '\u{e000}'],
      ['x', '\u{1f600}'],
    ]);
  });

  test('gives the history of a key, newest first, with nanoseconds', async () => {
    const snapshot = new MemorySnapshot();
    for (let i = 0; i < 150; i++) {
      const timestamp = { seconds: 1_700_000_000 + i, nanos: 123_456_789 };
      const value = Buffer.from(String(i));
      snapshot.modify('cc', 'key', { txId: `t${i}`, value, timestamp, isDelete: i === 149 });
    }
    const call = testCall(snapshot, ['history', 'key']);
    const history = (await chaincode.evaluate(call)) as unknown[];
    expect(history).toHaveLength(150);
    expect(history.at(0)).toEqual({
      txId: 't149',
      value: '149',
      isDelete: true,
      timestamp: { seconds: 1_700_000_149, nanos: 123_456_789 },
    });
    expect(readWriteSet(call).rangeQueriesInfoList).toEqual([]);
  });

  test('writes and reads the policy of a key', async () => {
    const write = testCall(new MemorySnapshot(), ['setPolicy', 'key', 'policy']);
    await chaincode.evaluate(write);
    const [metadata] = readWriteSet(write).metadataWritesList;
    const policy = Buffer.from('policy').toString('base64');
    expect(metadata).toEqual({
      key: 'key',
      entriesList: [{ name: 'VALIDATION_PARAMETER', value: policy }],
    });
    const stored = new ledger.rwset.kvrwset.KVMetadataWrite();
    const entry = new ledger.rwset.kvrwset.KVMetadataEntry();
    entry.setName('VALIDATION_PARAMETER');
    entry.setValue(policy);
    stored.addEntries(entry);
    const snapshot = new MemorySnapshot();
    snapshot.put('cc', 'key', 'value', { block: 1, tx: 0 }, stored.serializeBinary());
    const read = testCall(snapshot, ['getPolicy', 'key']);
    expect(await chaincode.evaluate(read)).toBe('policy');
    expect(readWriteSet(read).readsList).toHaveLength(1);
  });

  test.each([
    ['richQuery', 'GET_QUERY_RESULT', 'ExecuteQuery not supported for leveldb'],
    ['privateGet', 'GET_STATE', 'collection channel/cc/collection could not be found'],
    [
      'privateHash',
      'GET_PRIVATE_DATA_HASH',
      'collection [collection] not defined in the collection config for chaincode [cc]',
    ],
  ])('refuses %s with a clear error', async (operation, type, text) => {
    const call = testCall(new MemorySnapshot(), [operation], { txId: 'refused' });
    await expect(chaincode.evaluate(call)).rejects.toThrow(
      `${type} failed: transaction ID: refused: ${text}`,
    );
  });

  test('hands out the event, with chaincode and transaction', async () => {
    const call = testCall(new MemorySnapshot(), ['emit', 'sold', 'car'], { txId: 'event' });
    const { event } = await chaincode.execute(call);
    expect(event?.toObject()).toEqual({
      chaincodeId: 'cc',
      txId: 'event',
      eventName: 'sold',
      payload: Buffer.from('car').toString('base64'),
    });
  });

  test('has no event of a chaincode that failed', async () => {
    const { response, event } = await chaincode.execute(
      testCall(new MemorySnapshot(), ['emitAndFail']),
    );
    expect(response.getStatus()).toBe(500);
    expect(response.getMessage()).toBe('failed on purpose');
    expect(event).toBeUndefined();
  });

  test('passes transient data on', async () => {
    const call = testCall(new MemorySnapshot(), ['transient', 'passphrase']);
    expect(await chaincode.evaluate(call)).toBe('sesame');
  });

  test('serves many transactions at once, each its own', async () => {
    const calls = Array.from({ length: 200 }, (_, i) => {
      const snapshot = new MemorySnapshot().put('cc', 'a', `a${i}`).put('cc', 'b', `b${i}`);
      return chaincode.evaluate(testCall(snapshot, ['parallel', 'a', 'b', 'a']));
    });
    const expected = calls.map((_, i) => [`a${i}`, `b${i}`, `a${i}`]);
    expect(await Promise.all(calls)).toEqual(expected);
  });

  test('refuses a transaction id that is at work', async () => {
    const first = chaincode.evaluate(
      testCall(new MemorySnapshot(), ['late', '100'], { txId: 'twice' }),
    );
    const second = chaincode.execute(
      testCall(new MemorySnapshot(), ['get', 'key'], { txId: 'twice' }),
    );
    await expect(second).rejects.toMatchObject({
      code: 'duplicate-transaction',
      message: 'failed to execute transaction twice: error sending: txid: twice(channel) exists',
    });
    expect(await first).toBe('');
  });

  test('a chaincode that calls itself is told that the transaction exists', async () => {
    const call = testCall(new MemorySnapshot(), ['call', 'cc', '', 'get', 'key'], { txId: 'self' });
    await expect(chaincode.evaluate(call)).rejects.toThrow(
      'INVOKE_CHAINCODE failed: transaction ID: self: execute failed: error sending: ' +
        'txid: self(channel) exists',
    );
  });

  test('times out on a hanging chaincode, and leaves nothing behind', async () => {
    const snapshot = manyKeys(5);
    const call = testCall(snapshot, ['openScan'], { txId: 'hangs', timeoutMs: 150 });
    await expect(chaincode.execute(call)).rejects.toMatchObject({
      code: 'execution-timeout',
      message:
        'failed to execute transaction hangs: error sending: ' +
        'timeout expired while executing transaction',
    });
    expect(snapshot.openQueries).toBe(0);
    expect(chaincode.connection.activeCalls).toBe(0);
    expect(chaincode.timers.running).toBe(0);
    expect(await chaincode.evaluate(testCall(snapshot, ['get', 'key00000']))).toBe('value');
  });

  test('tells a chaincode that asks after its time that there is no ledger context', async () => {
    const snapshot = new MemorySnapshot();
    const call = testCall(snapshot, ['late', '100'], { timeoutMs: 20 });
    await expect(chaincode.execute(call)).rejects.toMatchObject({ code: 'execution-timeout' });
    call.simulator.done();
    snapshot.close();
    // The late request and the late answer arrive while this waits, and do no harm.
    expect(await chaincode.evaluate(testCall(new MemorySnapshot(), ['late', '150']))).toBe('');
  });

  test('stops waiting when the caller gives up', async () => {
    const controller = new AbortController();
    const call = testCall(new MemorySnapshot(), ['hang'], { signal: controller.signal });
    const running = chaincode.execute(call);
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    expect(chaincode.connection.activeCalls).toBe(0);
  });
});
