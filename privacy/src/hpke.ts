import { hmacSha256, keyPairOf, openBytes, sealBytes } from '#platform';

import { hpkeOf } from './hpke-of.ts';

/** Random bytes, of a source that nobody can foretell: `randomBytes` of `node:crypto`. */
export type RandomBytes = (size: number) => Uint8Array;

/** HPKE by what is here: OpenSSL in Node, JavaScript in a browser. */
export const { deriveKeys, setupSender, setupReader } = hpkeOf({
  ...{ hmacSha256, keyPairOf, openBytes, sealBytes },
});

/** UTF-8 bytes. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
