import { createHash } from 'node:crypto';

import { ledger } from '@hyperledger/fabric-protos';
import { describe, expect, test } from 'vitest';

import type { Step } from '../../probe/operation.ts';
import { readWriteSetOf, transactionsOf } from '../client/decoded-block.ts';
import type { CurrentFixture } from '../fixture.ts';

/** Every transaction of a chaincode reads its definition. */
const DEFINITION = '_lifecycle: read namespaces/fields/probe/Sequence present';

/** What each operation of a chaincode leaves in the transaction on the ledger. */
export function describeReadWriteSets(current: CurrentFixture): void {
  /** The read-write set as it stands in the block, and the version that its writes have. */
  const commit = async (
    ...steps: Step[]
  ): Promise<{ readonly set: readonly string[]; readonly version: string }> => {
    const { maker } = current();
    const endorsed = await maker.endorse(steps);
    const { block, code } = await (await endorsed.submit())();
    expect(code).toBe('VALID');
    const transactions = transactionsOf(await current().block(block));
    const index = transactions.findIndex(({ txId }) => txId === endorsed.txId);
    const committed = transactions[index]?.envelope;
    if (committed === undefined) throw new Error(`block ${block} lacks ${endorsed.txId}`);
    expect(Buffer.from(committed.getPayload_asU8())).toEqual(
      Buffer.from(endorsed.envelope.getPayload_asU8()),
    );
    return { set: readWriteSetOf(committed), version: `@${block}.${index}` };
  };

  describe('read-write set', () => {
    test('a write', async () => {
      const key = current().key();
      expect((await commit(['put', key, 'value'])).set).toEqual([
        DEFINITION,
        `probe: write ${key}=value`,
      ]);
    });

    test('nothing but an echo: the definition is read all the same', async () => {
      expect((await commit(['echo', 1])).set).toEqual([DEFINITION]);
    });

    test('a read of an absent key, and of a present one with its version', async () => {
      const key = current().key();
      expect((await commit(['get', key])).set).toEqual([DEFINITION, `probe: read ${key} absent`]);
      const { version } = await commit(['put', key, 'v']);
      expect((await commit(['get', key])).set).toEqual([
        DEFINITION,
        `probe: read ${key} ${version}`,
      ]);
    });

    test('a key read twice is one read; written twice, the last write', async () => {
      const key = current().key();
      const { set } = await commit(
        ['get', key],
        ['get', key],
        ['put', key, '1'],
        ['put', key, '2'],
      );
      expect(set).toEqual([DEFINITION, `probe: read ${key} absent`, `probe: write ${key}=2`]);
    });

    test('a read after a write sees the committed value and is on record', async () => {
      const key = current().key();
      const { version } = await commit(['put', key, 'old']);
      const endorsed = await current().maker.endorse([
        ['put', key, 'new'],
        ['get', key],
      ]);
      expect(endorsed.results).toEqual([null, 'old']);
      expect(readWriteSetOf(endorsed.envelope)).toEqual([
        DEFINITION,
        `probe: read ${key} ${version}`,
        `probe: write ${key}=new`,
      ]);
    });

    test('a delete, of a present and of an absent key', async () => {
      const key = current().key();
      expect((await commit(['delete', key])).set).toEqual([DEFINITION, `probe: delete ${key}`]);
      await commit(['put', key, 'v']);
      expect((await commit(['delete', key])).set).toEqual([DEFINITION, `probe: delete ${key}`]);
    });

    test('writes come in the order of the keys, whatever the order of the calls', async () => {
      const key = current().key();
      const { set } = await commit(
        ['put', `${key}b`, '1'],
        ['put', `${key}c`, '2'],
        ['put', `${key}a`, '3'],
      );
      expect(set).toEqual([
        DEFINITION,
        `probe: write ${key}a=3`,
        `probe: write ${key}b=1`,
        `probe: write ${key}c=2`,
      ]);
    });

    test('keys above U+FFFF come after those below, in the order of their bytes', async () => {
      const key = current().key();
      const { set } = await commit(['put', `${key}\u{1f697}`, 'car'], ['put', `${key}\uff21`, 'A']);
      expect(set).toEqual([
        DEFINITION,
        `probe: write ${key}\uff21=A`,
        `probe: write ${key}\u{1f697}=car`,
      ]);
    });

    test('an empty value is a deletion', async () => {
      const key = current().key();
      await commit(['put', key, 'v']);
      expect((await commit(['put', key, ''])).set).toEqual([DEFINITION, `probe: delete ${key}`]);
      expect(await current().maker.evaluate(['get', key], ['range', key, `${key}~`, null])).toEqual(
        ['', []],
      );
    });

    test('a range that was read to its end', async () => {
      const key = current().key();
      const { version } = await commit(['put', `${key}a`, '1'], ['put', `${key}b`, '2']);
      const { set } = await commit(['range', key, `${key}~`, null]);
      expect(set).toEqual([
        DEFINITION,
        `probe: range ${key}..${key}~ exhausted [${key}a${version},${key}b${version}]`,
      ]);
    });

    test('an empty range', async () => {
      const key = current().key();
      expect((await commit(['range', key, `${key}~`, null])).set).toEqual([
        DEFINITION,
        `probe: range ${key}..${key}~ exhausted []`,
      ]);
    });

    test('a range left early has what the peer had sent already', async () => {
      const key = current().key();
      const { version } = await commit(['putMany', key, 3, 'v']);
      const { set } = await commit(['range', key, `${key}~`, 1]);
      const reads = ['000000', '000001', '000002'].map((end) => `${key}${end}${version}`);
      expect(set).toEqual([DEFINITION, `probe: range ${key}..${key}~ exhausted [${reads.join()}]`]);
    });

    test('a long range left early ends at the last key that the peer read', async () => {
      const key = current().key();
      await commit(['putMany', key, 150, 'v']);
      const { set } = await commit(['range', key, `${key}~`, 1]);
      expect(set).toHaveLength(2);
      expect(set[1]).toMatch(
        new RegExp(`^probe: range ${key}\\.\\.${key}000100 unfinished merkle 50/1 \\w+,\\w+$`),
      );
    });

    test.each([
      [50, /exhausted \[/],
      [51, /exhausted merkle 50\/1 \w{64}$/],
      [103, /exhausted merkle 50\/1 \w{64}(,\w{64}){2}$/],
      [1_001, /exhausted merkle 50\/1 \w{64}(,\w{64}){19}$/],
      [2_601, /exhausted merkle 50\/2 \w{64}$/],
    ])('a range of %i keys: reads as they are, or a Merkle tree', async (count, end) => {
      const key = current().key();
      await commit(['putMany', key, count, 'v']);
      const [, range] = (await commit(['range', key, `${key}~`, null])).set;
      expect(range).toMatch(end);
    });

    test('a leaf of the Merkle tree is the SHA-256 of 51 reads', async () => {
      const key = current().key();
      const { version } = await commit(['putMany', key, 51, 'v']);
      const [, range] = (await commit(['range', key, `${key}~`, null])).set;
      expect(range).toMatch(new RegExp(`${hashOfReads(key, 51, version)}$`));
    });

    test('a page that was asked for', async () => {
      const key = current().key();
      const { version } = await commit(['putMany', key, 3, 'v']);
      const { set } = await commit(['page', key, `${key}~`, 2, '']);
      expect(set).toEqual([
        DEFINITION,
        `probe: range ${key}..${key}000001 unfinished [${key}000000${version},${key}000001${version}]`,
      ]);
    });

    test('a partial composite key', async () => {
      const type = current().key();
      const { version } = await commit(['putComposite', type, ['a', 'b'], 'v']);
      expect((await commit(['partial', type, ['a']])).set).toEqual([
        DEFINITION,
        `probe: range ~${type}~a~..~${type}~a~! exhausted [~${type}~a~b~${version}]`,
      ]);
    });

    test('a key level policy is a metadata write of its own', async () => {
      const key = current().key();
      await commit(['put', key, 'v']);
      const endorsed = await current().maker.endorse([['setPolicy', key, 'cG9saWN5']]);
      expect(readWriteSetOf(endorsed.envelope)).toEqual([
        DEFINITION,
        `probe: metadata ${key} VALIDATION_PARAMETER=cG9saWN5`,
      ]);
    });

    test('reading a key level policy is a read of the key', async () => {
      const key = current().key();
      expect((await commit(['getPolicy', key])).set).toEqual([
        DEFINITION,
        `probe: read ${key} absent`,
      ]);
    });

    test('a history is not on record', async () => {
      const key = current().key();
      expect((await commit(['history', key])).set).toEqual([DEFINITION]);
    });

    test('a call of another chaincode has both namespaces, in their order', async () => {
      const key = current().key();
      const steps = JSON.stringify([['increment', key, 1]]);
      const call: Step = ['call', 'open', '', ['run', steps]];
      expect((await commit(call, ['put', key, 'v'])).set).toEqual([
        '_lifecycle: read namespaces/fields/open/Sequence present',
        DEFINITION,
        `open: read ${key} absent`,
        `open: write ${key}=1`,
        `probe: write ${key}=v`,
      ]);
    });

    test('transient data is nowhere in the transaction', async () => {
      const endorsed = await current().maker.endorse([['transient', 'name']], {
        transient: { name: 'seen by the chaincode only', other: 'seen by nobody' },
      });
      expect(endorsed.results).toEqual(['seen by the chaincode only']);
      const bytes = Buffer.from(endorsed.envelope.getPayload_asU8());
      expect(bytes.includes('seen by nobody')).toBe(false);
      expect(await current().maker.evaluate(['transient', 'name'])).toEqual([null]);
    });
  });
}

function hashOfReads(prefix: string, count: number, version: string): string {
  const [block = 0, transaction = 0] = version.slice(1).split('.').map(Number);
  const reads = new ledger.rwset.kvrwset.QueryReads();
  for (let index = 0; index < count; index += 1) {
    const height = new ledger.rwset.kvrwset.Version();
    height.setBlockNum(block);
    height.setTxNum(transaction);
    const read = new ledger.rwset.kvrwset.KVRead();
    read.setKey(`${prefix}${String(index).padStart(6, '0')}`);
    read.setVersion(height);
    reads.addKvReads(read);
  }
  return createHash('sha256').update(reads.serializeBinary()).digest('hex');
}
