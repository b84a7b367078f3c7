import { createHash } from 'node:crypto';

import { type KeyRing, type PassportClient, termsOf } from '@passport/ledger-client';
import {
  instantOf,
  type MspId,
  parseCommandId,
  RELAY_MAX,
  type SealingKeyInput,
  type SignedCommand,
  type Vid,
} from '@passport/model';

import { firstView, type OwnerCrowd } from './owner-crowd.ts';

/** A vehicle that was just registered with its owner's first keys. */
export type Newcomer = { readonly vid: Vid; readonly keys: readonly SealingKeyInput[] };

/** What it takes that owners let the market count their vehicles in. */
export type MarketConsentOptions = {
  readonly crowd: OwnerCrowd;
  /** The market's keys, one for each vehicle. */
  readonly ring: KeyRing;
  /** The member that runs the market, who also relays. */
  readonly market: MspId;
  readonly consent: PassportClient['consent'];
  readonly now: () => Date;
};

/** Keys that are made at once: each is on disk before anybody seals to it. */
const KEYS_AT_ONCE = 16;

/**
 * Has the owners of new vehicles grant the market what the template for research says: the market counts
 * their cars in, and sells sums.
 */
export async function grantToMarket(
  newcomers: readonly Newcomer[],
  options: MarketConsentOptions,
): Promise<void> {
  const commands: SignedCommand[] = [];
  for (let start = 0; start < newcomers.length; start += KEYS_AT_ONCE) {
    const some = newcomers.slice(start, start + KEYS_AT_ONCE);
    commands.push(...(await Promise.all(some.map((one) => grantOf(one, options)))).flat());
  }
  const relays: Promise<unknown>[] = [];
  for (let start = 0; start < commands.length; start += RELAY_MAX) {
    const relayed = commands.slice(start, start + RELAY_MAX);
    const digest = createHash('sha256').update(relayed.join()).digest('hex');
    const commandId = parseCommandId(`sandbox-relay-${digest.slice(0, 32)}`);
    relays.push(options.consent.relay({ commandId, commands: relayed }));
  }
  await Promise.all(relays);
}

async function grantOf(
  { vid, keys }: Newcomer,
  { crowd, ring, market, consent, now }: MarketConsentOptions,
): Promise<readonly SignedCommand[]> {
  const { keyId, wallet, desk } = await crowd.ownerOf(vid);
  // A start before this one may have been killed on either side of the relay.
  const hasSigned = wallet.vehicle(vid).grants.length > 0;
  if (hasSigned && (await consent.readGrants({ vid })).length > 0) return [];
  const { publicKey: readerKey } = await ring.make(vid);
  const view = firstView(vid, { keyId, keys }, now());
  const terms = termsOf('market-research', instantOf(now().getTime()));
  const { commands } = await desk.grant(view, { grantee: { mspId: market }, readerKey }, terms);
  return commands;
}
