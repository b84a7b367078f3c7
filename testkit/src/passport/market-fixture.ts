import {
  generateSigningKey,
  readLedgerName,
  signCommand,
  type SigningKey,
  signVoucher,
} from '@passport/ledger-client';
import {
  amountOf,
  digestOfJson,
  instantOf,
  type JsonValue,
  type KeyId,
  keyAccount,
  type LedgerId,
  microOf,
  organisationAccount,
  parse,
  parseMspId,
  type ProductDescriptor,
  productId,
  receiptLeaf,
  receiptsTree,
  reference,
  type RequestOf,
  type Contracts,
  type Tab,
  type Voucher,
} from '@passport/model';
import { sleep } from '@passport/runtime';

import type { PassportFixture } from './passport-fixture.ts';

const LIFETIME_MS = 600_000;
const TAB_MS = 24 * 60 * 60 * 1000;
const POLL_MS = 100;
const LEDGER_MS = 30_000;
const LEGS = 500;
const asset = 'PCC';
const lane = 0;
const bank = organisationAccount(parseMspId('InsurerMSP'));

/** A product that somebody could sell. */
export const testDescriptor: ProductDescriptor = {
  v: 1,
  title: 'Fleet usage',
  summary: 'How far cars are driven, by day and model.',
  ...{ answers: ['view', 'sql'], views: ['usage'], classes: [], refresh: 'epoch' },
  fields: [{ name: 'distanceM', role: 'metric', type: 'integer', unit: 'm', means: 'driven' }],
  terms: {
    ...{ licence: 'Passport Data Licence 1', purposes: ['insurance', 'research'] },
    ...{ mayResell: false, retentionDays: 365, text: 'Not to be joined with persons.' },
  },
  price: { tariffPermille: 1000 },
  privacy: { rule: 'released', vehiclesMin: 10, ownersMin: 5, hasPairwiseIds: false },
  quality: { indexMin: 500, ageMsMax: 3_600_000 },
  providers: [{ method: 'connected-car', permille: 1000 }],
};

/** A buyer's key and tab. */
export type Buyer = { readonly key: SigningKey; readonly tab: Tab };

/** A market on a founded consortium, whose maker is its operator: the ledger is named, a product published. */
export class MarketFixture {
  readonly operator = parseMspId('MakerMSP');
  readonly product = parse(productId, 'fleet-usage');
  readonly ledger: LedgerId;
  readonly passport: PassportFixture;
  #deposits = 0;

  private constructor(passport: PassportFixture, ledger: LedgerId) {
    this.passport = passport;
    this.ledger = ledger;
  }

  /** Prepares it, once for a ledger. */
  static async prepare(passport: PassportFixture): Promise<MarketFixture> {
    const { ledger } = passport.members.MakerMSP;
    const name = await readLedgerName(ledger, AbortSignal.timeout(LEDGER_MS));
    const fixture = new MarketFixture(passport, name);
    await fixture.#nameLedger();
    await fixture.publish(1, testDescriptor);
    return fixture;
  }

  /** A command id of its own. */
  id() {
    return { commandId: this.passport.commandId() };
  }

  /** Publishes a version of the product. */
  publish(version: number, descriptor: ProductDescriptor) {
    const digest = digestOfJson(descriptor as unknown as JsonValue);
    return this.passport.members.MakerMSP.user.market.publishProduct({
      ...{ ...this.id(), product: this.product, version, descriptor, digest },
    });
  }

  /** So many buyers with so much each, in a lane that can be spent. */
  async fundBuyers(count: number, microEach: bigint): Promise<SigningKey[]> {
    const keys = await Promise.all(Array.from({ length: count }, () => generateSigningKey()));
    await this.#mint(microEach * BigInt(count));
    const { InsurerMSP, GarageMSP } = this.passport.members;
    for (let start = 0; start < count; start += LEGS) {
      const some = keys.slice(start, start + LEGS);
      const legs = some.map(({ keyId }) => ({
        to: keyAccount(keyId),
        amount: amountOf(microEach),
      }));
      const paid = await InsurerMSP.user.tokens.pay({
        ...this.id(),
        asset,
        from: bank,
        lane,
        legs,
      });
      await Promise.all(
        some.map(({ keyId }, leg) => {
          const credits = [{ transactionId: paid.transactionId, leg }];
          return GarageMSP.user.tokens.fold({
            ...{ ...this.id(), asset, lane, account: keyAccount(keyId), credits },
          });
        }),
      );
    }
    return keys;
  }

