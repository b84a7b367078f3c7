import * as z from 'zod';

import { commandId } from '../identifiers/names.ts';

/** One function of a contract: what it takes, and what it answers, both as JSON. */
export type ContractFunction<
  Mode extends 'submit' | 'evaluate' = 'submit' | 'evaluate',
  Request extends z.ZodType = z.ZodType,
  Answer = unknown,
> = {
  /** `submit` changes the ledger, `evaluate` only reads it. */
  readonly mode: Mode;
  readonly request: Request;
  /** What it does, in a sentence, for people who read the chaincode's metadata. */
  readonly title: string;
  /** Carries the type of the answer; there is no value. */
  readonly answer?: Answer;
};

/** The functions of one contract by name. */
export type ContractFunctions = Readonly<Record<string, ContractFunction>>;

/** A function that changes the ledger. Its request carries a command id, and executes once. */
export function submits<Answer>() {
  return <Shape extends z.core.$ZodLooseShape>(title: string, shape: Shape) =>
    ({
      mode: 'submit' as const,
      title,
      request: z.strictObject({ commandId, ...shape }),
    }) as ContractFunction<
      'submit',
      z.ZodObject<{ commandId: typeof commandId } & Shape, z.core.$strict>,
      Answer
    >;
}

/** A function that only reads. */
export function reads<Answer>() {
  return <Shape extends z.core.$ZodLooseShape>(title: string, shape: Shape) =>
    ({
      mode: 'evaluate' as const,
      title,
      request: z.strictObject(shape),
    }) as ContractFunction<'evaluate', z.ZodObject<Shape, z.core.$strict>, Answer>;
}

/** What a function takes, before it is read. */
export type RequestOf<F extends ContractFunction> = z.input<F['request']>;

/** What a function gets, once it is read. */
export type ReadRequestOf<F extends ContractFunction> = z.output<F['request']>;

/** What a function answers. */
export type AnswerOf<F extends ContractFunction> =
  F extends ContractFunction<'submit' | 'evaluate', z.ZodType, infer Answer> ? Answer : never;
