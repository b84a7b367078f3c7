import { createHash, randomBytes } from 'node:crypto';

import { answered, type PassportClient, relayId } from '@passport/ledger-client';
import {
  type Account,
  amountOf,
  type BankStatement,
  commandClaims,
  type CommandId,
  type CreditKey,
  type DepositAnswer,
  depositRequest,
  eurosOfMicro,
  FOLD_CREDITS_MAX,
  holderOf,
  instantOf,
  MICRO_PER_CENT,
  microOf,
  microOfEuros,
  parse,
  parseAccount,
  parseCommandId,
  parseJson,
  PassportError,
  payeeDigest,
  type Redemption,
  type RedemptionAnswer,
  redemptionRequest,
  reference,
  type SignedCommand,
  tokenCommands,
} from '@passport/model';
import type { z } from 'zod';

import type { BankBook } from './bank-book.ts';
import { Turns } from './turns.ts';

/** What the bank needs: its own connection, that of the auditor, and its book. */
export type BankOptions = {
  /** The custodian, as on the ledger. */
  readonly custodian: Pick<PassportClient, 'tokens'>;
  /** Of another organisation: without it nothing is minted. */
  readonly auditor: Pick<PassportClient, 'tokens'>;
  readonly book: BankBook;
  readonly now: () => Date;
};

const asset = 'PCC';
/** Where deposits and what was earned are folded into. */
const LANE = 0;
/** One deposit at most: beyond it nobody plays. */
const DEPOSIT_MICRO_MAX = microOfEuros(parse(depositRequest.shape.euros, '10000.00'));
/** What the bank attests beyond what is needed, so that not each deposit needs an attestation. */
const RESERVE_AHEAD_MICRO = 10n * DEPOSIT_MICRO_MAX;

/**
 * The bank of the sandbox: euros in, PCC out, and the other way round. What it does is on the ledger under ids
 * that follow from the deposit's name or the redemption's command, so that a repeat after whatever accident
 * does nothing twice; its own book has the euros. A real bank would not hold the auditor's key.
 */
export class Bank {
  readonly #options: BankOptions;
  /** Supply and reserve are one key of the ledger: deposits that come together would conflict. */
  readonly #turns = new Turns();

  constructor(options: BankOptions) {
    this.#options = options;
  }

