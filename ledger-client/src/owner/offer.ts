import { commandId, keyId, keyScope, parseJson, signedCommand, vid } from '@passport/model';
import * as z from 'zod';

/**
 * What a seller gives the buyer of a vehicle: their command, and what the buyer's one depends on. It is for that buyer
 * alone, whose key the command names.
 */
const offer = z.strictObject({
  v: z.literal(1),
  vid,
  /** The seller. */
  owner: keyId,
  ownerEpoch: z.int().min(1),
  /** The newest epoch of each scope that has one. */
  newest: z.partialRecord(keyScope, z.int().min(1).max(0xffff)),
  /** The nonce of both commands. */
  id: commandId,
  seller: signedCommand,
});

/** {@link offer} */
export type Offer = z.output<typeof offer>;

/** Reads an offer, which is written as JSON. Throws PassportError `REQUEST_MALFORMED`, and of its parts. */
export function parseOffer(text: string): Offer {
  return parseJson(offer, text);
}
