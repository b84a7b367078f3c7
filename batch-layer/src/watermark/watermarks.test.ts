import { describe, expect, test } from 'vitest';

import { MemoryObjectStore } from '../object-store/testing/memory-object-store.ts';
import { type ArchivedUpTo, Watermarks } from './watermarks.ts';

const at = (block: number, tables: ArchivedUpTo['tables']): ArchivedUpTo => ({
  ...{ ledger: 'fabric:a', block, edition: 0, hash: '00', ledgerTimeMs: 1, epochBlocks: 4 },
  ...{ partitions: 1, definitions: 1, tables, positions: ['1'] },
});

describe('watermarks', () => {
  test('of one block the newest edition counts, and a later block more', async () => {
    const store = new MemoryObjectStore();
    const [writer, reader] = [new Watermarks(store), new Watermarks(store)];
    await writer.moveTo(at(3, { events: 1 }));
    expect(await reader.newest()).toEqual(at(3, { events: 1 }));
    expect(await writer.publish(at(3, { events: 1 }), { events: 5 })).toEqual({
      ...at(3, { events: 5 }),
      edition: 1,
    });
    expect(await reader.newest()).toMatchObject({ block: 3, edition: 1, tables: { events: 5 } });
    for (let edition = 1; edition < 11; edition += 1) {
      const newest = (await writer.newest()) ?? at(0, {});
      await writer.publish(newest, { events: 5 + edition });
    }
    expect(await reader.newest()).toMatchObject({ edition: 11, tables: { events: 15 } });
    expect(await new Watermarks(store).newest()).toMatchObject({ edition: 11 });
    await writer.moveTo(at(7, { events: 16 }));
    expect(await reader.newest()).toEqual(at(7, { events: 16 }));
    expect(await reader.at(3)).toMatchObject({ block: 3, hash: '00' });
  });

  test('the same versions need no edition, and who is late hears of the one that is there', async () => {
    const store = new MemoryObjectStore();
    const watermarks = new Watermarks(store);
    const first = at(3, { events: 1 });
    await watermarks.moveTo(first);
    expect(await watermarks.publish(first, { events: 1 })).toEqual(first);
    await watermarks.publish(first, { events: 4 });
    expect(await watermarks.publish(first, { events: 6 })).toMatchObject({ tables: { events: 4 } });
  });

  test('one of before there were editions is read', async () => {
    const store = new MemoryObjectStore();
    const { edition: _, ...old } = at(3, { events: 1 });
    await store.put('watermark/000000000000003.json', Buffer.from(JSON.stringify(old)));
    expect(await new Watermarks(store).newest()).toEqual(at(3, { events: 1 }));
  });
});
