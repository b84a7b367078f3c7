import { randomBytes } from 'node:crypto';

import { common, type peer } from '@hyperledger/fabric-protos';
import { sleep } from '@passport/runtime';
import { describe, expect, test } from 'vitest';

import { issueCertificate, strangeAuthority } from '../client/certificates.ts';
import {
  deliver,
  type Delivered,
  deliverNumbers,
  seekEnvelope,
  type SeekRequest,
  statusName,
} from '../client/delivery.ts';
import { readAuthority, readPeer } from '../client/identity.ts';
import type { CurrentFixture, Fixture } from '../fixture.ts';

const GARBAGE = Buffer.from('ffffffff', 'hex');
const DAY_MS = 86_400_000;
const FAR = 1_000_000;

/** Blocks by the Deliver service, whole and filtered. */
export function describeDeliver(current: CurrentFixture): void {
  const ask = (request: SeekRequest): Promise<Delivered> =>
    deliverNumbers(current().maker, request);
  const filtered = async (request: SeekRequest): Promise<readonly peer.FilteredBlock[]> => {
    const { maker } = current();
    const envelope = await seekEnvelope(maker, request);
    const { blocks } = await deliver(maker.rawDeliver.deliverFiltered(), envelope, (response) =>
      response.getFilteredBlock(),
    );
    return blocks;
  };

  describe('deliver', () => {
    test('from the oldest to a block: all of them', async () => {
      expect(await ask({ start: 'oldest', stop: 3 })).toEqual({
        blocks: [0, 1, 2, 3],
        status: 'SUCCESS',
      });
    });

    test('from oldest to oldest: the first', async () => {
      expect(await ask({ start: 'oldest', stop: 'oldest' })).toEqual({
        blocks: [0],
        status: 'SUCCESS',
      });
    });

    test('from newest to newest: the last', async () => {
      const height = await current().height();
      expect(await ask({ start: 'newest', stop: 'newest' })).toEqual({
        blocks: [height - 1],
        status: 'SUCCESS',
      });
    });

    test('from a block to the newest: up to the last', async () => {
      const height = await current().height();
      expect(await ask({ start: height - 2, stop: 'newest' })).toEqual({
        blocks: [height - 2, height - 1],
        status: 'SUCCESS',
      });
    });

    test('a range: just that', async () => {
      expect(await ask({ start: 1, stop: 2 })).toEqual({ blocks: [1, 2], status: 'SUCCESS' });
    });

    test('a block that is still to come: waited for', async () => {
      const next = await current().height();
      const coming = ask({ start: next, stop: next });
      await sleep(100);
      await current().maker.submit(['echo', 1]);
      expect(await coming).toEqual({ blocks: [next], status: 'SUCCESS' });
    });

    test('the next commit: the block behind the newest', async () => {
      const next = await current().height();
      const coming = ask({ start: 'next', stop: next });
      await sleep(200);
      await current().maker.submit(['echo', 1]);
      expect(await coming).toEqual({ blocks: [next], status: 'SUCCESS' });
    });

    test('a block that is still to come, by a request that does not wait: not found', async () => {
      const height = await current().height();
      const request = { stop: height, failIfNotReady: true };
      expect(await ask({ ...request, start: height })).toEqual({ blocks: [], status: 'NOT_FOUND' });
      expect(await ask({ ...request, start: height - 1 })).toEqual({
        blocks: [height - 1],
        status: 'NOT_FOUND',
      });
    });

    test('a start far behind the newest: not found', async () => {
      expect(await ask({ start: FAR, stop: FAR })).toEqual({ blocks: [], status: 'NOT_FOUND' });
    });

    test('one stream: one request after the other', async () => {
      const { maker } = current();
      const stream = maker.rawDeliver.deliver();
      const answers: string[] = [];
      const twice = new Promise<void>((resolve, reject) => {
        stream.on('error', reject);
        stream.on('data', (response: peer.DeliverResponse) => {
          answers.push(
            response.hasBlock()
              ? `block ${response.getBlock()?.getHeader()?.getNumber()}`
              : statusName(response.getStatus()),
          );
          if (answers.length === 4) resolve();
        });
      });
      stream.write(await seekEnvelope(maker, { start: 0, stop: 0 }));
      stream.write(await seekEnvelope(maker, { start: 1, stop: 1 }));
      await twice;
      stream.end();
      expect(answers).toEqual(['block 0', 'SUCCESS', 'block 1', 'SUCCESS']);
    });

    test('a request that fails ends its stream', async () => {
      const { maker } = current();
      const stream = maker.rawDeliver.deliver();
      const ended = new Promise<void>((resolve, reject) => {
        stream.on('error', reject);
        stream.on('data', () => {});
        stream.on('end', resolve);
      });
      stream.write(await seekEnvelope(maker, { start: 2, stop: 1 }));
      await expect(ended).resolves.toBeUndefined();
    });

    test('a peer may read', async () => {
      const { network, maker } = current();
      const identity = readPeer(network.profile, maker.mspId);
      expect(await ask({ start: 0, stop: 0, identity })).toEqual({
        blocks: [0],
        status: 'SUCCESS',
      });
    });

    test('any type of header will do', async () => {
      const headerType = common.HeaderType.MESSAGE;
      expect(await ask({ start: 0, stop: 0, headerType })).toEqual({
        blocks: [0],
        status: 'SUCCESS',
      });
    });
  });

  type Refused = readonly [
    string,
    string,
    (fixture: Fixture) => SeekRequest | Promise<SeekRequest>,
  ];
  const refused: readonly Refused[] = [
    ['a stop before the start', 'BAD_REQUEST', () => ({ start: 2, stop: 1 })],
    ['no start', 'BAD_REQUEST', () => ({ start: undefined })],
    ['no stop', 'BAD_REQUEST', () => ({ stop: undefined })],
    ['an unknown channel', 'NOT_FOUND', () => ({ channel: 'elsewhere' })],
    ['an empty channel', 'NOT_FOUND', () => ({ channel: '' })],
    ['no timestamp', 'BAD_REQUEST', () => ({ timestamp: null })],
    [
      'a timestamp of yesterday',
      'BAD_REQUEST',
      () => ({ timestamp: new Date(Date.now() - DAY_MS) }),
    ],
    [
      'a timestamp of tomorrow',
      'BAD_REQUEST',
      () => ({ timestamp: new Date(Date.now() + DAY_MS) }),
    ],
    ['a garbage payload', 'BAD_REQUEST', () => ({ instead: { payload: GARBAGE } })],
    ['an empty payload', 'BAD_REQUEST', () => ({ instead: { payload: Buffer.of() } })],
    ['a garbage channel header', 'BAD_REQUEST', () => ({ instead: { channelHeader: GARBAGE } })],
    [
      'a garbage signature header',
      'BAD_REQUEST',
      () => ({ instead: { signatureHeader: GARBAGE } }),
    ],
    ['a garbage seek info', 'BAD_REQUEST', () => ({ instead: { seekInfo: GARBAGE } })],
    ['a garbage signature', 'FORBIDDEN', () => ({ signature: randomBytes(70) })],
    ['no signature', 'FORBIDDEN', () => ({ signature: Buffer.of() })],
    [
      'the signature of another',
      'FORBIDDEN',
      ({ maker, garage }) => ({
        identity: { ...maker.identity, privateKey: garage.identity.privateKey },
      }),
    ],
    [
      'an unknown organisation',
      'FORBIDDEN',
      ({ maker }) => ({ identity: { ...maker.identity, mspId: 'StrangeMSP' } }),
    ],
    [
      'a certificate of a foreign CA',
      'FORBIDDEN',
      async ({ maker }) => ({
        identity: await issueCertificate(await strangeAuthority(maker.mspId)),
      }),
    ],
    [
      'an expired certificate',
      'FORBIDDEN',
      async ({ network, maker }) => ({
        identity: await issueCertificate(readAuthority(network.profile, maker.mspId), {
          notAfter: new Date(Date.now() - 2_000),
        }),
      }),
    ],
  ];

  describe('deliver, refused', () => {
    test.each(refused)('%s: %s', async (_what, status, request) => {
      const asked = await request(current());
      expect(await ask({ start: 0, stop: 0, ...asked })).toEqual({ blocks: [], status });
    });
  });

  describe('filtered block', () => {
    test('ids, types, codes and events’ names, and no payload', async () => {
      const { maker } = current();
      const { txId, block } = await maker.submit(['event', 'named', 'secret']);
      const [found] = await filtered({ start: block, stop: block });
      expect(found?.toObject()).toEqual({
        channelId: 'passport',
        number: block,
        filteredTransactionsList: [
          {
            txid: txId,
            type: common.HeaderType.ENDORSER_TRANSACTION,
            txValidationCode: 0,
            transactionActions: {
              chaincodeActionsList: [
                {
                  chaincodeEvent: {
                    chaincodeId: 'probe',
                    txId,
                    eventName: 'named',
                    payload: '',
                  },
                },
              ],
            },
          },
        ],
      });
    });

    test('a transaction without an event: no actions', async () => {
      const { txId, block } = await current().maker.submit(['echo', 1]);
      const [found] = await filtered({ start: block, stop: block });
      expect(found?.toObject().filteredTransactionsList).toEqual([
        {
          txid: txId,
          type: common.HeaderType.ENDORSER_TRANSACTION,
          txValidationCode: 0,
          transactionActions: { chaincodeActionsList: [] },
        },
      ]);
    });

    test('an invalid transaction: its code, and its event all the same', async () => {
      const { maker } = current();
      const endorsed = await maker.endorse([['event', 'of no effect', '']], {
        endorsers: ['MakerMSP'],
      });
      const { block } = await (await endorsed.submit())();
      const [found] = await filtered({ start: block, stop: block });
      expect(found?.toObject().filteredTransactionsList).toMatchObject([
        {
          txid: endorsed.txId,
          txValidationCode: 10,
          transactionActions: {
            chaincodeActionsList: [{ chaincodeEvent: { eventName: 'of no effect' } }],
          },
        },
      ]);
    });

    test('the first block: a configuration', async () => {
      const [genesis] = await filtered({ start: 0, stop: 0 });
      expect(genesis?.toObject()).toMatchObject({
        number: 0,
        filteredTransactionsList: [
          { type: common.HeaderType.CONFIG, txValidationCode: 0, transactionActions: undefined },
        ],
      });
    });
  });

  describe('block events by the gateway client', () => {
    test('whole, filtered, and with private data', async () => {
      const { maker } = current();
      const { block } = await maker.submit(['echo', 1]);
      const startBlock = BigInt(block);
      const whole = await maker.network.getBlockEvents({ startBlock });
      const names: number[] = [];
      for await (const event of whole) {
        names.push(event.getHeader()?.getNumber() ?? -1);
        break;
      }
      whole.close();
      const some = await maker.network.getFilteredBlockEvents({ startBlock });
      for await (const event of some) {
        names.push(event.getNumber());
        break;
      }
      some.close();
      const more = await maker.network.getBlockAndPrivateDataEvents({ startBlock });
      for await (const event of more) {
        names.push(event.getBlock()?.getHeader()?.getNumber() ?? -1);
        expect(event.getPrivateDataMapMap().getLength()).toBe(0);
        break;
      }
      more.close();
      expect(names).toEqual([block, block, block]);
    });
  });
}
