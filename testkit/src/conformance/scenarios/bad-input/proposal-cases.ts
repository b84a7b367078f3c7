import { randomBytes } from 'node:crypto';

import { common, peer } from '@hyperledger/fabric-protos';

import { issueCertificate, strangeAuthority } from '../../client/certificates.ts';
import {
  readAuthority,
  readPeer,
  readUser,
  sign,
  type TestIdentity,
} from '../../client/identity.ts';
import { makeProposal, type ProposalOptions, transactionId } from '../../client/signed-proposal.ts';
import type { Fixture } from '../../fixture.ts';
import {
  chaincode,
  denied,
  endorser,
  type ExpectedAnswers,
  gateway,
  noChaincode,
  noChannel,
  noMetadata,
  undecodable,
  unknownOrganisation,
  unpack,
} from './proposal-answers.ts';

/** What an endorser is sent. */
export type MadeProposal = { readonly txId: string; readonly signed: peer.SignedProposal };

/** A way to make a proposal that is unusual, and not refused. */
export type AcceptedCase = {
  readonly name: string;
  readonly make: (fixture: Fixture) => Promise<MadeProposal>;
};

/** A bad proposal, and what the calls that it is sent by answer. */
export type ProposalCase = AcceptedCase & { readonly expected: ExpectedAnswers };

const DAY_MS = 86_400_000;
const GARBAGE = Buffer.from('ffffffff', 'hex');
const NOTHING = new Uint8Array(0);

type Options = Partial<Pick<ProposalOptions, 'channel' | 'chaincode' | 'change' | 'args'>>;

function propose(
  creator: TestIdentity,
  { maker }: Fixture,
  options: Options,
): Promise<MadeProposal> {
  const args = ['run', '[["echo",1]]'];
  return makeProposal(creator, { channel: maker.channel, chaincode: 'probe', args, ...options });
}

/** A proposal of a member in good standing, with something wrong about it. */
function bad(name: string, expected: ExpectedAnswers, options: Options): ProposalCase {
  return { name, expected, make: (fixture) => propose(fixture.maker.identity, fixture, options) };
}

function changed(
  name: string,
  expected: ExpectedAnswers,
  change: ProposalOptions['change'] & object,
): ProposalCase {
  return bad(name, expected, { change });
}

/** A well-formed proposal of somebody who may not make one. */
function by(
  name: string,
  expected: ExpectedAnswers,
  creator: (fixture: Fixture) => Promise<TestIdentity>,
): ProposalCase {
  return { name, expected, make: async (fixture) => propose(await creator(fixture), fixture, {}) };
}

function accepted(name: string, options: Options): AcceptedCase {
  return { name, make: (fixture) => propose(fixture.maker.identity, fixture, options) };
}

function acceptedChange(name: string, change: ProposalOptions['change'] & object): AcceptedCase {
  return accepted(name, { change });
}

function acceptedBy(
  name: string,
  creator: (fixture: Fixture) => Promise<TestIdentity>,
): AcceptedCase {
  return { name, make: async (fixture) => propose(await creator(fixture), fixture, {}) };
}

/** An expired certificate: refused, but not by the peer that is asked. */
export const expiredIdentity: AcceptedCase = acceptedBy('expired', async ({ network, maker }) =>
  issueCertificate(readAuthority(network.profile, maker.mspId), {
    notAfter: new Date(Date.now() - 2_000),
  }),
);

