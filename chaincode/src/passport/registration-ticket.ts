import {
  organisationOfSource,
  parseJson,
  PassportError,
  TICKET_TYPE,
  type TicketClaims,
  ticketClaims,
} from '@passport/model';

import { requireMember, requireSource } from '../members/member-state.ts';
import { verifyJws } from '../signatures/verify-jws.ts';
import type { Transaction } from '../transaction/transaction.ts';

/**
 * Reads a registration ticket: signed by a key of an active source of a member that is the registry,
 * for this channel, and in time. Throws PassportError.
 */
export async function readTicket(tx: Transaction, ticket: string): Promise<TicketClaims> {
  const { payload, signer } = await verifyJws(ticket, TICKET_TYPE);
  const claims = parseJson(ticketClaims, payload, 'COMMAND_MALFORMED');
  const member = await requireMember(tx, organisationOfSource(claims.iss));
  const registry = await requireSource(tx, claims.iss);
  if (!member.roles.includes('registry') || registry.kind !== 'registry') {
    throw new PassportError('ROLE_MISSING', `${claims.iss} is no registry`);
  }
  if (registry.status !== 'active') {
    throw new PassportError('SOURCE_SUSPENDED', `${claims.iss} is suspended`);
  }
  if (!registry.keys.includes(signer)) {
    throw new PassportError('COMMAND_SIGNER_FOREIGN', `${signer} is no key of ${claims.iss}`);
  }
  if (claims.aud !== tx.channel) {
    throw new PassportError('COMMAND_TARGET_WRONG', `the ticket is for channel ${claims.aud}`);
  }
  if (claims.exp * 1000 <= tx.timeMs) {
    throw new PassportError('COMMAND_EXPIRED', `the ticket ${claims.jti} has expired`);
  }
  return claims;
}

/** Uses a ticket up. Reads and writes one key. Throws PassportError `TICKET_USED`. */
export async function useTicket(tx: Transaction, { iss, jti, sub }: TicketClaims): Promise<void> {
  const key = ['ticket', iss, jti] as const;
  if ((await tx.get(key)) !== undefined) {
    throw new PassportError('TICKET_USED', `the ticket ${jti} has been used`);
  }
  await tx.put(key, { vid: sub, transactionId: tx.id });
}
