import { keyId, publicKey, vid } from '@passport/model';
import { type Offer, parseOffer } from '@passport/ledger-client/wallet';
import { z } from 'zod';

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

/** A meeting of two browsers over one code, at the portal's rendezvous. */
export class Meeting {
  /** 128 random bits: nobody comes by whom it was not shown to. */
  readonly code: string;

  constructor(code: string) {
    this.code = code;
  }

  /** The code in a link or its fragment; undefined where there is none. */
  static codeIn(text: string): string | undefined {
    return /take=([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])/.exec(text)?.[1];
  }

  leaveAsSeller(side: SellerSide): Promise<void> {
    return this.#leave('seller', side);
  }

  leaveAsBuyer(side: BuyerSide): Promise<void> {
    return this.#leave('buyer', side);
  }

  /** Undefined while the seller has left nothing, or it is forgotten. */
  async seller(signal: AbortSignal): Promise<SellerSide | undefined> {
    const left = await this.#find('seller', signal);
    return left === undefined ? undefined : sellerSide.parse(left);
  }

  /** Undefined while the buyer has left nothing. */
  async buyer(signal: AbortSignal): Promise<BuyerSide | undefined> {
    const left = await this.#find('buyer', signal);
    return left === undefined ? undefined : buyerSide.parse(left);
  }

  async #leave(side: string, value: object): Promise<void> {
    const body = JSON.stringify(value);
    const response = await fetch(`/rendezvous/${this.code}/${side}`, { method: 'PUT', body });
    if (!response.ok) throw new Error(`the meeting place answers ${response.status}`);
  }

  async #find(side: string, signal: AbortSignal): Promise<unknown> {
    const response = await fetch(`/rendezvous/${this.code}/${side}`, { signal });
    if (response.status === 204) return undefined;
    if (!response.ok) throw new Error(`the meeting place answers ${response.status}`);
    return response.json();
  }
}

/**
 * Digits that two people compare: of the keys of both, so that whoever put another key in between them has other
 * digits on each screen. 24 decimal digits are 79 bits: a stranger would have to try for an age to make theirs fit.
 */
export async function checkDigits(parts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  const digest = new DataView(await crypto.subtle.digest('SHA-256', bytes));
  return [0, 4, 8, 12, 16, 20]
    .map((at) => String(digest.getUint32(at) % 10_000).padStart(4, '0'))
    .join(' ');
}
