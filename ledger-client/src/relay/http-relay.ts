import {
  bytesOfBase64url,
  commandClaims,
  parseJson,
  type SignedCommand,
  type Vid,
} from '@passport/model';
import { retry, type RetryPolicy } from '@passport/runtime';
import * as z from 'zod';

import type { OwnerReads } from '../owner/owner-view.ts';
import { PROOF_HEADER } from '../request-proof/proof.ts';
import { signRequest } from '../request-proof/sign-request.ts';
import type { PersonKey } from '../signing/person-key.ts';
import {
  commandAnswer,
  grantsAnswer,
  ownershipAnswer,
  placeAnswer,
  sealingKeysAnswer,
  vehicleAnswer,
} from './answers.ts';
import type { RelayedCommand, RelayPlace } from './relay-desk.ts';
import { RelayError } from './relay-error.ts';

/** What a caller of a relay needs. */
export type HttpRelayOptions = {
  /** Where the relay is: the pages' own origin, in a browser. */
  readonly origin: string;
  /** The URL that proofs are for; {@link HttpRelay.place} tells it. The origin without it. */
  readonly proofUrl?: string;
  readonly now: () => Date;
  /** Uniform in [0, 1), for pauses between attempts. */
  readonly random: () => number;
};

/** How often a request is sent again while the relay cannot be reached, or has no answer yet. */
export const patience: RetryPolicy = { attemptsMax: 4, firstDelayMs: 300, longestDelayMs: 3_000 };

/** A relay answers when a command is in a block, or tells by then that it is not. */
const REQUEST_MS = 90_000;

const problem = z.looseObject({ code: z.string().optional(), detail: z.string().optional() });

/**
 * A member's relay over HTTP: how a browser without a connection to the ledger acts on it, and reads what is its
 * owner's. A command that is sent again executes once.
 */
export class HttpRelay {
  readonly #options: HttpRelayOptions;

  constructor(options: HttpRelayOptions) {
    this.#options = options;
  }

  /** Where it leads. Throws RelayError. */
  async place(): Promise<RelayPlace> {
    return readAs(placeAnswer, await this.#ask('/relay', { method: 'GET' }));
  }

  /** Submits a command to the function that it was signed for; answers once it is in a block. Throws RelayError. */
  submit(command: SignedCommand): Promise<RelayedCommand> {
    return this.#post(functionOf(command), { command });
  }

  /** Submits what a desk has signed, in its order; stops at the first that fails. Throws RelayError. */
  async submitAll(commands: readonly SignedCommand[]): Promise<RelayedCommand[]> {
    const done: RelayedCommand[] = [];
    for (const command of commands) done.push(await this.submit(command));
    return done;
  }

  /** Hands a vehicle over, by what both have signed. Throws RelayError. */
  transfer(seller: SignedCommand, buyer: SignedCommand): Promise<RelayedCommand> {
    return this.#post('Passport/transferOwnership', { seller, buyer });
  }

  /** Reads what a key may read; `functionName` is `Consent/countReads`. Throws RelayError. */
  async read<Answer extends z.ZodType>(
    signer: PersonKey,
    functionName: string,
    query: Readonly<Record<string, string>>,
    answer: Answer,
  ): Promise<z.output<Answer>> {
    const { origin, proofUrl = origin, now } = this.#options;
    const target = `/relay/${functionName}?${new URLSearchParams(query).toString()}`;
    const url = new URL(target, proofUrl).href;
    const asked = await this.#ask(target, { method: 'GET' }, () =>
      signRequest(signer, { method: 'GET', url }, now),
    );
    const { answer: read } = readAs(z.object({ answer: z.unknown() }), asked);
    return readAs(answer, read);
  }

  /** What `readOwnerView` asks, as the owner whose key this is. */
  reads(signer: PersonKey): OwnerReads {
    const ask =
      <Answer extends z.ZodType>(functionName: string, answer: Answer) =>
      ({ vid }: { vid: Vid }) =>
        this.read(signer, functionName, { vid }, answer);
    return {
      consent: {
        readOwnership: ask('Consent/readOwnership', ownershipAnswer),
        readSealingKeys: ask('Consent/readSealingKeys', sealingKeysAnswer),
        readGrants: ask('Consent/readGrants', grantsAnswer),
      },
      passport: { readVehicle: ask('Passport/readVehicle', vehicleAnswer) },
    };
  }

  async #post(functionName: string, body: object): Promise<RelayedCommand> {
    const request = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    };
    return readAs(commandAnswer, await this.#ask(`/relay/${functionName}`, request));
  }

  /** A proof is good once, so each attempt has its own. */
  #ask(target: string, request: RequestInit, prove?: () => Promise<string>): Promise<unknown> {
    const { origin, random } = this.#options;
    return retry(
      async () => {
        const headers = new Headers(request.headers);
        if (prove !== undefined) headers.set(PROOF_HEADER, await prove());
        return askOnce(new URL(target, origin), { ...request, headers });
      },
      {
        ...patience,
        random,
        isRetryable: (error) => error instanceof RelayError && error.retry === 'same-id',
      },
    );
  }
}

/** Sends one request, and reads its answer as JSON. Throws RelayError. */
export async function askOnce(url: URL, request: RequestInit): Promise<unknown> {
  const unreachable = (error: unknown): never => {
    const why = error instanceof Error ? error.message : String(error);
    throw new RelayError('RELAY_UNREACHABLE', `${url.origin} does not answer: ${why}`, {
      ...{ cause: error, retry: 'same-id' },
    });
  };
  const signal = AbortSignal.timeout(REQUEST_MS);
  const response = await fetch(url, { ...request, signal, redirect: 'error' }).catch(unreachable);
  const text = await response.text().catch(unreachable);
  const body = parsed(text);
  if (response.status === 200) return body;
  const { code, detail } = problem.safeParse(body).data ?? {};
  const said = `${code ?? `status ${response.status}`}: ${detail ?? 'no reason given'}`;
  if (response.status === 429 || response.status === 503) {
    const why = `${url.origin} has no answer: ${said}`;
    throw new RelayError('RELAY_UNREACHABLE', why, { retry: 'same-id', refusal: code });
  }
  throw new RelayError('RELAY_REFUSED', said, { refusal: code });
}

/** `Consent/grant`, of a command that was signed for `Consent:grant`. */
function functionOf(command: SignedCommand): string {
  const [, payload = ''] = command.split('.');
  const text = new TextDecoder().decode(bytesOfBase64url(payload));
  return parseJson(commandClaims, text, 'COMMAND_MALFORMED').fn.replace(':', '/');
}

/** Reads an answer. Throws RelayError `ANSWER_MALFORMED`. */
export function readAs<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value, { reportInput: false });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new RelayError('ANSWER_MALFORMED', `the relay's answer: ${where} ${issue?.message}`);
}

/** Undefined of what is no JSON. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
