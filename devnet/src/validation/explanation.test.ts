import { common } from '@hyperledger/fabric-protos';
import { beforeEach, expect, test } from 'vitest';

import { validateBlock } from './block-validator.ts';
import { explain } from './explanation.ts';
import { readWriteSet, TestNetwork, txIdOf } from './testing/test-transactions.ts';

const AT = { block: 3, tx: 0 };

let network: TestNetwork;

beforeEach(async () => {
  network = await TestNetwork.create();
  network.state.put('cc', 'k', 'v', AT);
});

/** The explanations of a block 7, parsed, by index. */
function explained(
  envelopes: readonly common.Envelope[],
  block: (number: number) => Uint8Array | undefined = () => undefined,
): Record<number, unknown> {
  const validated = validateBlock(7, envelopes, network.channel, network.state);
  const texts = [...explain(validated, { block })];
  return Object.fromEntries(texts.map(([tx, text]) => [tx, JSON.parse(text) as unknown]));
}

test('a conflict within the block names key, versions and the transaction that came first', () => {
  const results = readWriteSet({ reads: { k: AT }, writes: { k: 'w' } });
  const [first, second] = [network.transaction({ results }), network.transaction({ results })];
  expect(explained([first, second])).toEqual({
    1: {
      txId: txIdOf(second),
      code: 'MVCC_READ_CONFLICT',
      reason: 'a read no longer holds',
      conflict: {
        code: 'MVCC_READ_CONFLICT',
        namespace: 'cc',
        key: 'k',
        read: AT,
        current: { block: 7, tx: 0 },
      },
      writtenBy: txIdOf(first),
    },
  });
});

test('a conflict with an earlier block names the transaction there', () => {
  const writer = network.transaction();
  const data = new common.BlockData();
  data.setDataList([writer.serializeBinary()]);
  const earlier = new common.Block();
  earlier.setData(data);
  const stale = network.transaction({
    results: readWriteSet({ reads: { k: { block: 1, tx: 0 } } }),
  });
  const blocks = (number: number): Uint8Array | undefined =>
    number === AT.block ? earlier.serializeBinary() : undefined;
  expect(explained([stale], blocks)).toMatchObject({ 0: { writtenBy: txIdOf(writer) } });
});

test('any other refusal has its reason, and a valid transaction none', () => {
  const unendorsed = network.transaction({ endorsers: [] });
  const unreadable = new common.Envelope();
  expect(explained([network.transaction(), unendorsed, unreadable])).toEqual({
    1: {
      txId: txIdOf(unendorsed),
      code: 'ENDORSEMENT_POLICY_FAILURE',
      reason: 'the endorsements are not enough for what it writes to cc',
    },
    2: { txId: '', code: 'BAD_COMMON_HEADER', reason: 'nil header' },
  });
});
