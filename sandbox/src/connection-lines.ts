import { join } from 'node:path';

import type { NetworkProfile } from '@passport/ledger-client';

import { CHAINCODE } from './organisations.ts';

/** How a client of one's own connects, in lines. */
export function connectionLines(profile: NetworkProfile, profileFile: string): string[] {
  const { channel, cryptoMaterial, organisations, control } = profile;
  const members = organisations.flatMap(({ mspId, domain, peers }) => {
    const users = join(cryptoMaterial, 'peerOrganizations', domain, 'users');
    return [
      `  ${mspId}`,
      `    endpoint   ${peers[0]?.address}`,
      `    TLS root   ${peers[0]?.tlsRootCertificate}`,
      `    identity   ${join(users, `User1@${domain}`, 'msp')}`,
    ];
  });
  return [
    `  channel ${channel}, chaincode ${CHAINCODE}`,
    ...members,
    `  all of this as JSON: ${profileFile}`,
    `  developer controls:  ${control}`,
  ];
}
