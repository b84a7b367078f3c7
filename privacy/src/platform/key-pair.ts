/** A key pair on P-256, by its private key. */
export type KeyPair = {
  /** The public key, an uncompressed point (SEC 1, section 2.3.3). */
  readonly point: () => Uint8Array;
  /**
   * Diffie-Hellman with somebody's uncompressed point: x of the product, 32 bytes. Undefined where that is no
   * point on the curve.
   */
  readonly agree: (point: Uint8Array) => Uint8Array | undefined;
};
