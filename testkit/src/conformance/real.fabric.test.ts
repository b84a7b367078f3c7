import { readNetworkProfile } from '@passport/ledger-client';
import type { TestNetwork } from '../harness/test-network.ts';
import { describeConformance } from './suite.ts';

/** Uses the network that testkit/src/fabric/run.ts has started, and leaves it running. */
async function runningNetwork(): Promise<TestNetwork> {
  const path = process.env['FABRIC_NETWORK_PROFILE'];
  if (path === undefined) throw new Error('start this by `npm run test:fabric`');
  return {
    kind: 'fabric',
    clocksDiffer: false,
    profile: await readNetworkProfile(path),
    stop: async () => {},
  };
}

describeConformance('real Fabric', runningNetwork);
