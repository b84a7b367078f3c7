import { expect, test } from 'vitest';

import { commitHash, type StateUpdate, updateBytes } from './commit-hash.ts';

const version = { block: 5, tx: 0 };

function put(namespace: string, key: string, value: string | undefined): StateUpdate {
  return { namespace, key, value: value === undefined ? undefined : Buffer.from(value), version };
}

test('update bytes are the same whatever the order of the updates', () => {
  const updates = [put('b', 'k', '1'), put('a', 'z', '2'), put('a', 'b', undefined)];
  const expected = Buffer.from(updateBytes(updates)).toString('hex');
  expect(Buffer.from(updateBytes([...updates].reverse())).toString('hex')).toBe(expected);
});

test('update bytes name a namespace once, mark deletions and hold order-preserving versions', () => {
  // Updates { KVWrite { namespace a, key k, value v, version } KVWrite { key l, isDelete, version } }
  const bytes = updateBytes([put('a', 'l', undefined), put('a', 'k', 'v')]);
  expect(Buffer.from(bytes).toString('hex')).toBe(
    [
      '0a0e',
      '0a0161',
      '1a016b',
      '2a0176',
      '3203010500',
      '0a0a',
      '1a016c',
      '2001',
      '3203010500',
    ].join(''),
  );
});

test('update bytes sort keys by their UTF-8 bytes, not by UTF-16 units', () => {
  const high = put('a', '\u{10000}', '1');
  const low = put('a', '\uffff', '1');
  const hex = Buffer.from(updateBytes([high, low])).toString('hex');
  expect(hex.indexOf('efbfbf')).toBeLessThan(hex.indexOf('f0908080'));
});

test('commit hash depends on codes, updates and the previous hash', () => {
  const codes = Uint8Array.of(0, 11);
  const base = commitHash(codes, [put('a', 'k', 'v')], Buffer.alloc(32)).toString('hex');
  const others = [
    commitHash(Uint8Array.of(0, 0), [put('a', 'k', 'v')], Buffer.alloc(32)),
    commitHash(codes, [put('a', 'k', 'w')], Buffer.alloc(32)),
    commitHash(codes, [put('a', 'k', 'v')], Buffer.alloc(32, 1)),
  ].map((hash) => hash.toString('hex'));
  expect(new Set([base, ...others]).size).toBe(4);
});
