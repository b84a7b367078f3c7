import type {
  ChaincodeEvent,
  ChaincodeEventsOptions,
  CloseableAsyncIterable,
} from '@hyperledger/fabric-gateway';
import { status } from '@grpc/grpc-js';
import { sleep } from '@passport/runtime';
import { describe, expect, test } from 'vitest';

import type { CurrentFixture } from '../fixture.ts';

/** Long enough for an event to come that should not. */
const QUIET_MS = 400;

/** Chaincode events as the gateway's stream gives them. */
export function describeChaincodeEvents(current: CurrentFixture): void {
  const eventsOf = (
    options: ChaincodeEventsOptions,
    chaincode = 'probe',
  ): Promise<CloseableAsyncIterable<ChaincodeEvent>> =>
    current().maker.network.getChaincodeEvents(chaincode, options);
  const emit = (name: string, payload = '') => current().maker.submit(['event', name, payload]);

  describe('chaincode events', () => {
    test('an event has its name, payload, transaction and block', async () => {
      const { block, txId } = await emit('named', 'payload');
      const [event] = await take(await eventsOf({ startBlock: BigInt(block) }), 1);
      expect(event).toEqual({
        blockNumber: BigInt(block),
        transactionId: txId,
        chaincodeName: 'probe',
        eventName: 'named',
        payload: new Uint8Array(Buffer.from('payload')),
      });
    });

    test('of two events of one transaction the last one stays', async () => {
      const { maker } = current();
      const { block } = await maker.submit(['event', 'first', '1'], ['event', 'last', '2']);
      await emit('after');
      const events = await take(await eventsOf({ startBlock: BigInt(block) }), 2);
      expect(events.map(({ eventName }) => eventName)).toEqual(['last', 'after']);
    });

    test('from a past block on, those of the past come first, then new ones', async () => {
      const first = await emit('one');
      await emit('two');
      const stream = await eventsOf({ startBlock: BigInt(first.block) });
      await emit('three');
      const events = await take(stream, 3);
      expect(events.map(({ eventName }) => eventName)).toEqual(['one', 'two', 'three']);
    });

    test('from block zero on, the first event of all comes first', async () => {
      await emit('some');
      const [event] = await take(await eventsOf({ startBlock: 0n }), 1);
      const [again] = await take(await eventsOf({ startBlock: event?.blockNumber ?? 0n }), 1);
      expect(again).toEqual(event);
    });

    test('without a start, only what comes from now on', async () => {
      await emit('before');
      const stream = await eventsOf({});
      const taken = take(stream, 1);
      const stop = new AbortController();
      const emitting = emitUntil(stop.signal);
      const [event] = await taken;
      stop.abort();
      await emitting;
      expect(event?.eventName).toBe('from now on');
    });

    test('after a checkpoint, from the transaction behind it on', async () => {
      const seen = await emit('seen');
      await emit('next');
      const checkpoint = {
        getBlockNumber: () => BigInt(seen.block),
        getTransactionId: () => seen.txId,
      };
      const [event] = await take(await eventsOf({ checkpoint }), 1);
      expect(event?.eventName).toBe('next');
    });

    test('after a checkpoint without a transaction, from its block on', async () => {
      const { block } = await emit('of the block');
      const checkpoint = {
        getBlockNumber: () => BigInt(block),
        getTransactionId: () => undefined,
      };
      const [event] = await take(await eventsOf({ checkpoint }), 1);
      expect(event?.eventName).toBe('of the block');
    });

    test('a start above the newest block is waited for', async () => {
      const height = await current().height();
      const stream = await eventsOf({ startBlock: BigInt(height + 1) });
      await emit('too early');
      await emit('in time');
      const [event] = await take(stream, 1);
      expect(event?.eventName).toBe('in time');
    });

    test('the events of invalid transactions are left out', async () => {
      const { maker } = current();
      const key = current().key();
      const steps = (name: string) =>
        [
          ['increment', key, 1],
          ['event', name, ''],
        ] as const;
      const first = await maker.endorse(steps('valid'));
      const second = await maker.endorse(steps('invalid'));
      const { block } = await (await first.submit())();
      expect(await (await second.submit())()).toMatchObject({ code: 'MVCC_READ_CONFLICT' });
      await emit('after');
      const events = await take(await eventsOf({ startBlock: BigInt(block) }), 2);
      expect(events.map(({ eventName }) => eventName)).toEqual(['valid', 'after']);
    });

    test('those of other chaincodes are left out', async () => {
      const { maker } = current();
      const { block } = await emit('of the probe');
      const stream = await eventsOf({ startBlock: BigInt(block) }, 'open');
      const other = await maker.endorse([['event', 'of the other', '']], { chaincode: 'open' });
      await (
        await other.submit()
      )();
      const [event] = await take(stream, 1);
      expect(event).toMatchObject({ chaincodeName: 'open', eventName: 'of the other' });
    });

    test('a chaincode that is not there has none, and that is no error', async () => {
      const { block } = await emit('of the probe');
      const stream = await eventsOf({ startBlock: BigInt(block) }, 'nowhere');
      const next = stream[Symbol.asyncIterator]().next();
      const outcome = await Promise.race([
        next.then(() => 'event'),
        sleep(QUIET_MS).then(() => 'quiet'),
      ]);
      expect(outcome).toBe('quiet');
      stream.close();
      await expect(next).rejects.toMatchObject({ code: status.CANCELLED });
    });
  });

  async function emitUntil(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) await emit('from now on');
  }
}

async function take<T>(stream: CloseableAsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  try {
    for await (const item of stream) {
      taken.push(item);
      if (taken.length === count) break;
    }
  } finally {
    stream.close();
  }
  return taken;
}
