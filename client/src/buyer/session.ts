import {
  type Amount,
  type Instant,
  type KeyId,
  type PublicKey,
  type Receipt,
  x402Headers,
} from '@passport/model';

import { paymentResponse } from './answers.ts';
import type { Ask } from './asking.ts';
import { type HttpBase, refusalOf } from './market-http.ts';
import { acceptHeader, bytesOf, headerJson, isForNothing } from './payer.ts';
import { checkReceipt } from './receipt-check.ts';

/** An answer that was asked for by a session. */
export type SessionAnswer = {
  readonly body: Uint8Array;
  readonly headers: Headers;
  /** What was paid, and for what; null of an answer that rests on no data, and costs nothing. */
  readonly paid: { readonly receipt: Receipt; readonly signedReceipt: string } | null;
};

/** What a session is made of. */
export type SessionOptions = {
  readonly http: HttpBase;
  readonly operatorKey: PublicKey;
  readonly buyer: KeyId;
  readonly credential: string;
  readonly limit: Amount;
  readonly expiresAt: Instant;
};

/** A session that is open: its requests pay by a credential, any number of them at once. */
export class Session {
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** What may be charged on the tab in all, micro-PCC. */
  get limit(): Amount {
    return this.#options.limit;
  }

  get expiresAt(): Instant {
    return this.#options.expiresAt;
  }

  /** For `Authorization: Passport-Session` of other programs. Whoever has it spends up to the limit. */
  get credential(): string {
    return this.#options.credential;
  }

  /** Buys an answer, and checks its receipt. Throws BuyerError. */
  async buy(ask: Ask): Promise<SessionAnswer> {
    const { http, credential, operatorKey, buyer } = this.#options;
    const { method, path, body: sent } = ask;
    const headers = {
      ...{ ...acceptHeader(ask), ...ask.headers },
      Authorization: `Passport-Session ${credential}`,
      'Idempotency-Key': crypto.randomUUID(),
    };
    const response = await http.send({ method, path, body: sent, headers });
    if (response.status !== 200) throw await refusalOf(response);
    const body = await bytesOf(response);
    const given = { body, headers: response.headers };
    if (isForNothing(response)) return { ...given, paid: null };
    const paid = headerJson(response, x402Headers.response, paymentResponse);
    const signedReceipt = paid.extensions.receipt;
    const receipt = await checkReceipt(signedReceipt, { operatorKey, answer: body, buyer });
    return { ...given, paid: { receipt, signedReceipt } };
  }
}
