import { createHash } from 'node:crypto';

import { common } from '@hyperledger/fabric-protos';
import { describe, expect, test } from 'vitest';

import { exactAt } from '../exact-at.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import { eventsAt } from './events-at.ts';
import { readChain } from './growing-history.ts';

const chaincode = 'passport';
const vid = 'a'.repeat(26);
const source = 'GarageMSP/workshop';

/** Three blocks with an event in each but the first. */
function threeBlocks(): common.Block[] {
  const ledger = new TestLedger();
  ledger.add('2026-02-01T10:00:00Z', ledger.source(source, 'workshop'), ledger.vehicle(vid));
  ledger.add('2026-02-01T11:00:00Z', ledger.entry(vid, source, { kind: 'trip', at: '2026-01-31' }));
  ledger.add('2026-02-01T10:30:00Z', ledger.entry(vid, source, { kind: 'trip', at: '2026-02-01' }));
  return ledger.chain.blocks;
}

function changed(block: common.Block | undefined): common.BlockHeader {
  const header = block?.getHeader();
  if (header === undefined) throw new Error('no header');
  return header;
}

describe('a chain of blocks', () => {
  test('is exact at the newest one, or at an older one', async () => {
    const blocks = threeBlocks();
    const history = await readChain(blocks, { chaincode });
    // A header in DER by hand: block 0 has no previous hash.
    const data = changed(blocks[0]).getDataHash_asU8();
    const der = Buffer.concat([Buffer.from([48, 39, 2, 1, 0, 4, 0, 4, 32]), data]);
    const genesis = createHash('sha256').update(der).digest('hex');
    const ledger = `fabric:${genesis.slice(0, 32)}`;

    expect(exactAt(history, 0)).toEqual({
      ...{ ledger, block: 0, blockHash: genesis, definitions: 3 },
      ledgerTime: '2026-02-01T10:00:00.000Z',
    });
    // The clock of the last transaction was behind; the ledger's time never is.
    expect(exactAt(history)).toMatchObject({ block: 2, ledgerTime: '2026-02-01T11:00:00.000Z' });
    expect(() => exactAt(history, 3)).toThrow(expect.objectContaining({ code: 'BLOCK_UNKNOWN' }));
  });

  test('a block whose number has a sign bit is hashed as any other', async () => {
    const ledger = new TestLedger();
    for (let number = 0; number <= 300; number += 1) ledger.chain.add({ time: number });
    const history = await readChain(ledger.chain.blocks, { chaincode });
    const { blocks } = ledger.chain;
    const hash = (number: number, integer: readonly number[]): string => {
      const header = changed(blocks[number]);
      const [previous, data] = [header.getPreviousHash_asU8(), header.getDataHash_asU8()];
      const length = 68 + integer.length;
      const parts = [[48, length, ...integer, 4, 32], previous, [4, 32], data];
      const der = Buffer.concat(parts.map((part) => Buffer.from(part)));
      return createHash('sha256').update(der).digest('hex');
    };
    expect(history.blocks[127]?.hash).toBe(hash(127, [2, 1, 127]));
    expect(history.blocks[128]?.hash).toBe(hash(128, [2, 2, 0, 128]));
    expect(history.blocks[300]?.hash).toBe(hash(300, [2, 2, 1, 44]));
  });

  test.each<[string, string, (blocks: common.Block[]) => unknown]>([
    ['a block is missing', 'CHAIN_BROKEN', (blocks) => blocks.splice(1, 1)],
    ['it begins later', 'CHAIN_BROKEN', (blocks) => blocks.shift()],
    [
      'a block follows from another one',
      'CHAIN_BROKEN',
      (blocks) => changed(blocks[2]).setPreviousHash(Buffer.alloc(32)),
    ],
    [
      'an earlier header was changed',
      'CHAIN_BROKEN',
      (blocks) => {
        const other = new TestLedger();
        other.add('2026-02-01T10:00:00Z', other.vehicle(vid));
        blocks[0] = other.chain.blocks[0] ?? new common.Block();
      },
    ],
    [
      'data were changed',
      'CHAIN_BROKEN',
      (blocks) => {
        const data = blocks[1]?.getData()?.getDataList_asU8() ?? [];
        blocks[1]?.getData()?.setDataList([...data, Buffer.of(1)]);
      },
    ],
    ['a block has no header', 'BLOCK_MALFORMED', (blocks) => blocks[1]?.clearHeader()],
    [
      'a validation code is missing',
      'BLOCK_MALFORMED',
      (blocks) => blocks[1]?.getMetadata()?.setMetadataList([]),
    ],
  ])('is refused when %s', async (_, code, change) => {
    const blocks = threeBlocks();
    change(blocks);
    await expect(readChain(blocks, { chaincode })).rejects.toMatchObject({ code });
  });

  test('is refused when something is voided that never was, or is void', async () => {
    const voiding = { kind: 'voided', at: '2026-01-01' };
    const never = new TestLedger();
    never.add(0, never.entry(vid, source, { ...voiding, voids: { entry: 9, index: 0 } }));
    const twice = new TestLedger();
    twice.add(0, twice.entry(vid, source, { kind: 'trip', at: '2026-01-01' }));
    for (const time of [1, 2]) {
      twice.add(time, twice.entry(vid, source, { ...voiding, voids: { entry: 1, index: 0 } }));
    }
    for (const ledger of [never, twice]) {
      await expect(readChain(ledger.chain.blocks, { chaincode })).rejects.toMatchObject({
        code: 'VOID_IMPOSSIBLE',
      });
    }
  });

  test('an entry of another version is refused', async () => {
    const ledger = new TestLedger();
    const [key, value] = ledger.entry(vid, source, { kind: 'trip', at: '2026-01-01' });
    ledger.add(0, [key, { ...(value as object), v: 2 }]);
    await expect(readChain(ledger.chain.blocks, { chaincode })).rejects.toMatchObject({
      code: 'BLOCK_MALFORMED',
    });
  });
});

