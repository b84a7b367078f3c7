import { utf8ToBytes } from '@noble/hashes/utils.js';

import { sha256Hex } from '#bytes';

import { canonicalJson, type JsonValue } from '../wire/canonical-json.ts';
import { codedText } from '../wire/parse.ts';

declare const digestBrand: unique symbol;

/** SHA-256 (FIPS 180-4) as 64 hexadecimal digits in lower case. */
export type Digest = string & { readonly [digestBrand]: true };

export const digest = codedText<Digest>('DIGEST_INVALID', /^[0-9a-f]{64}$/);

/** The digest of bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return sha256Hex(bytes) as Digest;
}

/** The digest of a value's canonical JSON in UTF-8. Throws RangeError for what that cannot write. */
export function digestOfJson(value: JsonValue): Digest {
  return digestOf(utf8ToBytes(canonicalJson(value)));
}
