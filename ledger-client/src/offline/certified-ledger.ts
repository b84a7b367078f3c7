import { base64urlOf, bytesOfBase64url } from '@passport/model';
import { retry } from '@passport/runtime';
import * as z from 'zod';

import { askOnce, patience, readAs } from '../relay/http-relay.ts';
import { RelayError } from '../relay/relay-error.ts';
import { type MessageKey, signMessage } from './sign-message.ts';
import {
  type AskedTransaction,
  proposalToSign,
  statusToSign,
  transactionToSign,
} from './what-to-sign.ts';

/** Who writes, and through whom. */
export type CertifiedLedgerOptions = {
  /** The portal that prepares: the page's own origin. */
  readonly origin: string;
  readonly channel: string;
  readonly chaincode: string;
  readonly mspId: string;
  /** In PEM. */
  readonly certificate: string;
  /** Of WebCrypto; it signs, and nobody gets it. */
  readonly key: MessageKey;
  /** Uniform in [0, 1), for pauses between attempts. */
  readonly random: () => number;
};

/** A call of the contract `Passport` with its command id, so that it executes once. */
export type AskedCall = {
  readonly functionName: string;
  readonly request: Readonly<Record<string, unknown>> & { readonly commandId: string };
};

/** A call that is in a block. */
export type SubmittedCall = {
  readonly transactionId: string;
  readonly block: string;
  /** What the contract answered, as the portal tells it. */
  readonly answer: unknown;
};

const unsigned = z.object({ bytes: z.string() });
const endorsed = unsigned.extend({ result: z.string() });
const committed = z.object({ block: z.string() });

/**
 * The ledger for a member's user whose key is in a browser: a portal prepares each message, this checks that it is what was
 * asked for, and signs it. The portal can refuse and delay; it cannot write anything else in this name.
 */
export class CertifiedLedger {
  readonly #options: CertifiedLedgerOptions;

  constructor(options: CertifiedLedgerOptions) {
    this.#options = options;
  }

  /** Submits a call and waits for its block; a conflict is tried again as a new transaction. Throws RelayError. */
  submit(call: AskedCall): Promise<SubmittedCall> {
    return retry(() => this.#submitOnce(call), {
      ...patience,
      random: this.#options.random,
      isRetryable: (error) =>
        error instanceof RelayError && error.refusal === 'TRANSACTION_CONFLICT',
    });
  }

  async #submitOnce({ functionName, request }: AskedCall): Promise<SubmittedCall> {
    const { channel, chaincode, mspId, certificate } = this.#options;
    const text = JSON.stringify(request);
    const asked: AskedTransaction = {
      ...{ channel, chaincode, mspId, certificate },
      ...{ functionName: `Passport:${functionName}`, request: text },
    };
    const proposal = await this.#ask('proposals', unsigned, { functionName, request: text });
    const checked = proposalToSign(bytesOfBase64url(proposal.bytes), asked);
    const transaction = await this.#send('endorsements', endorsed, proposal.bytes, checked.message);
    const toSubmit = transactionToSign(bytesOfBase64url(transaction.bytes), checked);
    const question = await this.#send('submissions', unsigned, transaction.bytes, toSubmit);
    const toAsk = statusToSign(bytesOfBase64url(question.bytes), checked, asked);
    const { block } = await this.#send('commits', committed, question.bytes, toAsk);
    const { transactionId } = checked;
    return { transactionId, block, answer: JSON.parse(transaction.result) as unknown };
  }

  async #send<Schema extends z.ZodType>(
    step: string,
    answer: Schema,
    bytes: string,
    message: Uint8Array,
  ): Promise<z.output<Schema>> {
    const signature = base64urlOf(await signMessage(this.#options.key, message));
    return this.#ask(step, answer, { bytes, signature });
  }

  /** Each step may be sent again as it is: the same transaction counts once. */
  async #ask<Schema extends z.ZodType>(
    step: string,
    answer: Schema,
    content: object,
  ): Promise<z.output<Schema>> {
    const { origin, certificate, random } = this.#options;
    const body = JSON.stringify({ certificate, ...content });
    const headers = { 'Content-Type': 'application/json' };
    const url = new URL(`/professionals/${step}`, origin);
    const asked = await retry(() => askOnce(url, { method: 'POST', headers, body }), {
      ...{ ...patience, random },
      isRetryable: (error) => error instanceof RelayError && error.retry === 'same-id',
    });
    return readAs(answer, asked);
  }
}