describe('what counts of a block', () => {
  const line = (entry: ReturnType<TestLedger['entry']>) => ({ time: 5_000, writes: [entry] });

  test('is what valid transactions of the chaincode wrote', async () => {
    const ledger = new TestLedger();
    const trip = () => line(ledger.entry(vid, source, { kind: 'trip', at: '2026-01-01' }));
    ledger.chain.add(
      { ...trip(), code: 11 },
      trip(),
      { ...trip(), chaincode: 'other' },
      { time: 9_000, code: 11 },
      { time: 7_000, type: common.HeaderType.CONFIG },
      { time: 6_000, writes: [[['log', vid, source, '9'], undefined]] },
    );
    const history = await readChain(ledger.chain.blocks, { chaincode });
    expect(history.lines.map(({ tx, event }) => [tx, event?.place.entry])).toEqual([[1, 2]]);
    // Of invalid transactions not even the time counts; of configurations it does.
    expect(history.blocks[0]?.ledgerTimeMs).toBe(7_000);
  });

  test('sources and registrations come before entries of the same transaction', async () => {
    const ledger = new TestLedger();
    const brand = { 'Vehicle.VehicleIdentification.Brand': 'Benz' };
    ledger.add(
      0,
      ledger.entry(
        vid,
        source,
        { kind: 'trip', at: '2026-01-01' },
        { kind: 'trip', at: '2026-01-01' },
      ),
      ledger.owner(vid, 1, '2026-01-01T00:00:00.000Z'),
      ledger.source(source, 'workshop'),
      ledger.vehicle(vid, brand),
    );
    const history = await readChain(ledger.chain.blocks, { chaincode });
    expect(history.lines.map(({ kind, index }) => [kind, index])).toEqual([
      ['registered', 0],
      ['ownership-transferred', 1],
      ['trip', 2],
      ['trip', 3],
    ]);
    expect(eventsAt(history, 0)[0]?.event).toMatchObject({
      sourceKind: 'workshop',
      papers: { brand: 'Benz' },
    });
  });
});
