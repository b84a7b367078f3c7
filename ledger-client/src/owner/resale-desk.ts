import {
  base64urlOf,
  bytesOfBase64url,
  classOfScope,
  type CommandId,
  type Instant,
  isPersonal,
  type KeyId,
  type KeyScope,
  keyScopes,
  PassportError,
  type PublicKey,
  type SignedCommand,
  type Vid,
} from '@passport/model';
import { openKeys } from '@passport/privacy';

import { generatePrivateJwk, publicPartOf } from '../signing/person-key.ts';
import type { WalletVehicle } from '../wallet/wallet-content.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { type DeskOptions, DeskSigner } from './desk-signer.ts';
import { allKeysOf, planLeft, publicKeysOf, wrapKeysOnce } from './owner-keys.ts';
import { newestEpochs, type OwnerView } from './owner-view.ts';
import type { Offer } from './offer.ts';
import { planEpochs } from './plan-epochs.ts';

/** Scopes that go with a car when it is sold: all but those that tell how somebody lives. */
export const carScopes: readonly KeyScope[] = keyScopes.filter(
  (scope) => !isPersonal(classOfScope(scope)),
);

/** Who buys a vehicle, and the key that the history's keys are sealed to. */
export type Buyer = { readonly to: KeyId; readonly readerKey: PublicKey };

/** What a buyer takes over. */
type Sale = Pick<Offer, 'vid' | 'owner' | 'ownerEpoch' | 'id'> & {
  readonly newest: ReadonlyMap<KeyScope, number>;
};

/** What seller and buyer do when a vehicle changes hands, each at their own desk. */
export class ResaleDesk {
  readonly #options: DeskOptions;
  readonly #signer: DeskSigner;
  readonly #wallet: Wallet;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#signer = new DeskSigner(options);
    this.#wallet = options.wallet;
  }

  /**
   * Signs a vehicle over to its buyer, with the keys of its history, former owners' included; of the scopes that
   * tell how somebody lives only when the seller names them. The offer is for the buyer.
   */
  async handOver(
    view: OwnerView,
    { to, readerKey }: { readonly to: KeyId; readonly readerKey: PublicKey },
    {
      id = this.#signer.id(),
      scopes = carScopes,
    }: { id?: CommandId; scopes?: readonly KeyScope[] } = {},
  ): Promise<Offer> {
    await this.#wallet.refresh();
    const { vid, owner, ownerEpoch } = view.ownership;
    // Up to the moment at which it can last be relayed, somebody may seal to the next key.
    const keys = await allKeysOf(this.#wallet, view, scopes, this.#signer.goodUntil());
    const { ledger, random } = this.#options;
    const context = { ledger, vid, ownerEpoch, purpose: 'hand-over', id } as const;
    const wrap = await wrapKeysOnce(readerKey, keys, context, random);
    const args = { to, ...(wrap === undefined ? {} : { handOver: wrap }) };
    const seller = await this.#signer.sign(vid, 'Passport:transferOwnership', args, id);
    const newest = Object.fromEntries(newestEpochs(view));
    return { v: 1, ...{ vid, owner, ownerEpoch, newest, id, seller } };
  }

  /** Prepares to buy a vehicle: what the seller has to know. */
  async prepareToBuy(
    vid: Vid,
    signer: KeyId,
  ): Promise<{ readonly to: KeyId; readonly readerKey: PublicKey }> {
    this.#wallet.signingKey(signer);
    const { key: readerKey } = await generatePrivateJwk();
    const prepare = (vehicle: WalletVehicle) => ({ ...vehicle, signer, purchase: { readerKey } });
    await this.#wallet.changeVehicle(vid, prepare, signer);
    return { to: signer, readerKey: publicPartOf(readerKey) };
  }

  /** Signs for the buyer, with the first keys that fields are sealed to from then on. */
  async takeOver(
    view: OwnerView,
    id: CommandId,
    plan: readonly Instant[] = planEpochs(this.#signer.now()),
  ): Promise<SignedCommand> {
    const { vid, owner, ownerEpoch } = view.ownership;
    return this.#takeOver({ vid, owner, ownerEpoch, newest: newestEpochs(view), id }, plan);
  }

  /** As {@link takeOver}, by an offer: who does not own the vehicle yet may not read it. */
  acceptOffer(
    { newest, ...offer }: Offer,
    plan: readonly Instant[] = planEpochs(this.#signer.now()),
  ): Promise<SignedCommand> {
    const epochs = new Map(keyScopes.map((scope) => [scope, newest[scope] ?? 0]));
    return this.#takeOver({ ...offer, newest: epochs }, plan);
  }

  async #takeOver(
    { vid, owner, ownerEpoch, newest, id }: Sale,
    plan: readonly Instant[],
  ): Promise<SignedCommand> {
    await this.#wallet.changeVehicle(vid, (vehicle) => {
      const { purchase } = vehicle;
      if (purchase !== undefined) return { ...vehicle, purchase: { ...purchase, id } };
      throw new PassportError('WALLET_KEY_UNKNOWN', `nobody has prepared to buy ${vid}`);
    });
    const mine = { vid, ownerEpoch: ownerEpoch + 1 };
    const planned = planLeft(keyScopes, newest, plan);
    const keys = await publicKeysOf(this.#wallet, mine, planned);
    return this.#signer.sign(vid, 'Passport:transferOwnership', { from: owner, keys }, id);
  }

  /**
   * Opens what the seller handed over, and keeps it. Answers the number of keys. Throws PassportError
   * `SEAL_BROKEN` where it is sealed to somebody else, or changed.
   */
  async openHandOver({ ownership }: OwnerView): Promise<number> {
    await this.#wallet.refresh();
    const { vid, ownerEpoch, handOver } = ownership;
    const { purchase } = this.#wallet.vehicle(vid);
    if (handOver === null || purchase?.id === undefined) return 0;
    const { ledger } = this.#options;
    const scalar = bytesOfBase64url(purchase.readerKey.d);
    const context = { ledger, vid, ownerEpoch: ownerEpoch - 1, purpose: 'hand-over' } as const;
    const keys = await openKeys(scalar, handOver.keys, { ...context, id: purchase.id });
    const received = keys.map(({ scope, epoch, scalar: of }) => ({
      ...{ scope, epoch, scalar: base64urlOf(of), ownerEpoch },
    }));
    await this.#wallet.changeVehicle(vid, ({ purchase: _, ...rest }) => {
      const others = rest.received.filter((key) => key.ownerEpoch !== ownerEpoch);
      return { ...rest, received: [...others, ...received] };
    });
    return keys.length;
  }
}
