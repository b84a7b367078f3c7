import { peer } from '@hyperledger/fabric-protos';
import { describe, expect, test } from 'vitest';

import { MemorySnapshot } from '../simulation/testing/memory-snapshot.ts';
import type { InvokeChaincode } from './chaincode-call.ts';
import { ChaincodeStream, ProtocolError } from './chaincode-stream.ts';
import { testCall } from './testing/test-calls.ts';

const { Type } = peer.ChaincodeMessage;
type TypeNumber = Parameters<peer.ChaincodeMessage['setType']>[0];

const callsNobody: InvokeChaincode = () => Promise.reject(new Error('not expected'));

function message(
  type: TypeNumber,
  txId = '',
  payload: Uint8Array = new Uint8Array(0),
): peer.ChaincodeMessage {
  const message = new peer.ChaincodeMessage();
  message.setType(type);
  message.setTxid(txId);
  message.setChannelId(txId === '' ? '' : 'channel');
  message.setPayload(payload);
  return message;
}

function registration(name: string): peer.ChaincodeMessage {
  const id = new peer.ChaincodeID();
  id.setName(name);
  return message(Type.REGISTER, '', id.serializeBinary());
}

function getState(key: string, collection = ''): Uint8Array {
  const request = new peer.GetState();
  request.setKey(key);
  request.setCollection(collection);
  return request.serializeBinary();
}

/** A stream with this test at its other end. */
class TestStream {
  readonly sent: peer.ChaincodeMessage[] = [];
  readonly stream: ChaincodeStream;
  timers = 0;
  isReady = false;

  constructor(totalQueryLimit = 100_000) {
    this.stream = new ChaincodeStream({
      packageId: 'cc:1',
      totalQueryLimit,
      send: (message) => void this.sent.push(message),
      startTimer: () => {
        this.timers += 1;
        return () => void (this.timers -= 1);
      },
      onReady: () => void (this.isReady = true),
    });
  }

  static registered(totalQueryLimit?: number): TestStream {
    const test = new TestStream(totalQueryLimit);
    test.stream.receive(registration('cc:1'));
    test.sent.length = 0;
    return test;
  }

  /** The results of a query in the last message sent. */
  lastResults(): peer.QueryResponse {
    const payload = this.sent.at(-1)?.getPayload_asU8() ?? new Uint8Array(0);
    return peer.QueryResponse.deserializeBinary(payload);
  }

  /** Sends a request and gives the type and the text of the answer. */
  ask(type: TypeNumber, txId: string, payload?: Uint8Array): [type: number, text: string] {
    const before = this.sent.length;
    this.stream.receive(message(type, txId, payload));
    const answer = this.sent[before];
    if (answer === undefined) return [-1, ''];
    return [answer.getType(), Buffer.from(answer.getPayload_asU8()).toString()];
  }
}

describe('ChaincodeStream, before it is ready,', () => {
  test('answers a registration and is ready', () => {
    const test = new TestStream();
    test.stream.receive(registration('cc:1'));
    expect(test.sent.map((message) => message.getType())).toEqual([Type.REGISTERED, Type.READY]);
    expect(test.isReady).toBe(true);
  });

  test('ends on another name', () => {
    const test = new TestStream();
    expect(() => test.stream.receive(registration('cc:2'))).toThrow(
      new ProtocolError('chaincode registered as "cc:2", expected "cc:1"'),
    );
    expect(test.isReady).toBe(false);
  });

  test('ends on any other message, and passes over keepalives', () => {
    const { stream } = new TestStream();
    stream.receive(message(Type.KEEPALIVE));
    expect(() => stream.receive(message(Type.GET_STATE, 'tx'))).toThrow(
      new ProtocolError(
        '[tx] Fabric side handler cannot handle message (GET_STATE) while in created state',
      ),
    );
  });

  test('runs nothing', async () => {
    const { stream } = new TestStream();
    const call = testCall(new MemorySnapshot(), []);
    await expect(stream.run(call, callsNobody)).rejects.toMatchObject({
      code: 'stream-terminated',
    });
  });
});

