export {
  BlockFactory,
  compositeKey,
  type FactoryTransaction,
  signBlock,
} from './blocks/block-factory.ts';
export { readBlocks, writeBlocks } from './blocks/block-pack.ts';
export { type FleetHistory, fleetTransactions, fleetVid } from './blocks/fleet-history.ts';
export { sealedTransactions } from './blocks/sealed-history.ts';
export { issueCertificate, strangeAuthority } from './conformance/client/certificates.ts';
export { readWriteSetOf, transactionsOf } from './conformance/client/decoded-block.ts';
export { readUser, type TestIdentity } from './conformance/client/identity.ts';
export { type Committed, Member } from './conformance/client/member.ts';
export { consortium } from './harness/consortium.ts';
export {
  type DevnetProcess,
  type DevnetSettings,
  startDevnetProcess,
} from './harness/devnet-process.ts';
export { freeAddress } from './harness/free-address.ts';
export type { NetworkProfile } from '@passport/ledger-client';
export { type ProbeServer, startProbeServer } from './harness/probe-server.ts';
export { type TemporaryFolder, temporaryFolder } from './harness/temporary-folder.ts';
export { type PassportServerOptions, startPassportServer } from './harness/passport-server.ts';
export { type Buyer, MarketFixture } from './passport/market-fixture.ts';
export { type MemberConnection, PassportFixture } from './passport/passport-fixture.ts';
export { type SmallNetwork, startSmallNetwork } from './passport/small-network.ts';
export { memberNames, type PassportMember } from './passport/roles.ts';