/** Messages that are not what they should be. */
export const malformedProposals: readonly ProposalCase[] = [
  changed(
    'proposal bytes: empty',
    gateway(
      'the proposed transaction must contain a signed proposal',
      unpack('a signed proposal is required'),
    ),
    ({ instead }) => {
      instead.proposal = NOTHING;
    },
  ),
  changed('proposal bytes: garbage', undecodable('Proposal'), ({ instead }) => {
    instead.proposal = GARBAGE;
  }),
  changed('header: missing', noChannel, ({ instead }) => {
    instead.header = NOTHING;
  }),
  changed('header: garbage', undecodable('Header'), ({ instead }) => {
    instead.header = GARBAGE;
  }),
  changed('channel header: missing', noChannel, ({ instead }) => {
    instead.channelHeader = NOTHING;
  }),
  changed('channel header: garbage', undecodable('ChannelHeader'), ({ instead }) => {
    instead.channelHeader = GARBAGE;
  }),
  changed(
    'signature header: missing',
    endorser('error validating proposal: nonce is empty'),
    ({ instead }) => {
      instead.signatureHeader = NOTHING;
    },
  ),
  changed(
    'signature header: garbage',
    endorser(/^error unmarshalling SignatureHeader: .+/),
    ({ instead }) => {
      instead.signatureHeader = GARBAGE;
    },
  ),
  changed(
    'header extension: missing',
    endorser('ChaincodeHeaderExtension.ChaincodeId is nil'),
    ({ instead }) => {
      instead.extension = NOTHING;
    },
  ),
  changed(
    'header extension: garbage',
    endorser(/^error unmarshalling ChaincodeHeaderExtension: .+/),
    ({ instead }) => {
      instead.extension = GARBAGE;
    },
  ),
  changed(
    'header extension: chaincode without a name',
    endorser('ChaincodeHeaderExtension.ChaincodeId.Name is empty'),
    ({ extension }) => {
      extension.setChaincodeId(new peer.ChaincodeID());
    },
  ),
  changed(
    'payload: missing',
    noChaincode('no chaincode spec is provided, channel id [passport]'),
    ({ instead }) => {
      instead.payload = NOTHING;
    },
  ),
  changed('payload: garbage', undecodable('ChaincodeProposalPayload'), ({ instead }) => {
    instead.payload = GARBAGE;
  }),
  changed(
    'invocation: missing',
    noChaincode('no chaincode spec is provided, channel id [passport]'),
    ({ instead }) => {
      instead.invocation = NOTHING;
    },
  ),
  changed('invocation: garbage', undecodable('ChaincodeInvocationSpec'), ({ instead }) => {
    instead.invocation = GARBAGE;
  }),
  changed(
    'invocation: no input',
    endorser('chaincode input did not contain any input'),
    ({ invocation }) => {
      invocation.getChaincodeSpec()?.clearInput();
    },
  ),
  changed(
    'invocation: no chaincode',
    noChaincode('no chaincode id is provided, channel id [passport]'),
    ({ invocation }) => {
      invocation.getChaincodeSpec()?.clearChaincodeId();
    },
  ),
  changed(
    'header type: a configuration update',
    endorser('error validating proposal: invalid header type CONFIG_UPDATE'),
    ({ channelHeader }) => {
      channelHeader.setType(common.HeaderType.CONFIG_UPDATE);
    },
  ),
  changed(
    'header type: a message',
    endorser('error validating proposal: invalid header type MESSAGE'),
    ({ channelHeader }) => {
      channelHeader.setType(common.HeaderType.MESSAGE);
    },
  ),
  changed(
    'header type: one that does not exist',
    endorser('error validating proposal: invalid header type 99'),
    ({ channelHeader }) => {
      channelHeader.setType(99);
    },
  ),
  changed(
    'epoch: not zero',
    endorser('error validating proposal: epoch is non-zero'),
    ({ channelHeader }) => {
      channelHeader.setEpoch(1);
    },
  ),
  changed(
    'nonce: empty',
    endorser('error validating proposal: nonce is empty'),
    ({ signatureHeader }) => {
      signatureHeader.setNonce('');
    },
  ),
  changed(
    'creator: empty',
    endorser('error validating proposal: creator is empty'),
    ({ signatureHeader }) => {
      signatureHeader.setCreator('');
    },
  ),
  changed(
    'transaction id: empty',
    endorser(
      /^error validating proposal: incorrectly computed txid '' -- expected '[0-9a-f]{64}'$/,
    ),
    ({ channelHeader }) => {
      channelHeader.setTxId('');
    },
  ),
  changed(
    'transaction id: not of this nonce and creator',
    endorser(
      /^error validating proposal: incorrectly computed txid '0{64}' -- expected '[0-9a-f]{64}'$/,
    ),
    ({ channelHeader }) => {
      channelHeader.setTxId('0'.repeat(64));
    },
  ),
  changed(
    'transaction id: in capitals',
    endorser(
      /^error validating proposal: incorrectly computed txid '[0-9A-F]{64}' -- expected '[0-9a-f]{64}'$/,
    ),
    ({ channelHeader }) => {
      channelHeader.setTxId(channelHeader.getTxId().toUpperCase());
    },
  ),
];

/** Proposals for what is not there. */
export const misdirectedProposals: readonly ProposalCase[] = [
  bad(
    'channel: unknown',
    {
      endorse: noMetadata('probe', 'elsewhere'),
      evaluate: {
        code: 'UNAVAILABLE',
        message:
          'failed to get config for channel [elsewhere]: could not get last config for channel elsewhere',
      },
    },
    { channel: 'elsewhere' },
  ),
  bad('channel: empty', noChannel, { channel: '' }),
  bad(
    'chaincode: unknown',
    {
      endorse: noMetadata('nowhere', 'passport'),
      evaluate: {
        code: 'FAILED_PRECONDITION',
        message: 'no peers available to evaluate chaincode nowhere in channel passport',
      },
    },
    { chaincode: 'nowhere' },
  ),
  bad(
    'contract function: unknown',
    chaincode("You've asked to invoke a function that does not exist: nonsense"),
    { args: ['nonsense'] },
  ),
  bad('contract: unknown', chaincode('Contract name is not known: strange'), {
    args: ['strange:run'],
  }),
  bad('arguments: too few', chaincode('Expected 1 parameters, but 0 have been supplied'), {
    args: ['run'],
  }),
];

