import { randomBytes } from 'node:crypto';

import { gateway } from '@hyperledger/fabric-protos';
import { describe, expect, test } from 'vitest';

import { issueCertificate, strangeAuthority } from '../../client/certificates.ts';
import {
  readAuthority,
  readPeer,
  serialize,
  sign,
  type TestIdentity,
} from '../../client/identity.ts';
import type { Member } from '../../client/member.ts';
import { refusalOf } from '../../client/refusal.ts';
import type { CurrentFixture, Fixture } from '../../fixture.ts';
import { type ExpectedRefusal, refusal } from './expectation.ts';

const GARBAGE = Buffer.from('ffffffff', 'hex');

const NO_READER: ExpectedRefusal = {
  code: 'PERMISSION_DENIED',
  message:
    'Failed evaluating policy on signed data during check policy on channel [passport] with policy ' +
    '[/Channel/Application/Readers]: [implicit policy evaluation failed - 0 sub-policies were ' +
    "satisfied, but this policy requires 1 of the 'Readers' sub-policies to be satisfied]",
};
const NO_POLICY_MANAGER: ExpectedRefusal = {
  code: 'PERMISSION_DENIED',
  message: 'Failed to get policy manager for channel [elsewhere]',
};

type Request = { readonly bytes: Uint8Array; readonly signature?: Uint8Array };

/** Who asks for the status or the events, and what for. */
type Asking = {
  readonly identity?: TestIdentity;
  readonly channel?: string;
  readonly txId?: string;
};

