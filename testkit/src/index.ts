export {
  type DevnetProcess,
  type DevnetSettings,
  startDevnetProcess,
} from './harness/devnet-process.ts';
export { consortium } from './harness/consortium.ts';
export { startDevnetNetwork } from './harness/devnet-network.ts';
export { FabricMissingError, startFabricNetwork } from './harness/fabric-network.ts';
export { freeAddress } from './harness/free-address.ts';
export { type NetworkProfile, readNetworkProfile } from './harness/network-profile.ts';
export {
  type ProbeServer,
  type ProbeServerOptions,
  startProbeServer,
} from './harness/probe-server.ts';
export { repositoryFile } from './harness/repository.ts';
export { type TemporaryFolder, temporaryFolder } from './harness/temporary-folder.ts';
export type { StartNetwork, TestNetwork } from './harness/test-network.ts';
export { describeConformance } from './conformance/suite.ts';