/** Proposals that their creator did not sign, or may not make. */
export const unauthorisedProposals: readonly ProposalCase[] = [
  changed(
    'signature: missing',
    endorser('error validating proposal: empty signature bytes'),
    ({ instead }) => {
      instead.signature = NOTHING;
    },
  ),
  changed('signature: garbage', denied, ({ instead }) => {
    instead.signature = randomBytes(70);
  }),
  {
    name: 'signature: another member’s',
    expected: denied,
    make: async (fixture) => {
      const made = await propose(fixture.maker.identity, fixture, {});
      const bytes = made.signed.getProposalBytes_asU8();
      made.signed.setSignature(await sign(fixture.garage.identity, bytes));
      return made;
    },
  },
  {
    name: 'signature: of a high S',
    expected: denied,
    make: async (fixture) => {
      const made = await propose(fixture.maker.identity, fixture, {});
      made.signed.setSignature(withHighS(made.signed.getSignature_asU8()));
      return made;
    },
  },
  changed('creator: garbage', unknownOrganisation, ({ signatureHeader, channelHeader }) => {
    signatureHeader.setCreator(GARBAGE);
    channelHeader.setTxId(transactionId(signatureHeader.getNonce_asU8(), GARBAGE));
  }),
  by('creator: an unknown organisation', unknownOrganisation, async ({ maker }) => ({
    ...maker.identity,
    mspId: 'StrangeMSP',
  })),
  by(
    'creator: another organisation’s certificate',
    unknownOrganisation,
    async ({ maker, garage }) => ({
      ...garage.identity,
      mspId: maker.mspId,
    }),
  ),
  by('creator: no certificate', unknownOrganisation, async ({ maker }) => ({
    ...maker.identity,
    certificate: Buffer.from('not a certificate'),
  })),
  by('creator: a certificate of a foreign CA', unknownOrganisation, async ({ maker }) =>
    issueCertificate(await strangeAuthority(maker.mspId)),
  ),
  by('creator: a certificate that names no role', denied, async ({ network, maker }) =>
    issueCertificate(readAuthority(network.profile, maker.mspId), { units: [] }),
  ),
  by('creator: a certificate of two roles', denied, async ({ network, maker }) =>
    issueCertificate(readAuthority(network.profile, maker.mspId), { units: ['client', 'peer'] }),
  ),
  by(
    'creator: a peer, who may not write',
    endorser(
      "Failed evaluating policy on signed data during check policy on channel [passport] with policy [/Channel/Application/Writers]: [implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the 'Writers' sub-policies to be satisfied]",
    ),
    async ({ network, maker }) => readPeer(network.profile, maker.mspId),
  ),
  by('creator: the CA itself', denied, async ({ network, maker }) =>
    readAuthority(network.profile, maker.mspId),
  ),
];

/** Proposals that look wrong, and are not refused. */
export const unusualProposals: readonly AcceptedCase[] = [
  acceptedBy('an administrator', async ({ network, maker }) =>
    readUser(network.profile, maker.mspId, 'Admin'),
  ),
  acceptedBy('a fresh certificate of the organisation’s CA', async ({ network, maker }) =>
    issueCertificate(readAuthority(network.profile, maker.mspId)),
  ),
  acceptedBy('a member of another organisation', async ({ garage }) => garage.identity),
  acceptedChange('header type: a configuration', ({ channelHeader }) => {
    channelHeader.setType(common.HeaderType.CONFIG);
  }),
  acceptedChange('a version that does not exist', ({ channelHeader }) => {
    channelHeader.setVersion(7);
  }),
  acceptedChange('no timestamp', ({ channelHeader }) => {
    channelHeader.clearTimestamp();
  }),
  acceptedChange('a timestamp of the last century', ({ channelHeader }) => {
    channelHeader.getTimestamp()?.fromDate(new Date('1999-12-31T00:00:00Z'));
  }),
  acceptedChange('another chaincode in the header than in the invocation', ({ extension }) => {
    const other = new peer.ChaincodeID();
    other.setName('open');
    extension.setChaincodeId(other);
  }),
  accepted('no arguments', { args: [] }),
  acceptedBy('a certificate of tomorrow', async ({ network, maker }) =>
    issueCertificate(readAuthority(network.profile, maker.mspId), {
      notBefore: new Date(Date.now() + DAY_MS),
      notAfter: new Date(Date.now() + 2 * DAY_MS),
    }),
  ),
];

/** The order of P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The other valid signature of the same message, which Fabric does not take. */
function withHighS(signature: Uint8Array): Uint8Array {
  const rLength = signature[3] ?? 0;
  const r = signature.subarray(2, 4 + rLength);
  const s = BigInt(`0x${Buffer.from(signature.subarray(6 + rLength)).toString('hex')}`);
  const high = Buffer.from(`00${(ORDER - s).toString(16).padStart(64, '0')}`, 'hex');
  return Buffer.concat([
    Buffer.of(0x30, r.length + 2 + high.length),
    r,
    Buffer.of(0x02, high.length),
    high,
  ]);
}
