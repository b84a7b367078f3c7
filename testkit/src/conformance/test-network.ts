/** A peer or orderer as clients reach it; the same as in a network's profile (network.json). */
export type NodeProfile = {
  readonly name: string;
  /** `host:port`. */
  readonly address: string;
  /** Path of the certificate in PEM that its TLS certificate chains to. */
  readonly tlsRootCertificate: string;
};

/** What a client needs to use a network; devnet and real Fabric write the same. */
export type NetworkProfile = {
  readonly channel: string;
  /** A folder laid out as cryptogen does. */
  readonly cryptoMaterial: string;
  readonly organisations: readonly {
    readonly mspId: string;
    readonly domain: string;
    readonly peers: readonly NodeProfile[];
    readonly users: readonly string[];
  }[];
  readonly orderers: readonly (NodeProfile & {
    readonly mspId: string;
    readonly domain: string;
  })[];
  readonly chaincodes: readonly { readonly name: string; readonly address: string }[];
  /** Version of the peers, on a real network only. */
  readonly fabricVersion?: string;
};

/** A running network of MakerMSP, InsurerMSP and GarageMSP with the chaincode `probe`. */
export type TestNetwork = {
  readonly kind: 'devnet' | 'fabric';
  readonly profile: NetworkProfile;
  stop(): Promise<void>;
};

/** Starts a network for one run of the suite. */
export type StartNetwork = () => Promise<TestNetwork>;
