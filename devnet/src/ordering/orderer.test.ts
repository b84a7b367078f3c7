import { common } from '@hyperledger/fabric-protos';
import { describe, expect, test } from 'vitest';

import { Orderer, type OrdererOptions } from './orderer.ts';

const { SUCCESS, BAD_REQUEST, FORBIDDEN, SERVICE_UNAVAILABLE } = common.Status;
const NOW = new Date('2026-05-01T00:00:00Z');

/** A timer that a test lets fire. */
class TestTimers {
  readonly #armed = new Set<() => void>();

  readonly start = (_ms: number, onTime: () => void): (() => void) => {
    this.#armed.add(onTime);
    return () => this.#armed.delete(onTime);
  };

  get armed(): number {
    return this.#armed.size;
  }

  fire(): void {
    for (const onTime of this.#armed) {
      this.#armed.delete(onTime);
      onTime();
    }
  }
}

/** An orderer whose commits a test holds up, lets through, or has fail. */
class TestOrderer {
  readonly timers = new TestTimers();
  readonly batches: string[][] = [];
  readonly failures: unknown[] = [];
  readonly orderer: Orderer;
  commit: () => Promise<void> = () => Promise.resolve();

  constructor(options: Partial<OrdererOptions> = {}) {
    this.orderer = new Orderer({
      channel: {
        channelId: 'passport',
        authorizeBroadcast: () => undefined,
        creatorExpiresAt: () => undefined,
      },
      batchSize: { maxMessageCount: 3, absoluteMaxBytes: 1_000, preferredMaxBytes: 500 },
      batchTimeoutMs: 5,
      pendingMax: 100,
      now: () => NOW,
      startTimer: this.timers.start,
      commit: async (batch) => {
        this.batches.push(batch.map(({ envelope }) => txIdOf(envelope)));
        await this.commit();
      },
      onFailure: (error) => this.failures.push(error),
      ...options,
    });
  }

  /** Broadcasts an envelope; returns the status. */
  send(txId: string, edit?: (header: common.ChannelHeader) => void): number {
    return this.orderer.broadcast(envelopeOf(txId, edit)).status;
  }

  /** Holds up the commits that begin from now on; returns what ends them all. */
  holdCommits(): { release: () => void; fail: (error: Error) => void } {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.commit = () => promise;
    return { release: () => resolve(undefined), fail: reject };
  }
}

function envelopeOf(txId: string, edit?: (header: common.ChannelHeader) => void): common.Envelope {
  const channelHeader = new common.ChannelHeader();
  channelHeader.setChannelId('passport');
  channelHeader.setType(common.HeaderType.ENDORSER_TRANSACTION);
  channelHeader.setTxId(txId);
  edit?.(channelHeader);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope;
}

function txIdOf(envelope: common.Envelope): string {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  return common.ChannelHeader.deserializeBinary(
    payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(0),
  ).getTxId();
}

/** Lets everything that is ready to run, run. */
async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe('cutting', () => {
  test('a full batch is a block at once, in the order of arrival', async () => {
    const its = new TestOrderer();
    for (const txId of ['a', 'b', 'c', 'd']) expect(its.send(txId)).toBe(SUCCESS);
    await settle();
    expect(its.batches).toEqual([['a', 'b', 'c']]);
    expect(its.orderer.pendingCount).toBe(1);
  });

  test('the timeout makes a block of what waits, and is armed again by the next envelope', async () => {
    const its = new TestOrderer();
    its.send('a');
    expect(its.timers.armed).toBe(1);
    its.timers.fire();
    await settle();
    expect(its.batches).toEqual([['a']]);
    expect(its.timers.armed).toBe(0);
    its.send('b');
    its.timers.fire();
    await settle();
    expect(its.batches).toEqual([['a'], ['b']]);
  });

  test('while a block is being written the next one grows', async () => {
    const its = new TestOrderer();
    const held = its.holdCommits();
    its.send('a');
    its.timers.fire();
    await settle();
    its.send('b');
    its.timers.fire();
    await settle();
    its.send('c');
    held.release();
    await settle();
    expect(its.batches).toEqual([['a'], ['b', 'c']]);
  });

  test('without automatic cutting only a full batch or cut() makes a block', async () => {
    const its = new TestOrderer();
    its.orderer.setAutomaticCutting(false);
    its.send('a');
    expect(its.timers.armed).toBe(0);
    await settle();
    expect(its.batches).toEqual([]);
    await its.orderer.cut();
    expect(its.batches).toEqual([['a']]);
    its.send('b');
    its.orderer.setAutomaticCutting(true);
    expect(its.timers.armed).toBe(1);
  });

  test('a timeout that waits for a block is forgotten when automatic cutting is switched off', async () => {
    const its = new TestOrderer();
    const held = its.holdCommits();
    its.send('a');
    its.timers.fire();
    await settle();
    its.send('b');
    its.timers.fire();
    its.orderer.setAutomaticCutting(false);
    held.release();
    await settle();
    expect(its.batches).toEqual([['a']]);
  });

  test('cut() resolves when what was in line is durable', async () => {
    const its = new TestOrderer();
    const held = its.holdCommits();
    its.send('a');
    let done = false;
    const cut = its.orderer.cut().then(() => {
      done = true;
    });
    await settle();
    expect(done).toBe(false);
    held.release();
    await cut;
    expect(its.orderer.pendingCount).toBe(0);
  });
});

