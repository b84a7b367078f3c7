import {
  type CommandId,
  type Grant,
  type Instant,
  type KeyId,
  type KeyScope,
  keyScopes,
  type KeyWrap,
  millisecondsOf,
  PassportError,
  type SealingKeyInput,
  type SignedCommand,
  scopesOf,
  type Vid,
} from '@passport/model';
import { type Opener, type ScopeKey } from '@passport/privacy';

import { generatePrivateJwk } from '../signing/person-key.ts';
import type { MadeGrant } from '../wallet/wallet-content.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { COMMAND_MS, type DeskOptions, DeskSigner } from './desk-signer.ts';
import { endOf, type Reader, type TermsOfGrant } from './grant-terms.ts';
import {
  allKeysOf,
  ownedKeys,
  ownKeysOf,
  type PlannedKey,
  planKeys,
  planLeft,
  privateKeysOf,
  publicKeysOf,
  receivedKeysOf,
  wrapKeys,
} from './owner-keys.ts';
import { newestEpochs, type OwnerView } from './owner-view.ts';
import { planEpochs } from './plan-epochs.ts';

/** Grants that get keys in one command; more follow in further ones. */
const REWRAPS_PER_COMMAND = 8;

type Rewrap = { readonly grantId: CommandId; readonly wrap: KeyWrap };

/**
 * What an owner does, with the keys of a wallet. It signs, and any member relays the commands, in the order in which
 * they come. Which fields a grant opens is generated from the schema.
 */