describe('ChaincodeStream', () => {
  test('gives the first message that completes a call, and passes over a second', async () => {
    const { stream, sent } = TestStream.registered();
    const running = stream.run(testCall(new MemorySnapshot(), ['a'], { txId: 'tx' }), callsNobody);
    expect(sent[0]?.getType()).toBe(Type.TRANSACTION);
    stream.receive(message(Type.COMPLETED, 'tx', Buffer.from('first')));
    stream.receive(message(Type.COMPLETED, 'tx', Buffer.from('second')));
    stream.receive(message(Type.ERROR, 'unknown', Buffer.from('third')));
    expect(Buffer.from((await running).getPayload_asU8()).toString()).toBe('first');
    expect(sent).toHaveLength(1);
  });

  test('refuses requests of a call that is over', async () => {
    const test = TestStream.registered();
    const running = test.stream.run(
      testCall(new MemorySnapshot(), [], { txId: 'tx' }),
      callsNobody,
    );
    test.stream.receive(message(Type.COMPLETED, 'tx'));
    await running;
    expect(test.ask(Type.GET_STATE, 'tx', getState('key'))).toEqual([
      Type.ERROR,
      'GET_STATE failed: transaction ID: tx: no ledger context',
    ]);
    expect(test.ask(Type.INVOKE_CHAINCODE, 'tx')).toEqual([
      Type.ERROR,
      'INVOKE_CHAINCODE failed: transaction ID: tx: could not get valid transaction',
    ]);
  });

  test('refuses what it cannot decode, and goes on', () => {
    const test = TestStream.registered();
    void test.stream.run(testCall(new MemorySnapshot(), [], { txId: 'tx' }), callsNobody);
    const garbage = Buffer.from([0x0a, 0xff]);
    for (const type of [Type.GET_STATE, Type.PUT_STATE, Type.GET_STATE_BY_RANGE] as const) {
      expect(test.ask(type, 'tx', garbage)).toEqual([
        Type.ERROR,
        expect.stringMatching(/^[A-Z_]+ failed: transaction ID: tx: unmarshal failed: /),
      ]);
    }
    expect(test.ask(Type.GET_STATE, 'tx', getState('key'))).toEqual([Type.RESPONSE, '']);
  });

  test.each([
    [Type.WRITE_BATCH_STATE, 'WRITE_BATCH_STATE'],
    [Type.REGISTER, 'REGISTER'],
    [Type.TRANSACTION, 'TRANSACTION'],
  ] as const)('ends on message %i, which a chaincode must not send', (type, name) => {
    const { stream } = TestStream.registered();
    expect(() => stream.receive(message(type, 'tx'))).toThrow(
      new ProtocolError(
        `[tx] Fabric side handler cannot handle message (${name}) while in ready state`,
      ),
    );
  });

  test('when it ends, fails every call and leaves nothing behind', async () => {
    const test = TestStream.registered();
    const snapshot = new MemorySnapshot();
    for (let i = 0; i < 300; i++) snapshot.put('cc', `key${i}`, 'value');
    const calls = ['one', 'two'].map((txId) =>
      test.stream.run(testCall(snapshot, [], { txId }), callsNobody),
    );
    test.ask(Type.GET_STATE_BY_RANGE, 'one', new Uint8Array(0));
    expect([snapshot.openQueries, test.timers, test.stream.activeCalls]).toEqual([1, 2, 2]);
    test.stream.end();
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes).toMatchObject([
      { reason: { code: 'stream-terminated', message: 'chaincode stream terminated' } },
      { reason: { code: 'stream-terminated' } },
    ]);
    expect([snapshot.openQueries, test.timers, test.stream.activeCalls]).toEqual([0, 0, 0]);
    expect(test.ask(Type.GET_STATE, 'one', getState('key'))).toEqual([-1, '']);
  });

  test('ends a query at the limit of all results', () => {
    const test = TestStream.registered(150);
    const snapshot = new MemorySnapshot();
    for (let i = 0; i < 300; i++) snapshot.put('cc', `key${i}`, 'value');
    void test.stream.run(testCall(snapshot, [], { txId: 'tx' }), callsNobody);
    test.stream.receive(message(Type.GET_STATE_BY_RANGE, 'tx'));
    const first = test.lastResults();
    expect([first.getResultsList().length, first.getHasMore()]).toEqual([100, true]);
    const next = new peer.QueryStateNext();
    next.setId(first.getId());
    test.stream.receive(message(Type.QUERY_STATE_NEXT, 'tx', next.serializeBinary()));
    const second = test.lastResults();
    expect([second.getResultsList().length, second.getHasMore()]).toEqual([50, false]);
    expect(test.ask(Type.QUERY_STATE_NEXT, 'tx', next.serializeBinary())).toEqual([
      Type.ERROR,
      'QUERY_STATE_NEXT failed: transaction ID: tx: query iterator not found',
    ]);
  });

  test('drops requests of a call while another chaincode works for it', async () => {
    const test = TestStream.registered();
    let finish = (_message: peer.ChaincodeMessage): void => {};
    const invoke: InvokeChaincode = () => new Promise((resolve) => (finish = resolve));
    void test.stream.run(testCall(new MemorySnapshot(), [], { txId: 'tx' }), invoke);
    test.stream.receive(message(Type.INVOKE_CHAINCODE, 'tx'));
    expect(test.ask(Type.GET_STATE, 'tx', getState('key'))).toEqual([-1, '']);
    finish(message(Type.COMPLETED, 'tx'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(test.sent.at(-1)?.getType()).toBe(Type.RESPONSE);
    expect(test.ask(Type.GET_STATE, 'tx', getState('key'))).toEqual([Type.RESPONSE, '']);
  });
});
