import {
  type AnswerOf,
  canonicalJson,
  type ContractFunction,
  type ContractFunctions,
  type JsonValue,
  parseJson,
  PassportError,
  type ReadRequestOf,
} from '@passport/model';
import { type Context, Contract } from 'fabric-contract-api';

import { runOnce } from './run-once.ts';
import { Transaction } from './transaction.ts';

/** What each function of a contract does. */
export type Handlers<Functions extends ContractFunctions> = {
  readonly [name in keyof Functions]: (
    tx: Transaction,
    request: ReadRequestOf<Functions[name]>,
  ) => Promise<AnswerOf<Functions[name]>>;
};

/** What the contracts take from their process. */
export type EndorserOptions = {
  /** The endorser's own clock. */
  readonly now: () => Date;
};

/** How far a transaction's time may be from the endorser's clock. */
export const CLOCK_SKEW_MS_MAX = 120_000;

/** The longest request, in characters; 500 events of the usual size are a tenth of it. */
export const REQUEST_LENGTH_MAX = 4 * 1024 * 1024;

type Handler = (tx: Transaction, request: unknown) => Promise<JsonValue>;

/**
 * A contract class for Fabric's contract API out of a table of functions. Each takes its request as
 * one JSON text and answers canonical JSON. A function that submits executes once for the caller's
 * organisation and the request's command id.
 */
export function contractClass<Functions extends ContractFunctions>(
  name: string,
  functions: Functions,
  handlers: Handlers<Functions>,
  options: EndorserOptions,
): new () => Contract {
  const LedgerContract = class extends Contract {
    constructor() {
      super(name);
    }
  };
  for (const [functionName, definition] of Object.entries(functions)) {
    const handler = handlers[functionName] as unknown as Handler;
    const scope = `${name}:${functionName}`;
    Object.defineProperty(LedgerContract.prototype, functionName, {
      value: (context: Context, request: string) =>
        invoke(context, scope, definition, handler, request, options),
    });
  }
  return LedgerContract;
}

async function invoke(
  context: Context,
  functionName: string,
  definition: ContractFunction,
  handler: Handler,
  text: string,
  { now }: EndorserOptions,
): Promise<string> {
  if (text.length > REQUEST_LENGTH_MAX) {
    throw new PassportError('REQUEST_TOO_LARGE', `it has ${text.length} characters`);
  }
  const request: unknown = parseJson(definition.request, text);
  const tx = new Transaction(context);
  if (definition.mode === 'evaluate') return canonicalJson(await handler(tx, request));
  requireSameTime(tx.timeMs, now().getTime());
  const { commandId } = request as { readonly commandId: string };
  const command = { scope: tx.caller.mspId, id: commandId, payload: `${functionName}\n${text}` };
  return canonicalJson(await runOnce(tx, command, 'COMMAND_ID_REUSED', () => handler(tx, request)));
}

/**
 * Blocks carry no time and clients set that of their transactions, so each endorser vouches for it.
 * It only ever refuses to sign, so its clock is not part of any result.
 */
function requireSameTime(transactionMs: number, clockMs: number): void {
  const skewMs = transactionMs - clockMs;
  if (Math.abs(skewMs) <= CLOCK_SKEW_MS_MAX) return;
  throw new PassportError(
    'CLOCK_SKEWED',
    `the transaction's time is ${Math.abs(Math.round(skewMs / 1000))} s ` +
      `${skewMs > 0 ? 'ahead of' : 'behind'} the endorser's`,
  );
}
