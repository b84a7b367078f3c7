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

/** What an endorser is sent. */
export type MadeProposal = { readonly txId: string; readonly signed: peer.SignedProposal };

/** A bad proposal. */
export type ProposalCase = {
  readonly name: string;
  make(fixture: Fixture): Promise<MadeProposal>;
};

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
function bad(name: string, options: Options): ProposalCase {
  return { name, make: (fixture) => propose(fixture.maker.identity, fixture, options) };
}

function changed(name: string, change: ProposalOptions['change'] & object): ProposalCase {
  return bad(name, { change });
}

/** A well-formed proposal of somebody who may not make one. */
function by(name: string, creator: (fixture: Fixture) => Promise<TestIdentity>): ProposalCase {
  return { name, make: async (fixture) => propose(await creator(fixture), fixture, {}) };
}

/** Messages that are not what they should be. */
export const malformedProposals: readonly ProposalCase[] = [
  changed('proposal bytes: empty', ({ instead }) => {
    instead.proposal = NOTHING;
  }),
  changed('proposal bytes: garbage', ({ instead }) => {
    instead.proposal = GARBAGE;
  }),
  changed('header: missing', ({ instead }) => {
    instead.header = NOTHING;
  }),
  changed('header: garbage', ({ instead }) => {
    instead.header = GARBAGE;
  }),
  changed('channel header: missing', ({ instead }) => {
    instead.channelHeader = NOTHING;
  }),
  changed('channel header: garbage', ({ instead }) => {
    instead.channelHeader = GARBAGE;
  }),
  changed('signature header: missing', ({ instead }) => {
    instead.signatureHeader = NOTHING;
  }),
  changed('signature header: garbage', ({ instead }) => {
    instead.signatureHeader = GARBAGE;
  }),
  changed('header extension: missing', ({ instead }) => {
    instead.extension = NOTHING;
  }),
  changed('header extension: garbage', ({ instead }) => {
    instead.extension = GARBAGE;
  }),
  changed('header extension: chaincode without a name', ({ extension }) => {
    extension.setChaincodeId(new peer.ChaincodeID());
  }),
  changed('payload: missing', ({ instead }) => {
    instead.payload = NOTHING;
  }),
  changed('payload: garbage', ({ instead }) => {
    instead.payload = GARBAGE;
  }),
  changed('invocation: missing', ({ instead }) => {
    instead.invocation = NOTHING;
  }),
  changed('invocation: garbage', ({ instead }) => {
    instead.invocation = GARBAGE;
  }),
  changed('invocation: no input', ({ invocation }) => {
    invocation.getChaincodeSpec()?.clearInput();
  }),
  changed('invocation: no chaincode', ({ invocation }) => {
    invocation.getChaincodeSpec()?.clearChaincodeId();
  }),
  changed('header type: a configuration update', ({ channelHeader }) => {
    channelHeader.setType(common.HeaderType.CONFIG_UPDATE);
  }),
  changed('header type: a message', ({ channelHeader }) => {
    channelHeader.setType(common.HeaderType.MESSAGE);
  }),
  changed('header type: one that does not exist', ({ channelHeader }) => {
    channelHeader.setType(99);
  }),
  changed('epoch: not zero', ({ channelHeader }) => {
    channelHeader.setEpoch(1);
  }),
  changed('nonce: empty', ({ signatureHeader }) => {
    signatureHeader.setNonce('');
  }),
  changed('creator: empty', ({ signatureHeader }) => {
    signatureHeader.setCreator('');
  }),
  changed('transaction id: empty', ({ channelHeader }) => {
    channelHeader.setTxId('');
  }),
  changed('transaction id: not of this nonce and creator', ({ channelHeader }) => {
    channelHeader.setTxId('0'.repeat(64));
  }),
  changed('transaction id: in capitals', ({ channelHeader }) => {
    channelHeader.setTxId(channelHeader.getTxId().toUpperCase());
  }),
];

