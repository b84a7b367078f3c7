import { randomBytes } from 'node:crypto';

const VALUES = 2 ** 32;

/** Uniform in [0, 1), and unpredictable. Pass it on as `random`, so that a test can be repeated. */
export function systemRandom(): number {
  return randomBytes(4).readUInt32BE() / VALUES;
}
