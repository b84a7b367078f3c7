import { startTimer, type StartTimer } from '@passport/runtime';

import type { ChaincodeCall } from '../chaincode-call.ts';
import { ChaincodeConnection, type ChaincodeConnectionOptions } from '../chaincode-connection.ts';
import { type ChaincodeResult, ChaincodeSupport } from '../chaincode-support.ts';

/** The package id that test chaincodes register with. */
export const PACKAGE_ID = 'cc_1.0:0123';

/** Timers that can be counted: those that are started and neither cancelled nor gone off. */
class CountedTimers {
  running = 0;

  readonly start: StartTimer = (ms, callback) => {
    this.running += 1;
    let over = false;
    const end = (): void => {
      if (!over) this.running -= 1;
      over = true;
    };
    const cancel = startTimer(ms, () => {
      end();
      callback();
    });
    return () => {
      end();
      cancel();
    };
  };
}

/** A connection, and a way to run chaincodes through it. */
export class TestChaincode {
  readonly timers = new CountedTimers();
  readonly connection: ChaincodeConnection;
  readonly support: ChaincodeSupport;

  constructor(address: string, changes: Partial<ChaincodeConnectionOptions> = {}) {
    this.connection = new ChaincodeConnection({
      address,
      packageId: PACKAGE_ID,
      startTimer: this.timers.start,
      connectTimeoutMs: 10_000,
      reconnectMs: { first: 20, longest: 200 },
      totalQueryLimit: 100_000,
      ...changes,
    });
    this.support = new ChaincodeSupport({
      find: () => this.connection,
      openChannel: () => undefined,
    });
    this.connection.open();
  }

  execute(call: ChaincodeCall): Promise<ChaincodeResult> {
    return this.support.execute(call);
  }

  /** What the chaincode returned, decoded; throws its message where it failed. */
  async evaluate(call: ChaincodeCall): Promise<unknown> {
    const { response } = await this.execute(call);
    if (response.getStatus() !== 200) throw new Error(response.getMessage());
    return JSON.parse(Buffer.from(response.getPayload_asU8()).toString());
  }
}
