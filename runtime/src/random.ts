const VALUES = 2 ** 32;

/** Uniform in [0, 1), and unpredictable. Pass it on as `random`, so that a test can be repeated. */
export function systemRandom(): number {
  const [value = 0] = crypto.getRandomValues(new Uint32Array(1));
  return value / VALUES;
}

/** Bytes that nobody can foretell, on a server and in a browser: 65,536 at most. */
export function systemRandomBytes(size: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(size));
}
