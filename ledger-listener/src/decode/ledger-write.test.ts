import { describe, expect, test } from 'vitest';

import { type LedgerWrite, readWrite, UnknownFormat } from './ledger-write.ts';

const entry = { v: 1, vid: 'v', source: 'M/s', entry: 1, events: [{ kind: 'trip' }] };

function write(type: string, value: unknown, names: string[] = []) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return readWrite({ type, names, value: Buffer.from(text) });
}

/** What is behind a write: an entry is read when it is asked for. */
function entryOf(read: LedgerWrite | undefined): unknown {
  return read?.type === 'entry' ? read.readEntry() : read;
}

describe('a write of the contracts', () => {
  test('is read as what it is, and not at all where no view needs it', () => {
    expect(write('log', entry, ['v', 'M/s', '1'])).toMatchObject({ type: 'entry', vid: 'v' });
    expect(entryOf(write('log', entry))).toEqual(entry);
    expect(write('source', { source: 'M/s', kind: 'workshop', status: 'active' })).toEqual({
      ...{ type: 'source', source: 'M/s', kind: 'workshop' },
    });
    const owner = { keyId: 'key', ownerEpoch: 2, since: '2026-01-01T00:00:00.000Z' };
    expect(write('ownership', owner, ['v', '00000002'])).toEqual({
      ...{ type: 'ownership', vid: 'v' },
      change: owner,
    });
    expect(write('lane', 'whatever')).toBeUndefined();
  });

  test.each([
    ['an entry of a newer version', 'log', { ...entry, v: 2 }],
    ['an entry of no version', 'log', { ...entry, v: undefined }],
    ['an entry without events', 'log', { ...entry, events: [] }],
    ['an entry whose events are none', 'log', { ...entry, events: 'trip' }],
    ['an event of an unknown kind', 'log', { ...entry, events: [{ kind: 'flown' }] }],
    ['a kind of the prototype', 'log', { ...entry, events: [{ kind: 'constructor' }] }],
    ['a registration without a vid', 'vehicle', { day: '2026-01-01' }],
    ['a registration without a day', 'vehicle', { vid: 'v' }],
    ['an owner without an epoch', 'ownership', { since: '2026-01-01T00:00:00.000Z' }],
    ['a source without a kind', 'source', { source: 'M/s' }],
    ['a list', 'source', 'null'],
  ])('%s is of a format that is not known', (_, type, value) => {
    expect(() => entryOf(write(type, value))).toThrow(UnknownFormat);
  });

  test.each(['', '{', 'trip', '{"v":1,}'])('%j is no JSON', (text) => {
    expect(() => entryOf(write('log', text))).toThrow(SyntaxError);
  });
});
