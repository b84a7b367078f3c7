import * as z from 'zod';

import { reference, sourceId } from '../identifiers/names.ts';
import { vid } from '../identifiers/vid.ts';

/** `typ` of a registration ticket's header. */
export const TICKET_TYPE = 'passport-ticket+jws';

/**
 * The claims of the ticket by which a vehicle is registered: a compact JWS with ES256, signed by a
 * key of a source of a member that is the registry. It is used up by the registration.
 */
export const ticketClaims = z.strictObject({
  /** The registry's source, one of whose keys signed it. */
  iss: sourceId,
  aud: z.string().min(1).max(249),
  sub: vid,
  /** The ticket's own name. */
  jti: reference,
  /** Seconds since 1970. */
  exp: z.int().positive(),
});

/** {@link ticketClaims} */
export type TicketClaims = z.output<typeof ticketClaims>;
