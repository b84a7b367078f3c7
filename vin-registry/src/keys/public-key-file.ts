import { readFile } from 'node:fs/promises';

import { parseJson, publicKey, type PublicKey } from '@passport/model';
import { AppError } from '@passport/runtime';

/** A file that should hold a public key holds none. */
export class PublicKeyFileError extends AppError {
  constructor(file: string, cause: unknown) {
    super(`${file} holds no public key on P-256 as a JWK`, {
      code: 'PUBLIC_KEY_FILE',
      retry: 'never',
      cause,
    });
  }
}

/** Reads the public key of a file: a JWK (RFC 7517), as `keys/main.ts` writes it. Throws PublicKeyFileError. */
export async function readPublicKey(file: string): Promise<PublicKey> {
  try {
    return parseJson(publicKey, await readFile(file, 'utf8'));
  } catch (error) {
    throw new PublicKeyFileError(file, error);
  }
}

/** The same for a key of the evaluator: a compressed point (SEC 1, section 2.3.3), as intakes are told it. */
export async function readEvaluatorKey(file: string): Promise<Uint8Array> {
  const { x, y } = await readPublicKey(file);
  const isOdd = (Buffer.from(y, 'base64url').at(-1) ?? 0) % 2 === 1;
  return Buffer.concat([Buffer.of(isOdd ? 3 : 2), Buffer.from(x, 'base64url')]);
}
