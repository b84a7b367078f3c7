import type { NetworkProfile } from '@passport/ledger-client';

/** A running network of MakerMSP, InsurerMSP and GarageMSP with the chaincodes
 * `probe`, `open` and `passport`. */
export type TestNetwork = {
  readonly kind: 'devnet' | 'fabric';
  readonly profile: NetworkProfile;
  /** Whether organisations run their chaincodes on different clocks, to the minute. */
  readonly clocksDiffer: boolean;
  stop(): Promise<void>;
};

/** Starts a network for one run of the suite. */
export type StartNetwork = () => Promise<TestNetwork>;
