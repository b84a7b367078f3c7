import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { STATE_KEY_BYTES_MAX } from '../simulation/key-length.ts';
import type { StateUpdate } from './commit-hash.ts';
import { type BlockCommit, LedgerStore } from './ledger-store.ts';

let directory: string;
let store: LedgerStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-store-'));
  store = await LedgerStore.open(directory);
});

afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

function write(key: string, value: string | undefined, block: number): StateUpdate {
  const bytes = value === undefined ? undefined : Buffer.from(value);
  return { namespace: 'cc', key, value: bytes, version: { block, tx: 0 } };
}

function commit(number: number, updates: StateUpdate[], txId = `tx${number}`): BlockCommit {
  return {
    number,
    block: Buffer.from(`block ${number}`),
    headerHash: Buffer.alloc(32, number + 1),
    commitHash: Buffer.alloc(32, 100 + number),
    transactions: [{ txId, code: 0, timestamp: { seconds: 1_700_000_000 + number, nanos: 5 } }],
    state: updates,
    history: updates,
    explanations: new Map(),
  };
}

function keys(startKey: string, endKey: string): string[] {
  const snapshot = store.snapshot();
  const found = [...snapshot.range('cc', startKey, endKey)].map(({ key }) => key);
  snapshot.close();
  return found;
}

describe('ledger store', () => {
  test('an empty store has no block and no state', () => {
    expect(store.tip.height).toBe(0);
    expect(store.block(0)).toBeUndefined();
    const snapshot = store.snapshot();
    expect(snapshot.get('cc', 'k')).toBeUndefined();
    snapshot.close();
  });

  test('what was appended is there again after the store is reopened', async () => {
    await store.append(commit(0, [write('k', 'v', 0)]));
    await store.close();
    store = await LedgerStore.open(directory);
    expect(store.tip).toMatchObject({
      height: 1,
      headerHash: Buffer.alloc(32, 1),
      commitHash: Buffer.alloc(32, 100),
    });
    expect(store.transaction('tx0')).toEqual({ block: 0, index: 0, code: 0 });
    expect(store.blockNumber(Buffer.alloc(32, 1))).toBe(0);
    expect(Buffer.from(store.block(0) ?? '').toString()).toBe('block 0');
  });

  test('a block that does not follow the tip is refused', async () => {
    await expect(store.append(commit(3, []))).rejects.toThrow('does not follow');
  });

  test('a snapshot does not see later blocks', async () => {
    await store.append(commit(0, [write('k', 'old', 0)]));
    const before = store.snapshot();
    await store.append(commit(1, [write('k', 'new', 1), write('l', 'x', 1)]));
    expect(Buffer.from(before.get('cc', 'k')?.value ?? '').toString()).toBe('old');
    expect([...before.range('cc', '', '')]).toHaveLength(1);
    before.close();
    expect(keys('', '')).toEqual(['k', 'l']);
  });

  test('ranges follow the bytes of UTF-8, stay in their namespace and leave out the end', async () => {
    const updates = ['\u{10000}', '\uffff', 'a', 'b', '\u0000type\u0000x\u0000'];
    const foreign: StateUpdate = { ...write('a', 'other', 0), namespace: 'cc2' };
    await store.append(commit(0, [...updates.map((key) => write(key, 'v', 0)), foreign]));
    expect(keys('', '')).toEqual(['\u0000type\u0000x\u0000', 'a', 'b', '\uffff', '\u{10000}']);
    expect(keys('a', 'b')).toEqual(['a']);
    expect(keys('b', '')).toEqual(['b', '\uffff', '\u{10000}']);
  });

  test('a deleted key is gone from the state and stays in its history, newest first', async () => {
    await store.append(commit(0, [write('k', 'one', 0)]));
    await store.append(commit(1, [write('k', undefined, 1), write('kk', 'other', 1)]));
    const snapshot = store.snapshot();
    expect(snapshot.get('cc', 'k')).toBeUndefined();
    const history = [...snapshot.history('cc', 'k')];
    snapshot.close();
    expect(history.map(({ txId, isDelete }) => [txId, isDelete])).toEqual([
      ['tx1', true],
      ['tx0', false],
    ]);
    expect(history[1]?.timestamp).toEqual({ seconds: 1_700_000_000, nanos: 5 });
  });

  test('the first transaction of an id keeps its place, and absurd ids are not indexed', async () => {
    await store.append(commit(0, [], 'same'));
    await store.append(commit(1, [], 'same'));
    await store.append(commit(2, [], 'x'.repeat(10_000)));
    expect(store.transaction('same')?.block).toBe(0);
    expect(store.transaction('x'.repeat(10_000))).toBeUndefined();
    expect(store.transaction('')).toBeUndefined();
  });

  test('the refusal of a duplicate does not speak for the first transaction of its id', async () => {
    const refused = { ...commit(1, [], 'same'), explanations: new Map([[0, 'duplicate']]) };
    await store.append({ ...commit(0, [], 'same') });
    await store.append(refused);
    expect(store.explanation('same')).toBeUndefined();
    const alone = { ...commit(2, [], 'alone'), explanations: new Map([[0, 'conflict']]) };
    await store.append(alone);
    expect(store.explanation('alone')).toBe('conflict');
  });

  test('the longest key can be stored with its history, and longer bounds still order', async () => {
    const longest = 'k'.repeat(STATE_KEY_BYTES_MAX - 'cc'.length - 1);
    await store.append(commit(0, [write(longest, 'v', 0)]));
    expect(keys('', '')).toEqual([longest]);
    expect(keys(`${longest}k`, '')).toEqual([]);
    expect(keys('', `${longest}k`)).toEqual([longest]);
    const snapshot = store.snapshot();
    expect([...snapshot.history('cc', longest)]).toHaveLength(1);
    expect(snapshot.get('cc', `${longest}k`)).toBeUndefined();
    snapshot.close();
  });

  test('a commit that fails half way leaves nothing behind', async () => {
    await store.append(commit(0, [write('k', 'old', 0)]));
    const tooLong = write('k'.repeat(STATE_KEY_BYTES_MAX * 2), 'v', 1);
    await expect(store.append(commit(1, [write('k', 'new', 1), tooLong]))).rejects.toThrow(
      'Key size is larger than the maximum',
    );
    await store.close();
    store = await LedgerStore.open(directory);
    expect(store.tip.height).toBe(1);
    expect(store.block(1)).toBeUndefined();
    expect(store.transaction('tx1')).toBeUndefined();
    const snapshot = store.snapshot();
    expect(snapshot.get('cc', 'k')?.version).toEqual({ block: 0, tx: 0 });
    snapshot.close();
  });

  test('a transaction is not to be found before its block is on the disk', async () => {
    let height = store.tip.height;
    const early: number[] = [];
    const look = setInterval(() => {
      if (store.tip.height === height && store.transaction(`tx${height}`)) early.push(height);
    }, 0);
    for (; height < 50; height += 1) await store.append(commit(height, [write('k', 'v', height)]));
    clearInterval(look);
    expect(store.transaction('tx49')?.block).toBe(49);
    expect(early).toEqual([]);
  });

  test('a hash that cannot be one of a block finds none', () => {
    for (const length of [0, 31, 33, 9_000]) {
      expect(store.blockNumber(Buffer.alloc(length))).toBeUndefined();
    }
  });
});
