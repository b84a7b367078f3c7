import { type PersonKey, signCommand } from '@passport/ledger-client/signing';
import {
  type Account,
  account,
  amount,
  instant,
  isShareUnder,
  keyAccount,
  ledgerId,
  type MarketTerms,
  mspId,
  ownerProof,
  ownersRoot,
  parseCommandId,
} from '@passport/model';
import { z } from 'zod';

import { BuyerError } from './buyer-error.ts';
import { HttpBase, type Surroundings } from './market-http.ts';

const COMMAND_MS = 10 * 60 * 1000;

/** What the market says of who earns: `GET /v1/contributors/{account}/statement`. */
export const earningsStatement = z.looseObject({
  account,
  operator: mspId,
  ledger: ledgerId,
  distribution: z.int().min(0).nullable(),
  earned: amount,
  claimed: amount,
  claimable: amount,
  /** The key is on its way into the tree of owners: what it has earned can be claimed after the next distribution. */
  isWaiting: z.boolean(),
  lines: z.array(
    z.looseObject({
      receipt: z.string(),
      product: z.string(),
      productVersion: z.int(),
      kind: z.string(),
      soldAt: instant,
      as: z.string(),
      weight: z.union([z.string(), z.number()]),
      amount,
      settlement: z.int(),
      distribution: z.int(),
    }),
  ),
  legs: z.array(z.looseObject({ distribution: z.int(), as: z.string(), amount })),
  next: z.int().nullable(),
});

/** What somebody has earned, and by which sales. */
export type EarningsStatement = z.output<typeof earningsStatement>;

const leafAnswer = z.looseObject({
  distribution: z.int().min(0).nullable(),
  root: ownersRoot.nullable(),
  holder: z.string(),
  proof: ownerProof.nullable(),
});

const claimAnswer = z.looseObject({ account, paid: amount, distribution: z.int() });

/** What was paid to an owner. */
export type Claimed = z.output<typeof claimAnswer>;

/** What the holder of a key has earned by their cars: their statement, their leaf, their money. */
export class Earnings {
  readonly #http: HttpBase;
  /** Whose earnings they are. */
  readonly key: PersonKey;
  readonly #market: () => Promise<MarketTerms>;
  readonly #now: () => Date;

  constructor(
    options: Surroundings & {
      readonly api: string;
      readonly key: PersonKey;
      /** The market as it was seen first: {@link Purse.market}. */
      readonly market: () => Promise<MarketTerms>;
    },
  ) {
    const { api, key, market, now } = options;
    this.#http = new HttpBase(api, options);
    this.key = key;
    this.#market = market;
    this.#now = now;
  }

  /** The account that is paid. */
  get account(): Account {
    return keyAccount(this.key.keyId);
  }

  /** What was earned: the newest distribution, or the newest below a number. Throws BuyerError. */
  statement(before?: number): Promise<EarningsStatement> {
    const query = before === undefined ? '' : `?before=${before}`;
    const path = `v1/contributors/${encodeURIComponent(this.account)}/statement${query}`;
    return this.#http.json({ method: 'GET', path, prover: this.key }, earningsStatement);
  }

  /**
   * Claims what was earned and not paid yet, after the own leaf was found under the root that the market tells.
   * Throws BuyerError, with the ledger's code where there is nothing to claim.
   */
  async claim(): Promise<Claimed> {
    await this.#checkLeaf();
    const { channel, operator } = await this.#market();
    const command = await signCommand(this.key, {
      ...{ channel, functionName: 'Market:claim', target: this.account, args: { operator } },
      id: parseCommandId(`claim-${crypto.randomUUID()}`),
      expiresAt: new Date(this.#now().getTime() + COMMAND_MS),
    });
    const body = { command };
    return this.#http.json({ method: 'POST', path: 'v1/claims', body }, claimAnswer);
  }

  async #checkLeaf(): Promise<void> {
    const path = `v1/contributors/${encodeURIComponent(this.account)}/leaf`;
    const leaf = await this.#http.json({ method: 'GET', path, prover: this.key }, leafAnswer);
    if (leaf.proof === null || leaf.root === null) {
      throw new BuyerError(
        'REFUSED',
        'there is nothing to claim yet: the key is named by this request, and what its cars have ' +
          'earned can be claimed after the next distribution',
      );
    }
    if (leaf.holder === this.key.keyId && isShareUnder(leaf.root, this.key.keyId, leaf.proof)) {
      return;
    }
    throw new BuyerError('RECEIPT_INVALID', 'the leaf that the market shows is not under its root');
  }
}