  /**
   * Mints for euros that were paid in, by custodian and auditor, and folds them into a lane that can spend. The
   * same reference again is the same deposit. Throws PassportError, `COMMAND_ID_REUSED` for another one under it.
   */
  async deposit(body: unknown): Promise<DepositAnswer> {
    const request = parse(depositRequest, body);
    const { account, euros } = request;
    const micro = microOfEuros(euros);
    if (micro <= 0n || micro > DEPOSIT_MICRO_MAX) {
      throw new PassportError('EUROS_INVALID', 'a deposit is above 0 and 10,000.00 at most');
    }
    const named =
      request.reference ?? parse(reference, `deposit-${randomBytes(8).toString('hex')}`);
    const amount = amountOf(micro);
    const { custodian, auditor, book, now } = this.#options;
    const id = (step: string): CommandId => stepId(step, named);
    return answered(() =>
      this.#turns.take(async () => {
        await this.#coverBy(micro);
        const { answer: mint } = await custodian.tokens.proposeMint({
          ...{ commandId: id('propose'), asset, to: account, amount, deposit: named },
        });
        const { answer: minted } = await auditor.tokens.approveMint({
          ...{ commandId: id('approve'), mintId: mint.mintId },
        });
        if (minted.credit === null) throw new Error('what was minted has no credit');
        // What is an organisation's nobody else may fold.
        const lane = holderOf(account).kind === 'key' ? LANE : null;
        if (lane !== null) {
          const fold = { asset, account, lane, credits: [minted.credit] } as const;
          await custodian.tokens.fold({ commandId: id('fold'), ...fold });
        }
        await book.paidIn({ account, name: named, micro, at: now() });
        return { reference: named, account, euros, minted: amount, lane };
      }),
    );
  }

  /**
   * Pays out what somebody wants to have in euros: tokens are set aside on the ledger, the bank pays, and they
   * are burned. The same again is the same redemption. Throws PassportError.
   */
  async redeem(body: unknown): Promise<RedemptionAnswer> {
    const request = parse(redemptionRequest, body);
    const payTo = payeeDigest(request.payee);
    return answered(() =>
      this.#turns.take(async () => {
        const redemption =
          'command' in request
            ? await this.#setAside(request.command, payTo)
            : await this.#options.custodian.tokens.readRedemption({
                redemptionId: request.redemptionId,
              });
        requirePayable(redemption, payTo);
        const { redemptionId: name, from: account } = redemption;
        const micro = microOf(redemption.amount);
        await this.#options.book.toPayOut({ account, name, micro, at: this.#options.now() });
        return this.#payOut(redemption);
      }),
    );
  }

  /** Goes on with payouts that a crash has interrupted. */
  async finish(): Promise<void> {
    for (const redemptionId of this.#options.book.open()) {
      await answered(async () => {
        await this.#payOut(await this.#options.custodian.tokens.readRedemption({ redemptionId }));
      });
    }
  }

  /** Folds what an account was paid into its first lane, so that it can be spent. */
  async fold(account: Account): Promise<BankStatement> {
    await answered(() => this.#foldInto(account, LANE));
    return this.statement(account);
  }

  /** An account: its tokens, and the euros that went in and out. */
  async statement(account: Account): Promise<BankStatement> {
    const balance = await answered(() =>
      this.#options.custodian.tokens.readBalance({ asset, account }),
    );
    const lanes = balance.lanes.map(({ lane, posted, held }) => ({
      lane,
      free: amountOf(microOf(posted) - microOf(held)),
    }));
    const unfolded = balance.credits.reduce((sum, { amount }) => sum + microOf(amount), 0n);
    const { paidIn, paidOut } = this.#options.book.totals(account);
    return {
      ...{ account, total: balance.total, lanes, unfolded: amountOf(unfolded) },
      ...{ paidIn: eurosOfMicro(paidIn), paidOut: eurosOfMicro(paidOut) },
    };
  }

  /** Has the command of a key executed; what was paid to its account can be spent by it. */
  async #setAside(command: SignedCommand, payTo: string): Promise<Redemption> {
    const { account, order } = orderOf(command);
    // Before anything is set aside: what cannot be paid would have to be given back.
    requirePayable(order, payTo);
    await this.#foldInto(account, order.lane);
    const call = { commandId: relayId(command), command };
    return (await this.#options.custodian.tokens.requestRedemptionSigned(call)).answer;
  }

  async #payOut({ redemptionId, from, amount }: Redemption): Promise<RedemptionAnswer> {
    const { custodian, book } = this.#options;
    // Named by the redemption: whatever happens in between, one payout burns once.
    const payout = parse(reference, `payout-${redemptionId.slice(0, 48)}`);
    const commandId = stepId('burn', redemptionId);
    await custodian.tokens.confirmRedemption({ commandId, redemptionId, payout });
    await book.hasPaidOut(redemptionId);
    const euros = eurosOfMicro(microOf(amount));
    return { redemptionId, account: from, euros, payout, status: 'paid' };
  }

  /** Attests what the bank holds, where the last attestation would not cover so much more. */
  async #coverBy(micro: bigint): Promise<void> {
    const { custodian, now } = this.#options;
    const { supply, reserve } = await custodian.tokens.readSupply({ asset });
    const needed = microOf(supply) + micro;
    if (reserve !== null && microOf(reserve.amount) >= needed) return;
    const name = randomBytes(8).toString('hex');
    await custodian.tokens.attestReserve({
      commandId: stepId('attest', name),
      ...{ asset, amount: amountOf(needed + RESERVE_AHEAD_MICRO) },
      asOf: instantOf(now().getTime()),
      statement: parse(reference, `statement-${name}`),
    });
  }

  async #foldInto(account: Account, lane: number): Promise<void> {
    const { tokens } = this.#options.custodian;
    const { credits } = await tokens.readBalance({ asset, account });
    const named = credits
      .slice(0, FOLD_CREDITS_MAX)
      .map(({ transactionId, leg }): CreditKey => ({ transactionId, leg }));
    if (named.length === 0) return;
    const commandId = stepId('fold', JSON.stringify([account, lane, named]));
    await tokens.fold({ commandId, asset, account, lane, credits: named });
  }
}

/** Refuses what the bank cannot pay out to that payee. Throws PassportError. */
function requirePayable(
  order: Pick<Redemption, 'asset' | 'amount' | 'payTo'>,
  payTo: string,
): void {
  if (order.payTo !== payTo) {
    throw new PassportError('COMMAND_TARGET_WRONG', 'payTo is not the digest of the payee');
  }
  if (order.asset !== asset || microOf(order.amount) % MICRO_PER_CENT !== 0n) {
    throw new PassportError('EUROS_INVALID', 'whole cents of PCC are paid out');
  }
}

/** What a redemption's command asks for; whether it is signed by whose account it is the ledger tells. */
function orderOf(command: SignedCommand): {
  readonly account: Account;
  readonly order: z.output<typeof tokenCommands.requestRedemption>;
} {
  const [, payload = ''] = command.split('.');
  const json = Buffer.from(payload, 'base64url').toString('utf8');
  const { sub, args } = parseJson(commandClaims, json, 'COMMAND_MALFORMED');
  return { account: parseAccount(sub), order: parse(tokenCommands.requestRedemption, args) };
}

/** The id of one step of what has a name: the same each time. */
function stepId(step: string, name: string): CommandId {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 40);
  return parseCommandId(`desk-${step}-${digest}`);
}
