import { keyId, publicKey, vid } from '@passport/model';
import { type Offer, parseOffer } from '@passport/ledger-client/wallet';
import { z } from 'zod';

import { MeetingPlace } from './meeting-place.ts';

/** What a seller tells of the car before anything is signed. */
const about = z.object({
  vid,
  owner: keyId,
  papers: z.string(),
  state: z.string(),
  km: z.int().nullable(),
  doubtful: z.int(),
  missingKm: z.int(),
  highestOn: z.string().nullable(),
});

const offer = z.unknown().transform((value): Offer => parseOffer(JSON.stringify(value)));

const sellerSide = z.object({ about, offer: offer.optional() });

const buyerSide = z.object({
  to: keyId,
  readerKey: publicKey,
  /** The block in which the car became theirs. */
  block: z.string().optional(),
});

/** What the seller has left so far. */
export type SellerSide = {
  readonly about: z.output<typeof about>;
  readonly offer?: Offer | undefined;
};

/** What the buyer has left so far. */
export type BuyerSide = z.output<typeof buyerSide>;

/** A sale: the seller is its host. */
export type Meeting = MeetingPlace<SellerSide, BuyerSide>;

/** Where seller and buyer meet over one code. */
export function saleAt(code: string): Meeting {
  return new MeetingPlace<SellerSide, BuyerSide>(code, { host: sellerSide, guest: buyerSide });
}
