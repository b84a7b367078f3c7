import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { base64urlOf } from '@passport/model';

/** Bytes of a salt. */
const SALT_BYTES = 32;

/** A file that stays with who recorded something, and what the log book has of it. */
export type Attachment = {
  readonly name: string;
  /** SHA-256 of the file, base64url. */
  readonly digest: string;
  /** 32 random bytes, base64url: with them the file proves itself, without them the commitment tells nothing. */
  readonly salt: string;
  /** HMAC-SHA-256(salt, digest), base64url: it goes into the log book, sealed. */
  readonly commitment: string;
};

/** Commits to a file. It is read here, and goes nowhere. */
export function attachmentOf(
  name: string,
  content: Uint8Array,
  random: (bytes: number) => Uint8Array,
): Attachment {
  const digest = sha256(content);
  const salt = random(SALT_BYTES);
  return {
    name,
    digest: base64urlOf(digest),
    salt: base64urlOf(salt),
    commitment: base64urlOf(hmac(sha256, salt, digest)),
  };
}