export class OwnerDesk {
  readonly #options: DeskOptions;
  readonly #signer: DeskSigner;
  readonly #wallet: Wallet;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#signer = new DeskSigner(options);
    this.#wallet = options.wallet;
  }

  /** Makes a signing key of the person. It is in the wallet before anybody hears of it. */
  async makeSigner(): Promise<KeyId> {
    const { keyId, key } = await generatePrivateJwk();
    await this.#wallet.change((content) => ({
      ...content,
      signingKeys: [...content.signingKeys, { keyId, key }],
    }));
    return keyId;
  }

  /** Takes a vehicle into the wallet that will be registered with one of its keys as the owner. */
  async enrol(vid: Vid, signer: KeyId): Promise<void> {
    this.#wallet.signingKey(signer);
    await this.#wallet.changeVehicle(vid, (vehicle) => ({ ...vehicle, signer }), signer);
  }

  /** The first keys of a vehicle, for its registration: all scopes, by the plan. */
  firstKeys(vid: Vid, plan: readonly Instant[] = this.#plan()): Promise<SealingKeyInput[]> {
    const planned = planKeys(keyScopes, new Map(), plan);
    return publicKeysOf(this.#wallet, { vid, ownerEpoch: 1 }, planned);
  }

  /** Publishes the next keys of scopes; the grants that go on get them first. */
  async publish(
    view: OwnerView,
    scopes: readonly KeyScope[] = keyScopes,
    plan: readonly Instant[] = this.#plan(),
  ): Promise<SignedCommand[]> {
    await this.#wallet.refresh();
    const planned = planKeys(scopes, newestEpochs(view), plan);
    const rewraps = await this.#rewrapsOf(view, planned);
    return [...(await this.#signRewraps(view, rewraps)), await this.#signPublish(view, planned)];
  }

  /**
   * Grants terms to a reader, with the keys of all scopes that they open, up to the grant's end. A grant that does
   * not open the past begins with new keys, for the present ones open what was sealed to them before.
   */
  async grant(
    view: OwnerView,
    { grantee, readerKey }: Reader,
    terms: TermsOfGrant,
  ): Promise<{ readonly grantId: CommandId; readonly commands: SignedCommand[] }> {
    await this.#wallet.refresh();
    const now = this.#signer.now();
    const scopes = scopesOf(terms);
    const fresh = terms.includesPast
      ? []
      : planKeys(
          scopes.filter((scope) => view.keys.some((key) => key.scope === scope)),
          newestEpochs(view),
          this.#plan(),
        );
    const before = fresh.length === 0 ? [] : await this.#publishFresh(view, fresh);
    const { vid, ownerEpoch } = view.ownership;
    const grantId = this.#signer.id();
    const made = { grantId, ownerEpoch, grantee, readerKey };
    const keys = terms.includesPast
      ? await allKeysOf(this.#wallet, view, scopes, endOf(terms, now))
      : await ownKeysOf(this.#wallet, view, fresh, endOf(terms, now));
    const [wrap, ...more] = await this.#wraps(vid, made, keys);
    const args = { ...terms, grantee, ...(wrap === undefined ? {} : { wrap }) };
    const command = await this.#signer.sign(vid, 'Consent:grant', args, grantId);
    await this.#wallet.changeVehicle(vid, (vehicle) => ({
      ...vehicle,
      grants: [...vehicle.grants, made],
    }));
    const rest = await this.#signRewraps(
      view,
      more.map((one) => ({ grantId, wrap: one })),
      1,
    );
    return { grantId, commands: [...before, command, ...rest] };
  }

  /**
   * Ends a grant. What it had opened gets new keys in the same command, and so do the grants that go on, as many
   * as one command has place for.
   */
  async revoke(
    view: OwnerView,
    grantId: string,
    { retracts = false, plan = this.#plan() } = {},
  ): Promise<SignedCommand[]> {
    await this.#wallet.refresh();
    const ended = grantOf(view, grantId);
    const newest = newestEpochs(view);
    const closes = ended.wraps.length === 0 ? [] : scopesOf(ended).filter((of) => newest.has(of));
    const planned = planLeft(closes, newest, plan);
    const others = view.grants.filter((grant) => grant.grantId !== grantId);
    const rewraps = await this.#rewrapsOf({ ...view, grants: others }, planned);
    const keys = await publicKeysOf(this.#wallet, view.ownership, planned);
    const { vid } = view.ownership;
    const first = rewraps.slice(0, REWRAPS_PER_COMMAND);
    const args = { grantId, retracts, keys, rewraps: first };
    const command = await this.#signer.sign(vid, 'Consent:revoke', args);
    const rest = await this.#signRewraps(view, rewraps.slice(REWRAPS_PER_COMMAND));
    return [command, ...rest];
  }

  /** Gives a grant all keys that it may have, once more. */
  async rewrap(view: OwnerView, grantId: string): Promise<SignedCommand[]> {
    await this.#wallet.refresh();
    const grant = grantOf(view, grantId);
    const made = this.#madeGrant(grant);
    const scopes = scopesOf(grant);
    // The keys that a grant began with were signed shortly before it.
    const sinceMs = millisecondsOf(grant.notBefore) - COMMAND_MS;
    const later = ownedKeys(this.#wallet, view).filter(
      ({ scope, from }) => scopes.includes(scope) && millisecondsOf(from) >= sinceMs,
    );
    const keys = grant.includesPast
      ? await allKeysOf(this.#wallet, view, scopes, grant.expiresAt)
      : await ownKeysOf(this.#wallet, view, later, grant.expiresAt);
    const wraps = await this.#wraps(view.ownership.vid, made, keys);
    return this.#signRewraps(
      view,
      wraps.map((wrap) => ({ grantId: made.grantId, wrap })),
      1,
    );
  }

  /** Gives an opener all keys of a vehicle that its owner has. */
  async addKeys(opener: Opener, view: OwnerView): Promise<void> {
    await this.#wallet.refresh();
    const { vid, ownerEpoch } = view.ownership;
    for (const { scope, epoch, scalar } of receivedKeysOf(this.#wallet, view.ownership)) {
      opener.addKey({ vid, scope, epoch }, scalar);
    }
    for (const { scope, epoch, scalar } of await privateKeysOf(
      this.#wallet,
      view.ownership,
      ownedKeys(this.#wallet, view),
    )) {
      opener.addKey({ vid, ownerEpoch, scope, epoch }, scalar);
    }
  }

  /**
   * Signs that what the person left as the owner of an epoch is erased. The keys go with {@link finishErasure},
   * once the ledger has it: before that it could still fail, and the history with it.
   */
  erase(vid: Vid, ownerEpoch: number): Promise<SignedCommand> {
    return this.#signer.sign(vid, 'Consent:erase', { ownerEpoch });
  }

  /** Destroys the keys of an erased owner epoch in the wallet. */
  finishErasure(vid: Vid, ownerEpoch: number): Promise<void> {
    return this.#wallet.destroyKeys(vid, ownerEpoch, this.#signer.now());
  }

  async #publishFresh(view: OwnerView, fresh: readonly PlannedKey[]): Promise<SignedCommand[]> {
    const rewraps = await this.#signRewraps(view, await this.#rewrapsOf(view, fresh));
    return [...rewraps, await this.#signPublish(view, fresh)];
  }

  async #signPublish(view: OwnerView, planned: readonly PlannedKey[]): Promise<SignedCommand> {
    const keys = await publicKeysOf(this.#wallet, view.ownership, planned);
    return this.#signer.sign(view.ownership.vid, 'Consent:publishSealingKeys', { keys });
  }

  /** New keys for the grants that go on, each its own scopes up to its end. */
  async #rewrapsOf(view: OwnerView, planned: readonly PlannedKey[]): Promise<Rewrap[]> {
    const now = this.#signer.now();
    const rewraps: Rewrap[] = [];
    for (const grant of view.grants) {
      if (grant.revokedAt !== null || grant.expiresAt <= now || grant.wraps.length === 0) continue;
      const made = this.#knownGrant(grant);
      // Another copy of this wallet made it: it stays, and gets no further keys. That must not keep its owner from
      // taking another one back.
      if (made === undefined) continue;
      const scopes = scopesOf(grant);
      const its = planned.filter(({ scope }) => scopes.includes(scope));
      const keys = await ownKeysOf(this.#wallet, view, its, grant.expiresAt);
      const wraps = await this.#wraps(view.ownership.vid, made, keys);
      rewraps.push(...wraps.map((wrap) => ({ grantId: made.grantId, wrap })));
    }
    return rewraps;
  }

  /** Rewraps as commands; each grant once in a command. */
  async #signRewraps(
    view: OwnerView,
    rewraps: readonly Rewrap[],
    perCommand = REWRAPS_PER_COMMAND,
  ): Promise<SignedCommand[]> {
    const commands: SignedCommand[] = [];
    for (let at = 0; at < rewraps.length; at += perCommand) {
      const grants = rewraps.slice(at, at + perCommand);
      commands.push(await this.#signer.sign(view.ownership.vid, 'Consent:rewrap', { grants }));
    }
    return commands;
  }

  #wraps(vid: Vid, made: MadeGrant, keys: readonly ScopeKey[]): Promise<KeyWrap[]> {
    const { ledger, random } = this.#options;
    const { ownerEpoch, grantId: id, readerKey } = made;
    const context = { ledger, vid, ownerEpoch, purpose: 'grant', id } as const;
    return wrapKeys(readerKey, keys, context, random);
  }

  #madeGrant(grant: Grant): MadeGrant {
    const made = this.#knownGrant(grant);
    if (made !== undefined) return made;
    throw new PassportError('WALLET_KEY_UNKNOWN', `it has no reader key of grant ${grant.grantId}`);
  }

  #knownGrant({ vid, grantId }: Grant): MadeGrant | undefined {
    return this.#wallet.vehicle(vid).grants.find((grant) => grant.grantId === grantId);
  }

  #plan(): Instant[] {
    return planEpochs(this.#signer.now());
  }
}

function grantOf({ grants }: OwnerView, grantId: string): Grant {
  const grant = grants.find((made) => made.grantId === grantId);
  if (grant !== undefined) return grant;
  throw new PassportError('GRANT_UNKNOWN', `the owner has made no grant ${grantId}`);
}
