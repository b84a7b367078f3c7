import { type Context, Contract } from 'fabric-contract-api';

import { contextOperations } from './context-operations.ts';
import { faultOperations } from './fault-operations.ts';
import type { Operation, Step } from './operation.ts';
import { privateOperations } from './private-operations.ts';
import { queryOperations } from './query-operations.ts';
import { stateOperations } from './state-operations.ts';

const operations: Readonly<Record<string, Operation>> = {
  ...stateOperations,
  ...queryOperations,
  ...privateOperations,
  ...contextOperations,
  ...faultOperations,
};

/**
 * A contract that does what a test tells it to, so that what a peer makes of each operation of a
 * chaincode can be compared. It is for tests only: anybody may write anything.
 */
export class ProbeContract extends Contract {
  constructor() {
    super('probe');
  }

  /** Carries out steps (JSON), one after the other, and answers with the list of results (JSON). */
  async run(context: Context, steps: string): Promise<string> {
    const { stub } = context;
    const results: unknown[] = [];
    for (const [name, ...args] of JSON.parse(steps) as Step[]) {
      const operation = operations[name];
      if (operation === undefined) throw new Error(`the probe has no operation ${name}`);
      const result = await operation(stub, ...(args as never[]));
      // The shim answers writes with the peer's empty payload.
      results.push(result instanceof Uint8Array ? null : (result ?? null));
    }
    return JSON.stringify(results);
  }
}
