import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64urlOf, codedText, parse, type Vin } from '@passport/model';

declare const brand: unique symbol;

/** Names a key of the OPRF: 8 bytes of SHA-256 over its public key, in hexadecimal. */
export type OprfKeyId = string & { readonly [brand]: 'OprfKeyId' };

/**
 * What stands for a VIN in the registry: the key's id, a dot, and 32 bytes of the OPRF's output as
 * base64url. Whoever has not asked the evaluator cannot make it, nor find the VIN of one.
 */
export type VinTag = string & { readonly [brand]: 'VinTag' };

export const oprfKeyId = codedText<OprfKeyId>('OPRF_KEY_UNKNOWN', /^[0-9a-f]{16}$/);

export const vinTag = codedText<VinTag>(
  'TAG_INVALID',
  /^[0-9a-f]{16}\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/,
);

/** The id of a key by its public key, a compressed point. */
export function oprfKeyIdOf(publicKey: Uint8Array): OprfKeyId {
  return bytesToHex(sha256(publicKey)).slice(0, 16) as OprfKeyId;
}

/** The tag of an output of 32 bytes. */
export function vinTagOf(key: OprfKeyId, output: Uint8Array): VinTag {
  return parse(vinTag, `${key}.${base64urlOf(output)}`);
}

/** The key that a tag was made with. */
export function keyIdOfTag(tag: VinTag): OprfKeyId {
  return tag.slice(0, 16) as OprfKeyId;
}

/** What is blinded of a VIN; it names what it is, so that the key serves for nothing else. */
export function oprfInputOf(vin: Vin): Uint8Array {
  return utf8ToBytes(`passport/vin/1|${vin}`);
}