/** Proposals for what is not there. */
export const misdirectedProposals: readonly ProposalCase[] = [
  bad('channel: unknown', { channel: 'elsewhere' }),
  bad('channel: empty', { channel: '' }),
  bad('chaincode: unknown', { chaincode: 'nowhere' }),
  changed('chaincode: another one in the header than in the invocation', ({ extension }) => {
    const other = new peer.ChaincodeID();
    other.setName('open');
    extension.setChaincodeId(other);
  }),
  bad('contract function: unknown', { args: ['nonsense'] }),
  bad('contract: unknown', { args: ['strange:run'] }),
  bad('arguments: too few', { args: ['run'] }),
  bad('arguments: none', { args: [] }),
];

/** Proposals that their creator did not sign, or may not make. */
export const unauthorisedProposals: readonly ProposalCase[] = [
  changed('signature: missing', ({ instead }) => {
    instead.signature = NOTHING;
  }),
  changed('signature: garbage', ({ instead }) => {
    instead.signature = randomBytes(70);
  }),
  {
    name: 'signature: another member’s',
    make: async (fixture) => {
      const made = await propose(fixture.maker.identity, fixture, {});
      const bytes = made.signed.getProposalBytes_asU8();
      made.signed.setSignature(await sign(fixture.garage.identity, bytes));
      return made;
    },
  },
  {
    name: 'signature: of a high S',
    make: async (fixture) => {
      const made = await propose(fixture.maker.identity, fixture, {});
      made.signed.setSignature(withHighS(made.signed.getSignature_asU8()));
      return made;
    },
  },
  changed('creator: garbage', ({ signatureHeader, channelHeader }) => {
    signatureHeader.setCreator(GARBAGE);
    channelHeader.setTxId(transactionId(signatureHeader.getNonce_asU8(), GARBAGE));
  }),
  by('creator: an unknown organisation', async ({ maker }) => ({
    ...maker.identity,
    mspId: 'StrangeMSP',
  })),
  by('creator: another organisation’s certificate', async ({ maker, garage }) => ({
    ...garage.identity,
    mspId: maker.mspId,
  })),
  by('creator: no certificate', async ({ maker }) => ({
    ...maker.identity,
    certificate: Buffer.from('not a certificate'),
  })),
  by('creator: a certificate of a foreign CA', async ({ maker }) =>
    issueCertificate(await strangeAuthority(maker.mspId)),
  ),
  by('creator: an expired certificate', async ({ network, maker }) =>
    issueCertificate(readAuthority(network.profile, maker.mspId), {
      notAfter: new Date(Date.now() - 2_000),
    }),
  ),
  by('creator: a certificate of tomorrow', async ({ network, maker }) =>
    issueCertificate(readAuthority(network.profile, maker.mspId), {
      notBefore: new Date(Date.now() + DAY_MS),
      notAfter: new Date(Date.now() + 2 * DAY_MS),
    }),
  ),
  by('creator: a certificate that names no role', async ({ network, maker }) =>
    issueCertificate(readAuthority(network.profile, maker.mspId), { units: [] }),
  ),
  by('creator: a certificate of two roles', async ({ network, maker }) =>
    issueCertificate(readAuthority(network.profile, maker.mspId), { units: ['client', 'peer'] }),
  ),
  by('creator: a peer, who may not write', async ({ network, maker }) =>
    readPeer(network.profile, maker.mspId),
  ),
  by('creator: the CA itself', async ({ network, maker }) =>
    readAuthority(network.profile, maker.mspId),
  ),
];

/** Proposals that look wrong, and are not refused. */
export const unusualProposals: readonly ProposalCase[] = [
  by('an administrator', async ({ network, maker }) =>
    readUser(network.profile, maker.mspId, 'Admin'),
  ),
  by('a fresh certificate of the organisation’s CA', async ({ network, maker }) =>
    issueCertificate(readAuthority(network.profile, maker.mspId)),
  ),
  by('a member of another organisation', async ({ garage }) => garage.identity),
  changed('header type: a configuration', ({ channelHeader }) => {
    channelHeader.setType(common.HeaderType.CONFIG);
  }),
  changed('a version that does not exist', ({ channelHeader }) => {
    channelHeader.setVersion(7);
  }),
  changed('no timestamp', ({ channelHeader }) => {
    channelHeader.clearTimestamp();
  }),
  changed('a timestamp of the last century', ({ channelHeader }) => {
    channelHeader.getTimestamp()?.fromDate(new Date('1999-12-31T00:00:00Z'));
  }),
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
