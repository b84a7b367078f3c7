import * as z from 'zod';

import { commandId, keyId } from '../identifiers/names.ts';
import { codedText } from '../wire/parse.ts';

declare const jwsBrand: unique symbol;

/** A command that its holder signed: a compact JWS (RFC 7515) with ES256. Any member may relay it. */
export type SignedCommand = string & { readonly [jwsBrand]: true };

/** `typ` of its header (RFC 7515, section 4.1.9). */
export const COMMAND_TYPE = 'passport-command+jws';

/** A command is signed for a while, a day at most: nobody can keep it for later. */
export const COMMAND_LIFETIME_MS_MAX = 24 * 60 * 60 * 1000;

/**
 * 100,000 characters are 75,000 bytes of claims: the sealing keys of two years (18,000) and the keys of a
 * dozen grants, or of fourteen years of history.
 */
export const signedCommand = codedText<SignedCommand>(
  'COMMAND_MALFORMED',
  /^[A-Za-z0-9_-]{1,1000}\.[A-Za-z0-9_-]{1,100000}\.[A-Za-z0-9_-]{86}$/,
);

/** The claims of a command, by the names of RFC 7519 where it has one. */
export const commandClaims = z.strictObject({
  /** The signer: thumbprint of the key in the header. */
  iss: keyId,
  /** The channel that it is for. */
  aud: z.string().min(1).max(249),
  /** The function that it calls: `Passport:transferOwnership`. */
  fn: z.string().min(1).max(100),
  /** What it is about: a vid or an account. */
  sub: z.string().min(1).max(150),
  /** The nonce: a command id, which executes once for the signer. */
  jti: commandId,
  /** Seconds since 1970 after which it is void. */
  exp: z.int().positive(),
  /** What to do, in the terms of the function. */
  args: z.unknown(),
});

/** {@link commandClaims} */
export type CommandClaims = z.output<typeof commandClaims>;
