import {
  COMMAND_TYPE,
  type CommandClaims,
  type CommandId,
  type SignedCommand,
  type SourceId,
  TICKET_TYPE,
  type TicketClaims,
  type Vid,
} from '@passport/model';
import { CompactSign } from 'jose';

import type { PersonKey } from './person-key.ts';

/** A command to sign; the signer and the version of the claims are filled in. */
export type CommandToSign = {
  readonly channel: string;
  /** `Passport:transferOwnership` */
  readonly functionName: string;
  /** A vid or an account. */
  readonly target: string;
  /** Its nonce: executes once for this key. */
  readonly id: CommandId;
  readonly expiresAt: Date;
  readonly args: unknown;
};

/** Signs a command with ES256 as a compact JWS (RFC 7515) that carries the public key. */
export async function signCommand(key: PersonKey, command: CommandToSign): Promise<SignedCommand> {
  const claims: CommandClaims = {
    iss: key.keyId,
    aud: command.channel,
    fn: command.functionName,
    sub: command.target,
    jti: command.id,
    exp: Math.floor(command.expiresAt.getTime() / 1000),
    args: command.args,
  };
  return (await sign(key, COMMAND_TYPE, claims)) as SignedCommand;
}

/** A registration ticket to sign, as the registry. */
export type TicketToSign = {
  readonly channel: string;
  readonly registry: SourceId;
  readonly vid: Vid;
  /** The ticket's own name. */
  readonly id: string;
  readonly expiresAt: Date;
};

/** Signs the ticket by which a vehicle is registered. */
export function signTicket(key: PersonKey, ticket: TicketToSign): Promise<string> {
  const claims = {
    iss: ticket.registry,
    aud: ticket.channel,
    sub: ticket.vid,
    jti: ticket.id as TicketClaims['jti'],
    exp: Math.floor(ticket.expiresAt.getTime() / 1000),
  } satisfies TicketClaims;
  return sign(key, TICKET_TYPE, claims);
}

function sign(key: PersonKey, type: string, claims: object): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({
      alg: 'ES256',
      typ: type,
      jwk: key.publicKey,
    })
    .sign(key.privateKey);
}
