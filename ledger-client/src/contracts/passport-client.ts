import {
  type AnswerOf,
  type ContractFunction,
  type ContractFunctions,
  type ContractName,
  contracts,
  type Contracts,
  type RequestOf,
} from '@passport/model';

import type { Ledger } from '../ledger.ts';
import { type Attempts, type CallPolicy, defaultCallPolicy } from './call-policy.ts';
import { readContract } from './read-contract.ts';
import { submitCommand, type SubmittedCommand } from './submit-command.ts';

/** What a command answered, and where it is on the ledger. */
export type Committed<Answer> = Omit<SubmittedCommand, 'result'> & { readonly answer: Answer };

/** A contract's function as a call: one that submits answers a {@link Committed}. */
type Call<F extends ContractFunction> = (
  request: RequestOf<F>,
) => Promise<F['mode'] extends 'submit' ? Committed<AnswerOf<F>> : AnswerOf<F>>;

type ContractClient<Functions> = {
  readonly [name in keyof Functions]: Functions[name] extends ContractFunction
    ? Call<Functions[name]>
    : never;
};

/** Every contract with every function, typed by `@passport/model`. */
export type PassportClient = {
  readonly [name in ContractName as Uncapitalize<name>]: ContractClient<Contracts[name]>;
};

/** Where the contracts are, and how patiently they are called. */
export type PassportClientOptions = Attempts & {
  /** Name of the chaincode on the channel. */
  readonly chaincode: string;
  readonly policy?: CallPolicy;
};

/**
 * The contracts as typed calls over one user's connection. Calls throw LedgerError; an error that a
 * contract answered with is in its `chaincode`, by its code of the catalogue.
 */
export function passportClient(ledger: Ledger, options: PassportClientOptions): PassportClient {
  const clients = Object.entries<ContractFunctions>(contracts).map(([name, functions]) => {
    const calls = Object.entries(functions).map(([functionName, definition]) => {
      const call = (request: unknown): Promise<unknown> =>
        callFunction(ledger, options, name, functionName, definition, request);
      return [functionName, call] as const;
    });
    return [name.charAt(0).toLowerCase() + name.slice(1), Object.fromEntries(calls)] as const;
  });
  // The types of the table and of what is built from it are the same by construction.
  return Object.fromEntries(clients) as unknown as PassportClient;
}

async function callFunction(
  ledger: Ledger,
  { chaincode, policy = defaultCallPolicy, ...attempts }: PassportClientOptions,
  contract: string,
  transaction: string,
  { mode }: ContractFunction,
  request: unknown,
): Promise<unknown> {
  const call = { chaincode, contract, transaction, args: [JSON.stringify(request)] };
  if (mode === 'evaluate') return answerOf(await readContract(ledger, call, policy, attempts));
  const { result, ...committed } = await submitCommand(ledger, call, policy, attempts);
  return { ...committed, answer: answerOf(result) };
}

function answerOf(result: Uint8Array): unknown {
  return JSON.parse(Buffer.from(result).toString('utf8'));
}