describe('what is refused', () => {
  test('envelopes above the limit of those that wait', async () => {
    const its = new TestOrderer({ pendingMax: 2 });
    const held = its.holdCommits();
    expect([its.send('a'), its.send('b'), its.send('c')]).toEqual([
      SUCCESS,
      SUCCESS,
      SERVICE_UNAVAILABLE,
    ]);
    held.release();
    await its.orderer.cut();
    expect(its.send('c')).toBe(SUCCESS);
  });

  test('another channel, a configuration, bytes that are no message', () => {
    const its = new TestOrderer();
    expect(its.send('a', (header) => header.setChannelId('other'))).toBe(BAD_REQUEST);
    for (const type of ['CONFIG', 'CONFIG_UPDATE', 'ORDERER_TRANSACTION'] as const) {
      expect(its.send('a', (header) => header.setType(common.HeaderType[type]))).toBe(BAD_REQUEST);
    }
    const envelope = new common.Envelope();
    expect(its.orderer.broadcast(envelope).info).toMatch(/header not set$/);
    envelope.setPayload(Uint8Array.of(0xff));
    expect(its.orderer.broadcast(envelope).status).toBe(BAD_REQUEST);
  });

  test('more bytes than a block may have, whoever sent them', () => {
    const its = new TestOrderer();
    const result = its.orderer.broadcast(envelopeOf('x'.repeat(1_001)));
    expect(result.info).toMatch(/^message payload is \d+ bytes and exceeds maximum allowed 1000/);
  });

  test('a creator that has expired or may not write, with the reason', () => {
    const channel = {
      channelId: 'passport',
      authorizeBroadcast: () => {
        throw new Error('implicit policy evaluation failed');
      },
      creatorExpiresAt: () => NOW,
    };
    const expired = new TestOrderer({ channel }).orderer.broadcast(envelopeOf('a'));
    expect(expired).toEqual({ status: BAD_REQUEST, info: 'broadcast client identity expired' });
    const options = { channel: { ...channel, creatorExpiresAt: () => undefined } };
    expect(new TestOrderer(options).orderer.broadcast(envelopeOf('a'))).toEqual({
      status: FORBIDDEN,
      info: 'implicit policy evaluation failed: permission denied',
    });
  });
});

describe('idle and end', () => {
  test('whileIdle commits what is in line, and holds up what comes meanwhile', async () => {
    const its = new TestOrderer();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    its.send('a');
    const idle = its.orderer.whileIdle(() => promise.then(() => undefined));
    await settle();
    expect(its.batches).toEqual([['a']]);
    for (const txId of ['b', 'c', 'd']) its.send(txId);
    await settle();
    expect(its.batches).toEqual([['a']]);
    resolve(undefined);
    await idle;
    await settle();
    expect(its.batches).toEqual([['a'], ['b', 'c', 'd']]);
  });

  test('work that fails while idle is told to its caller only', async () => {
    const its = new TestOrderer();
    const failure = its.orderer.whileIdle(() => Promise.reject(new Error('disk')));
    await expect(failure).rejects.toThrow('disk');
    its.send('a');
    await its.orderer.cut();
    expect(its.batches).toEqual([['a']]);
    expect(its.failures).toEqual([]);
  });

  test('close() commits what is in line and refuses what comes', async () => {
    const its = new TestOrderer();
    its.send('a');
    await its.orderer.close();
    expect(its.batches).toEqual([['a']]);
    expect(its.send('b')).toBe(SERVICE_UNAVAILABLE);
    expect(its.timers.armed).toBe(0);
  });
});

describe('a commit that fails', () => {
  test('is told once, and nothing after it is committed or taken in', async () => {
    const its = new TestOrderer();
    const held = its.holdCommits();
    for (const txId of ['a', 'b', 'c', 'd', 'e', 'f']) its.send(txId);
    await settle();
    held.fail(new Error('disk full'));
    await settle();
    expect(its.batches).toEqual([['a', 'b', 'c']]);
    expect(its.failures).toEqual([new Error('disk full')]);
    expect(its.send('g')).toBe(SERVICE_UNAVAILABLE);
  });

  test('fails those who wait for what was in line', async () => {
    const its = new TestOrderer();
    its.commit = () => Promise.reject(new Error('disk full'));
    its.send('a');
    await expect(its.orderer.cut()).rejects.toThrow('disk full');
    const work = its.orderer.whileIdle(() => Promise.resolve());
    await expect(work).rejects.toThrow('disk full');
    await its.orderer.close();
    expect(its.failures).toHaveLength(1);
  });
});
