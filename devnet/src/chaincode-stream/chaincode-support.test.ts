import { ledger, peer } from '@hyperledger/fabric-protos';
import { describe, expect, test } from 'vitest';

import { MemorySnapshot } from '../simulation/testing/memory-snapshot.ts';
import type { ChaincodeCall } from './chaincode-call.ts';
import { ChaincodeError } from './chaincode-error.ts';
import { ChaincodeSupport } from './chaincode-support.ts';
import { freeAddress, runChaincodeServer } from './testing/run-chaincode-server.ts';
import { testCall } from './testing/test-calls.ts';
import { TestChaincode } from './testing/test-chaincode.ts';

describe('a chaincode that calls another', () => {
  test('shares the transaction on the same channel, and only reads on another', async () => {
    const [mine, others] = await Promise.all(
      ['cc:1', 'other:1'].map(async (packageId) => {
        const address = await freeAddress();
        return { packageId, server: await runChaincodeServer(packageId, address) };
      }),
    );
    if (mine === undefined || others === undefined) throw new Error('no servers');
    const [first, second] = [mine, others].map(
      ({ packageId, server }) => new TestChaincode(server.address, { packageId }).connection,
    );
    if (first === undefined || second === undefined) throw new Error('no connections');
    const elsewhere = new MemorySnapshot().put('other', 'key', 'elsewhere');
    const support = new ChaincodeSupport({
      find: (call) => (call.chaincodeName === 'cc' ? first : second),
      openChannel: (channelId, txId) =>
        channelId === 'elsewhere'
          ? {
              simulator: testCall(elsewhere, [], { txId }).simulator,
              close: () => elsewhere.close(),
            }
          : undefined,
    });
    const run = async (...args: string[]): Promise<{ text: string; call: ChaincodeCall }> => {
      const snapshot = new MemorySnapshot().put('other', 'key', 'here');
      const call = testCall(snapshot, args, { txId: 'calls' });
      const { response } = await support.execute(call);
      return {
        text: Buffer.from(response.getPayload_asU8()).toString() + response.getMessage(),
        call,
      };
    };

    const put = await run('call', 'other', '', 'putAndGet', 'key', 'new');
    expect(put.text).toBe(JSON.stringify('200 "here"'));
    const set = ledger.rwset.TxReadWriteSet.deserializeBinary(
      put.call.simulator.results().readWriteSet,
    );
    expect(set.getNsRwsetList().map((entry) => entry.getNamespace())).toEqual(['other']);

    const failing = await run('call', 'other', '', 'emitAndFail');
    expect(failing.text).toBe(JSON.stringify('500 failed on purpose'));

    const remote = await run('call', 'other', 'elsewhere', 'putAndGet', 'key', 'new');
    expect(remote.text).toBe(JSON.stringify('200 "elsewhere"'));
    expect(remote.call.simulator.results().interest).toEqual([]);
    expect(elsewhere.isClosed).toBe(true);

    const nowhere = await run('call', 'other', 'nowhere', 'get', 'key');
    expect(nowhere.text).toBe(
      'INVOKE_CHAINCODE failed: transaction ID: calls: ' +
        'Failed to get policy manager for channel [nowhere]',
    );
    first.close();
    second.close();
    await Promise.all([mine.server.kill(), others.server.kill()]);
  });
});

describe('ChaincodeSupport, of a chaincode that', () => {
  function answering(message: peer.ChaincodeMessage): ChaincodeSupport {
    return new ChaincodeSupport({
      find: () => ({ run: () => Promise.resolve(message) }),
      openChannel: () => undefined,
    });
  }

  test('answers with an error, reports its text', async () => {
    const message = new peer.ChaincodeMessage();
    message.setType(peer.ChaincodeMessage.Type.ERROR);
    message.setPayload(Buffer.from('out of order'));
    const running = answering(message).execute(testCall(new MemorySnapshot(), []));
    await expect(running).rejects.toMatchObject({
      code: 'execution-failed',
      message: 'transaction returned with failure: out of order',
    });
  });

  test('answers with something unreadable, says so', async () => {
    const message = new peer.ChaincodeMessage();
    message.setType(peer.ChaincodeMessage.Type.COMPLETED);
    message.setPayload(Buffer.from([0x0a, 0xff]));
    const running = answering(message).execute(testCall(new MemorySnapshot(), [], { txId: 'tx' }));
    await expect(running).rejects.toMatchObject({
      code: 'bad-response',
      message: 'failed to unmarshal response for transaction tx',
    });
  });

  test('is not defined, says what the lookup says', async () => {
    const support = new ChaincodeSupport({
      find: () => {
        throw new ChaincodeError('invalid-invocation', 'chaincode cc not found');
      },
      openChannel: () => undefined,
    });
    const running = support.execute(testCall(new MemorySnapshot(), [], { txId: 'tx' }));
    await expect(running).rejects.toMatchObject({
      code: 'invalid-invocation',
      message: 'failed to execute transaction tx: invalid invocation: chaincode cc not found',
    });
  });
});
