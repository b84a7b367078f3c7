import { randomBytes } from 'node:crypto';

import { common } from '@hyperledger/fabric-protos';

import { issueCertificate, strangeAuthority } from '../../client/certificates.ts';
import { changeEnvelope } from '../../client/envelope.ts';
import {
  readAuthority,
  readPeer,
  serialize,
  sign,
  type TestIdentity,
} from '../../client/identity.ts';
import { transactionId } from '../../client/signed-proposal.ts';
import type { Fixture } from '../../fixture.ts';
import { type Change, type EnvelopeCase, GARBAGE, making, NOTHING } from './envelope-case.ts';

/** An envelope that the gateway or the orderer refuses. */
export type RefusedCase = EnvelopeCase & {
  readonly code: string;
  readonly message: string | RegExp;
};

function fromOrderer(status: string, info: string): Pick<RefusedCase, 'code' | 'message'> {
  return {
    code: 'ABORTED',
    message: `received unsuccessful response from orderer: status=${status}, info=${info}`,
  };
}

function fromOrdererLike(status: string, info: string): Pick<RefusedCase, 'code' | 'message'> {
  const text = `received unsuccessful response from orderer: status=${status}, info=${info}`;
  return { code: 'ABORTED', message: new RegExp(`^${text}`) };
}

type Refused = Pick<RefusedCase, 'code' | 'message'>;

function refused(name: string, expected: Refused, change: Change): RefusedCase {
  return { name, ...expected, make: making(change) };
}

/** The orderer's policy is not satisfied by whoever sends the envelope. */
const FORBIDDEN = fromOrderer(
  'FORBIDDEN',
  "implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the 'Writers' sub-policies to be satisfied: permission denied",
);

const NO_CHANNEL = fromOrderer(
  'BAD_REQUEST',
  'channel creation request not allowed because the orderer system channel is not defined',
);
const NOT_DIRECT = fromOrderer(
  'BAD_REQUEST',
  'message is of type that cannot be processed directly',
);

/** An envelope whose creator is somebody else, who signs it too. */
function sentBy(
  name: string,
  expected: Refused,
  creator: (fixture: Fixture) => Promise<TestIdentity>,
): RefusedCase {
  return {
    name,
    ...expected,
    make: async (envelope, fixture) => {
      const identity = await creator(fixture);
      return changeEnvelope(envelope, identity, ({ signatureHeader, channelHeader }) => {
        signatureHeader.setCreator(serialize(identity));
        channelHeader.setTxId(
          transactionId(signatureHeader.getNonce_asU8(), signatureHeader.getCreator_asU8()),
        );
      });
    },
  };
}

/** Envelopes that never get into a block. */
export const refusedEnvelopes: readonly RefusedCase[] = [
  refused(
    'signature: missing',
    { code: 'INVALID_ARGUMENT', message: 'prepared transaction must be signed' },
    ({ instead }) => {
      instead.signature = NOTHING;
    },
  ),
  refused('signature: garbage', FORBIDDEN, ({ instead }) => {
    instead.signature = randomBytes(70);
  }),
  {
    name: 'signature: another member’s',
    ...FORBIDDEN,
    make: async (envelope, { garage }) => {
      envelope.setSignature(await sign(garage.identity, envelope.getPayload_asU8()));
      return envelope;
    },
  },
  refused(
    'payload: empty',
    fromOrderer('BAD_REQUEST', 'could not determine channel ID: header not set'),
    ({ instead }) => {
      instead.payload = NOTHING;
    },
  ),
  refused(
    'payload: garbage',
    fromOrdererLike(
      'BAD_REQUEST',
      'could not determine channel ID: error unmarshalling Payload: .+',
    ),
    ({ instead }) => {
      instead.payload = GARBAGE;
    },
  ),
  refused(
    'channel header: missing',
    fromOrderer('BAD_REQUEST', 'could not determine channel ID: channel header not set'),
    ({ instead }) => {
      instead.channelHeader = NOTHING;
    },
  ),
  refused(
    'channel header: garbage',
    fromOrdererLike(
      'BAD_REQUEST',
      'could not determine channel ID: error unmarshalling channel header: error unmarshalling ChannelHeader: .+',
    ),
    ({ instead }) => {
      instead.channelHeader = GARBAGE;
    },
  ),
  refused('signature header: missing', FORBIDDEN, ({ instead }) => {
    instead.signatureHeader = NOTHING;
  }),
  refused(
    'signature header: garbage',
    fromOrdererLike(
      'BAD_REQUEST',
      'could not convert message to signedData: GetSignatureHeaderFromBytes failed, err .+',
    ),
    ({ instead }) => {
      instead.signatureHeader = GARBAGE;
    },
  ),
  refused('channel: unknown', NO_CHANNEL, ({ channelHeader }) => {
    channelHeader.setChannelId('elsewhere');
  }),
  refused('channel: empty', NO_CHANNEL, ({ channelHeader }) => {
    channelHeader.setChannelId('');
  }),
  refused('header type: a configuration', NOT_DIRECT, ({ channelHeader }) => {
    channelHeader.setType(common.HeaderType.CONFIG);
  }),
  refused('header type: an orderer transaction', NOT_DIRECT, ({ channelHeader }) => {
    channelHeader.setType(common.HeaderType.ORDERER_TRANSACTION);
  }),
  refused(
    'header type: a configuration update',
    fromOrdererLike('BAD_REQUEST', '.+'),
    ({ channelHeader }) => {
      channelHeader.setType(common.HeaderType.CONFIG_UPDATE);
    },
  ),
  sentBy('creator: an unknown organisation', FORBIDDEN, async ({ maker }) => ({
    ...maker.identity,
    mspId: 'StrangeMSP',
  })),
  sentBy('creator: a certificate of a foreign CA', FORBIDDEN, async ({ maker }) =>
    issueCertificate(await strangeAuthority(maker.mspId)),
  ),
  sentBy(
    'creator: an expired certificate',
    fromOrderer('BAD_REQUEST', 'broadcast client identity expired'),
    async ({ network, maker }) =>
      issueCertificate(readAuthority(network.profile, maker.mspId), {
        notAfter: new Date(Date.now() - 2_000),
      }),
  ),
  sentBy('creator: a peer, who may not write', FORBIDDEN, async ({ network, maker }) =>
    readPeer(network.profile, maker.mspId),
  ),
];
