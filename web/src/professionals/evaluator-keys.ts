import { readFile } from 'node:fs/promises';

import { LedgerProfileError } from '@passport/ledger-client';
import { base64urlOf, bytesOfBase64url, parseJson, publicKey } from '@passport/model';

/**
 * Reads a public key of the evaluator from a file, a JWK as vin-registry's `keys` writes it: a compressed point (SEC 1, section
 * 2.3.3) in base64url. Throws LedgerProfileError.
 */
export async function readEvaluatorKey(file: string): Promise<string> {
  try {
    const { x, y } = parseJson(publicKey, await readFile(file, 'utf8'));
    const isOdd = (bytesOfBase64url(y).at(-1) ?? 0) % 2 === 1;
    return base64urlOf(Uint8Array.of(isOdd ? 3 : 2, ...bytesOfBase64url(x)));
  } catch (error) {
    throw new LedgerProfileError(`${file} holds no public key on P-256 as a JWK`, error);
  }
}
