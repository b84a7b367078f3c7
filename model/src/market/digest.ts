import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import { canonicalJson, type JsonValue } from '../wire/canonical-json.ts';
import { codedText } from '../wire/parse.ts';

declare const digestBrand: unique symbol;

/** SHA-256 (FIPS 180-4) as 64 hexadecimal digits in lower case. */
export type Digest = string & { readonly [digestBrand]: true };

export const digest = codedText<Digest>('DIGEST_INVALID', /^[0-9a-f]{64}$/);

/** The digest of bytes. It runs in browsers, too, which have no hash that answers at once. */
export function digestOf(bytes: Uint8Array): Digest {
  return bytesToHex(sha256(bytes)) as Digest;
}

/** The digest of a value's canonical JSON in UTF-8. Throws RangeError for what that cannot write. */
export function digestOfJson(value: JsonValue): Digest {
  return digestOf(utf8ToBytes(canonicalJson(value)));
}
