import type { common } from '@hyperledger/fabric-protos';
import { sleep } from '@passport/runtime';

import type { Fixture } from '../fixture.ts';
import { transactionsOf } from './decoded-block.ts';

/** Where an envelope ended up. */
export type Placed = {
  readonly block: number;
  readonly index: number;
  /** Name of the validation code. */
  readonly code: string;
};

const ATTEMPTS = 400;
const POLL_MS = 25;

/**
 * Sends any envelope to be ordered, and finds it in the blocks that follow; for envelopes whose
 * transaction id cannot be asked for. Throws where no block has it soon.
 */
export async function orderAndFind(fixture: Fixture, envelope: common.Envelope): Promise<Placed> {
  const { maker } = fixture;
  let next = await fixture.height();
  await maker.order(envelope, '');
  const wanted = Buffer.from(envelope.serializeBinary());
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const height = await fixture.height();
    for (; next < height; next += 1) {
      const transactions = transactionsOf(await fixture.block(next));
      const index = transactions.findIndex((other) =>
        wanted.equals(Buffer.from(other.envelope.serializeBinary())),
      );
      const code = transactions[index]?.code;
      if (code !== undefined) return { block: next, index, code };
    }
    await sleep(POLL_MS);
  }
  throw new Error('no block has the envelope');
}
