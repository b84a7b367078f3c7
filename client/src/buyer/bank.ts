import { type PersonKey, signCommand } from '@passport/ledger-client/signing';
import {
  type Account,
  amountOf,
  type BankStatement,
  bankStatement,
  type DepositAnswer,
  depositAnswer,
  type Euros,
  keyAccount,
  microOf,
  microOfEuros,
  parseCommandId,
  payeeDigest,
  type Payee,
  type RedemptionAnswer,
  redemptionAnswer,
  type Reference,
} from '@passport/model';

import { BuyerError } from './buyer-error.ts';
import { HttpBase, type Surroundings } from './market-http.ts';

/** A command is good for so long: time enough for somebody to bring it to the ledger. */
const COMMAND_MS = 10 * 60 * 1000;

/** The bank's desk: euros become PCC, and PCC euros. Nobody needs a certificate for it. */
export class BankDesk {
  readonly #http: HttpBase;
  readonly #surroundings: Surroundings;

  constructor(url: string, surroundings: Surroundings) {
    this.#http = new HttpBase(url, surroundings);
    this.#surroundings = surroundings;
  }

  /**
   * Pays euros in, and has PCC for them in an account. The same reference again is the same deposit: make one
   * before, and a lost answer costs nothing. Throws BuyerError.
   */
  deposit(account: Account, euros: Euros, reference: Reference): Promise<DepositAnswer> {
    const body = { account, euros, reference };
    return this.#http.json({ method: 'POST', path: 'v1/deposits', body }, depositAnswer);
  }

  /** What an account has. Throws BuyerError. */
  statement(account: Account): Promise<BankStatement> {
    return this.#http.json(
      { method: 'GET', path: `v1/accounts/${encodeURIComponent(account)}` },
      bankStatement,
    );
  }

  /** Folds what an account was paid, so that it can be spent. Throws BuyerError. */
  fold(account: Account): Promise<BankStatement> {
    return this.#http.json(
      { method: 'POST', path: `v1/accounts/${encodeURIComponent(account)}/fold` },
      bankStatement,
    );
  }

  /**
   * Turns PCC of a key's account into euros for an IBAN, of which the ledger has a salted digest only. Throws
   * BuyerError.
   */
  async redeem(
    key: PersonKey,
    order: { readonly channel: string; readonly euros: Euros; readonly iban: string },
  ): Promise<RedemptionAnswer> {
    const account = keyAccount(key.keyId);
    const micro = microOfEuros(order.euros);
    const { lanes } = await this.fold(account);
    const lane = laneWith(lanes, micro);
    const payee: Payee = { v: 'passport/payee/1', iban: order.iban, salt: newSalt() };
    const command = await signCommand(key, {
      ...{ channel: order.channel, functionName: 'Tokens:requestRedemptionSigned' },
      ...{ target: account, id: parseCommandId(`redeem-${crypto.randomUUID()}`) },
      expiresAt: new Date(this.#surroundings.now().getTime() + COMMAND_MS),
      args: { asset: 'PCC', lane, amount: amountOf(micro), payTo: payeeDigest(payee) },
    });
    return this.#redeem({ command, payee });
  }

  /** Has paid out what an organisation has requested on the ledger by itself. Throws BuyerError. */
  payOut(redemptionId: string, payee: Payee): Promise<RedemptionAnswer> {
    return this.#redeem({ redemptionId, payee });
  }

  #redeem(body: object): Promise<RedemptionAnswer> {
    return this.#http.json({ method: 'POST', path: 'v1/redemptions', body }, redemptionAnswer);
  }
}

/** The first lane that can spend so much: a debit is of one lane. Throws BuyerError `USAGE`. */
export function laneWith(lanes: BankStatement['lanes'], micro: bigint): number {
  const found = lanes.find(({ free }) => microOf(free) >= micro);
  if (found !== undefined) return found.lane;
  const most = lanes.reduce((max, { free }) => (microOf(free) > max ? microOf(free) : max), 0n);
  throw new BuyerError(
    'USAGE',
    `the account can spend ${most} micro-PCC at once, and ${micro} are wanted: deposit more`,
  );
}

function newSalt(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