/** Signed requests of the gateway: for a commit status, and for chaincode events. */
export function describeBadRequests(current: CurrentFixture): void {
  const strangers: readonly (readonly [string, (fixture: Fixture) => Promise<TestIdentity>])[] = [
    ['an unknown organisation', async ({ maker }) => ({ ...maker.identity, mspId: 'StrangeMSP' })],
    [
      'another member’s key',
      async ({ maker, garage }) => ({ ...maker.identity, privateKey: garage.identity.privateKey }),
    ],
    [
      'a certificate of a foreign CA',
      async ({ maker }) => issueCertificate(await strangeAuthority(maker.mspId)),
    ],
    [
      'a certificate that names no role',
      async ({ network, maker }) =>
        issueCertificate(readAuthority(network.profile, maker.mspId), { units: [] }),
    ],
  ];

  describe.each([
    ['commit status', statusRequest, 'a commit status request is required', 'status request'],
    [
      'chaincode events',
      eventsRequest,
      'a chaincode events request is required',
      'chaincode events request',
    ],
  ] as const)('bad request for %s', (what, requestOf, required, name) => {
    const send = async (request: Request): Promise<unknown> =>
      what === 'commit status'
        ? current().maker.rawCommitStatus(request.bytes, request.signature)
        : firstEvents(current().maker, request);
    const requestBy = async (asking: Asking): Promise<Request> => {
      const identity = asking.identity ?? current().maker.identity;
      const bytes = requestOf({ channel: 'passport', txId: 'unknown', ...asking, identity });
      return { bytes, signature: await sign(identity, bytes) };
    };

    test('empty', async () => {
      expect(await refusalOf(send({ bytes: Buffer.of() }))).toEqual(
        refusal({
          code: 'INVALID_ARGUMENT',
          message: required,
        }),
      );
    });

    test('garbage', async () => {
      expect(await refusalOf(send({ bytes: GARBAGE }))).toEqual(
        refusal({
          code: 'INVALID_ARGUMENT',
          message: new RegExp(`^invalid ${name}: .+`),
        }),
      );
    });

    test('a garbage signature', async () => {
      const { bytes } = await requestBy({});
      expect(await refusalOf(send({ bytes, signature: randomBytes(70) }))).toEqual(
        refusal(NO_READER),
      );
    });

    test('no signature', async () => {
      const { bytes } = await requestBy({});
      expect(await refusalOf(send({ bytes, signature: Buffer.of() }))).toEqual(refusal(NO_READER));
    });

    test('no identity', async () => {
      const identity = { ...current().maker.identity, mspId: '', certificate: Buffer.of() };
      expect(await refusalOf(send(await requestBy({ identity })))).toEqual(refusal(NO_READER));
    });

    test.each(strangers)('%s', async (_who, stranger) => {
      const identity = await stranger(current());
      expect(await refusalOf(send(await requestBy({ identity })))).toEqual(refusal(NO_READER));
    });

    test('an unknown channel', async () => {
      expect(await refusalOf(send(await requestBy({ channel: 'elsewhere' })))).toEqual(
        refusal(NO_POLICY_MANAGER),
      );
    });

    test('an empty channel', async () => {
      expect(await refusalOf(send(await requestBy({ channel: '' })))).toEqual(
        refusal({
          code: 'PERMISSION_DENIED',
          message:
            'Invalid channel ID name during check policy on signed data. Name must be different from nil.',
        }),
      );
    });
  });

  describe('commit status', () => {
    test('of an unknown transaction: waited for, until the client’s deadline', async () => {
      const { maker } = current();
      const refusal = await refusalOf(
        maker.commitStatus('f'.repeat(64), { deadline: Date.now() + 400 }),
      );
      expect(refusal).toMatchObject({ code: 'DEADLINE_EXCEEDED', details: [] });
    });

    test('of an invalid transaction: its code', async () => {
      const { maker } = current();
      const endorsed = await maker.endorse([['echo', 1]], { endorsers: ['MakerMSP'] });
      const { block } = await (await endorsed.submit())();
      expect(await maker.commitStatus(endorsed.txId)).toEqual({
        txId: endorsed.txId,
        code: 'ENDORSEMENT_POLICY_FAILURE',
        block,
      });
    });

    test('of a transaction at the peer of another organisation: the same', async () => {
      const { maker, garage } = current();
      const committed = await maker.submit(['put', current().key(), 'v']);
      expect(await garage.commitStatus(committed.txId)).toEqual(committed);
    });

    test('asked for by a peer, who may read', async () => {
      const { maker, network } = current();
      const { txId, block } = await maker.submit(['echo', 1]);
      const identity = readPeer(network.profile, maker.mspId);
      const bytes = statusRequest({ identity, channel: maker.channel, txId });
      const response = await maker.rawCommitStatus(bytes, await sign(identity, bytes));
      expect(response.getBlockNumber()).toBe(block);
    });

    test('asked for with an expired certificate: answered all the same', async () => {
      const { maker, network } = current();
      const { txId, block } = await maker.submit(['echo', 1]);
      const identity = await issueCertificate(readAuthority(network.profile, maker.mspId), {
        notAfter: new Date(Date.now() - 2_000),
      });
      const bytes = statusRequest({ identity, channel: maker.channel, txId });
      const response = await maker.rawCommitStatus(bytes, await sign(identity, bytes));
      expect(response.getBlockNumber()).toBe(block);
    });
  });
}

type Asked = Required<Asking>;

function statusRequest({ identity, channel, txId }: Asked): Uint8Array {
  const request = new gateway.CommitStatusRequest();
  request.setIdentity(serialize(identity));
  request.setChannelId(channel);
  request.setTransactionId(txId);
  return request.serializeBinary();
}

function eventsRequest({ identity, channel }: Asked): Uint8Array {
  const request = new gateway.ChaincodeEventsRequest();
  request.setIdentity(serialize(identity));
  request.setChannelId(channel);
  request.setChaincodeId('probe');
  return request.serializeBinary();
}

/** The first message of a stream of chaincode events; rejects with what ends it. */
async function firstEvents({ rawGateway, identity }: Member, request: Request): Promise<unknown> {
  const signed = new gateway.SignedChaincodeEventsRequest();
  signed.setRequest(request.bytes);
  signed.setSignature(request.signature ?? (await sign(identity, request.bytes)));
  const stream = rawGateway.chaincodeEvents(signed, { deadline: Date.now() + 10_000 });
  return new Promise((resolve, reject) => {
    stream.on('data', resolve);
    stream.on('error', reject);
  });
}
