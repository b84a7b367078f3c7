import { randomBytes } from 'node:crypto';

import { issueCertificate, strangeAuthority } from '../../client/certificates.ts';
import { withHighS } from '../../client/high-s.ts';
import { readAuthority, readPeer, sign } from '../../client/identity.ts';
import { transactionId } from '../../client/signed-proposal.ts';
import { denied, endorser, unknownOrganisation } from './proposal-answers.ts';
import { by, changed, propose, type ProposalCase, GARBAGE, NOTHING } from './proposal-case.ts';

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