  /** A command that a buyer or an owner signed; `id` is its nonce. */
  sign(
    key: SigningKey,
    name: 'openTab' | 'topUpTab' | 'closeTab' | 'claim',
    args: unknown,
    id = this.passport.commandId(),
  ) {
    return signCommand(key, {
      ...{ channel: this.passport.channel, functionName: `Market:${name}` },
      ...{ target: keyAccount(key.keyId), id, args },
      expiresAt: new Date(Date.now() + LIFETIME_MS),
    });
  }

  /** What opens a tab with so much of a buyer's first lane. */
  opening(key: SigningKey, micro: bigint) {
    return this.sign(key, 'openTab', {
      ...{ operator: this.operator, ledger: this.ledger, lane, amount: amountOf(micro) },
      expiresAt: instantOf(Date.now() + TAB_MS),
    });
  }

  /** Opens it. */
  async openTab(key: SigningKey, micro: bigint) {
    const command = await this.opening(key, micro);
    const { user } = this.passport.members.GarageMSP;
    return user.market.openTab({ ...this.id(), command });
  }

  /** A voucher of a buyer. */
  voucher({ key, tab }: Buyer, micro: bigint, seq: number, changes: object = {}): Promise<Voucher> {
    return signVoucher(key, {
      ...{ aud: this.operator, sub: tab.tab, ledger: this.ledger, channel: this.passport.channel },
      ...{ amount: amountOf(micro), seq, expiresAt: new Date(tab.expiresAt) },
      ...changes,
    });
  }

  /** What settles vouchers for so many receipts of the product, which are made up. */
  settlement(
    number: number,
    micro: bigint,
    receipts: number,
    tabs: RequestOf<Contracts['Market']['settle']>['tabs'],
  ): Omit<RequestOf<Contracts['Market']['settle']>, 'commandId'> {
    const leaves = Array.from({ length: receipts }, (_, at) => receiptLeaf({ number, at }));
    const sum = amountOf(micro);
    return {
      number,
      receipts: { root: receiptsTree(leaves).root, count: receipts, sum },
      products: [{ product: this.product, version: 1, receipts, amount: sum }],
      tabs,
    };
  }

  /** What an account has in all. */
  async total(keyId: KeyId): Promise<bigint> {
    const { tokens } = this.passport.members.GarageMSP.user;
    return microOf((await tokens.readBalance({ asset, account: keyAccount(keyId) })).total);
  }

  async #mint(micro: bigint): Promise<void> {
    const { InsurerMSP, GarageMSP } = this.passport.members;
    const { supply } = await InsurerMSP.user.tokens.readSupply({ asset });
    await InsurerMSP.user.tokens.attestReserve({
      ...{ ...this.id(), asset, amount: amountOf(microOf(supply) + micro) },
      asOf: instantOf(Date.now() - 1_000),
      statement: parse(reference, 'market'),
    });
    this.#deposits += 1;
    const deposit = parse(reference, `market-${this.#deposits}`);
    const mint = { ...this.id(), asset, to: bank, amount: amountOf(micro), deposit } as const;
    const { mintId } = (await InsurerMSP.user.tokens.proposeMint(mint)).answer;
    const { credit } = (await GarageMSP.user.tokens.approveMint({ ...this.id(), mintId })).answer;
    if (credit === null) throw new Error('nothing was minted');
    const fold = { ...this.id(), asset, lane, account: bank, credits: [credit] } as const;
    await InsurerMSP.user.tokens.fold(fold);
  }

  async #nameLedger(): Promise<void> {
    const { MakerMSP, InsurerMSP } = this.passport.members;
    const name = 'market.ledger';
    const { answer } = await MakerMSP.admin.parameters.proposeParameter({
      ...{ ...this.id(), name, value: { ledger: this.ledger } },
      effectiveFrom: instantOf(Date.now() + 1_000),
    });
    const { proposalId } = answer;
    await InsurerMSP.admin.parameters.approveParameter({ ...this.id(), proposalId });
    const isNamed = async (): Promise<boolean> =>
      (await MakerMSP.user.parameters.readParameter({ name })).current.version > 0;
    while (!(await isNamed())) await sleep(POLL_MS);
  }
}
