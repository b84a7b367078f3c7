import { common, peer } from '@hyperledger/fabric-protos';

import { issueCertificate } from '../../client/certificates.ts';
import { readAuthority, readUser } from '../../client/identity.ts';
import { accepted, acceptedBy, acceptedChange, type AcceptedCase } from './proposal-case.ts';

const DAY_MS = 86_400_000;

/** An expired certificate: refused, but not by the peer that is asked. */
export const expiredIdentity: AcceptedCase = acceptedBy('expired', async ({ network, maker }) =>
  issueCertificate(readAuthority(network.profile, maker.mspId), {
    notAfter: new Date(Date.now() - 2_000),
  }),
);

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
