import {
  HttpRelay,
  OwnerDesk,
  type PersonKey,
  personKeyOf,
  ResaleDesk,
  type Wallet,
} from '@passport/ledger-client/wallet';
import type { KeyId, Vid } from '@passport/model';

import { clockOf } from '../../browser/server-clock.ts';

/** A person with an open wallet, and the desks over it. */
export type OwnerSession = {
  readonly wallet: Wallet;
  readonly desk: OwnerDesk;
  readonly resale: ResaleDesk;
  readonly relay: HttpRelay;
  readonly channel: string;
  /** The time as the portal has it: a clock of a device that is wrong locks nobody out. */
  readonly now: () => Date;
  readonly signerOf: (vid: Vid) => Promise<PersonKey>;
  /** Where and as whom the serving API is asked. */
  readonly asking: (signer: PersonKey) => {
    readonly api: string;
    readonly via: string;
    readonly signer: PersonKey;
    readonly now: () => Date;
  };
};

/** The relay of this page's portal. */
function portalRelay(now: () => Date): HttpRelay {
  return new HttpRelay({ origin: location.origin, now, random });
}

/** Opens the desks over a wallet. Throws RelayError where the portal does not answer. */
export async function openSession(wallet: Wallet): Promise<OwnerSession> {
  const place = await portalRelay(() => new Date()).place();
  const now = clockOf(new Date(place.time));
  const { ledger, channel, proofUrl } = place;
  const options = { wallet, ledger, channel, random: randomBytes, now };
  return {
    wallet,
    channel,
    desk: new OwnerDesk(options),
    resale: new ResaleDesk(options),
    relay: new HttpRelay({ origin: location.origin, proofUrl, now, random }),
    now,
    signerOf: (vid) => personKeyOf(wallet.signingKey(wallet.vehicle(vid).signer)),
    asking: (signer) => ({ api: apiUrl(), via: location.origin, signer, now }),
  };
}

/** The key that a person signs with for a car that is new to them: their newest, or their first. */
export async function newestSigner({ wallet, desk }: OwnerSession): Promise<KeyId> {
  return wallet.content.signingKeys.at(-1)?.keyId ?? (await desk.makeSigner());
}

/** What the serving API is called by those who ask it: proofs are for that URL. */
function apiUrl(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="api-url"]')?.content ?? '';
}

/** Random bytes, by the browser's own generator. */
export function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** Uniform in [0, 1), for pauses. */
function random(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
  return word / 2 ** 32;
}
