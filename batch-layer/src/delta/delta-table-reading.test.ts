import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { DeltaTable } from './delta-table.ts';
import { fleetTable } from './testing/fleet-table.ts';
import {
  commitKey,
  DAY_MS,
  MemoryLake,
  pathOf,
  START_MS,
  Workshop,
} from './testing/memory-lake.ts';

let workshop: Workshop;
let lake: MemoryLake;
beforeAll(async () => {
  workshop = await Workshop.open();
});
afterAll(() => workshop.close());
beforeEach(() => {
  lake = new MemoryLake(workshop);
});

describe('reading a table', () => {
  test('ignores actions that it does not know', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    await lake.foreign(
      1,
      { commitInfo: {} },
      { cdc: { path: 'x' } },
      { news: 1 },
      { txn: { appId: 'x', version: 1 } },
    );

    expect((await table.readSnapshot()).transactions).toEqual(new Map([['x', 1]]));
  });

  test('refuses what it cannot understand', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    await lake.foreign(1, {
      protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['deletionVectors'] },
    });

    const unsupported = { code: 'DELTA_PROTOCOL_UNSUPPORTED' };
    await expect(table.readSnapshot()).rejects.toMatchObject(unsupported);
    await expect(DeltaTable.open(lake.options)).rejects.toMatchObject(unsupported);
  });

  test('reads, and does not write, a table of a newer writer', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    await lake.append(table, 'a');
    await lake.foreign(2, { protocol: { minReaderVersion: 1, minWriterVersion: 4 } });

    expect((await table.readSnapshot()).files.size).toBe(1);
    await expect(lake.append(table, 'b')).rejects.toMatchObject({
      code: 'DELTA_PROTOCOL_UNSUPPORTED',
    });
  });

  test.each([
    ['no JSON', 'x'],
    ['a field of another type', '{"add":{"path":1}}'],
    [
      'a path that is none',
      '{"add":{"path":"%zz","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}}',
    ],
  ])('throws DELTA_LOG_INVALID on %s', async (_, line) => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    await lake.options.store.put(commitKey(1), Buffer.from(line));

    await expect(table.readSnapshot()).rejects.toMatchObject({ code: 'DELTA_LOG_INVALID' });
  });

  test('does not commit to a schema that was changed since it was opened', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    const { metadata } = await table.readSnapshot();
    const partitionColumns = ['day'];
    const { id, format } = metadata;
    await lake.foreign(1, {
      metaData: { id, format: { provider: format.provider }, schemaString: '{}', partitionColumns },
    });

    await expect(lake.append(table, 'a')).rejects.toMatchObject({ code: 'DELTA_CONFLICT' });
  });

  test('does without the hint at the checkpoint, or with a wrong one', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    await lake.append(table, 'a', 'b', 'c', 'd', 'e');
    const hint = 't/_delta_log/_last_checkpoint';
    const expected = await table.readSnapshot();
    for (const text of ['', '{', '{"version":3}', '{"version":99}']) {
      await lake.options.store.put(hint, Buffer.from(text));
      expect(await (await DeltaTable.open(lake.options)).readSnapshot()).toEqual(expected);
    }
    await lake.options.store.delete([hint, commitKey(0)]);

    const late = await DeltaTable.open(lake.options);

    expect(await late.readSnapshot()).toEqual(expected);
    expect((await late.readSnapshot(4)).files.size).toBe(4);
    for (const version of [3, 6]) {
      await expect(late.readSnapshot(version)).rejects.toMatchObject({
        code: 'DELTA_VERSION_MISSING',
      });
    }
    await lake.options.store.delete([commitKey(5)]);
    await lake.options.store.put(commitKey(6), Buffer.from('{}'));
    await expect(DeltaTable.open(lake.options)).rejects.toMatchObject({
      code: 'DELTA_LOG_INVALID',
    });
  });

  test('a newer version is read from the one that is known, not from the first', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    const reader = await DeltaTable.open(lake.options);
    await lake.append(table, 'a', 'b');
    await lake.options.store.delete([commitKey(0)]);

    const { version, files } = await reader.readSnapshot(2);

    expect([version, [...files.keys()].sort()]).toEqual([2, ['a', 'b'].map(pathOf)]);
    await expect(DeltaTable.open(lake.options)).rejects.toMatchObject({
      code: 'DELTA_VERSION_MISSING',
    });
  });

  test('a snapshot does not change with the table', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    await lake.append(table, 'a');
    const before = await table.readSnapshot();

    await table.commit(lake.request({ removes: [pathOf('a')], txn: { appId: 'a', version: 1 } }));
    await table.readSnapshot();

    expect(before.version).toBe(1);
    expect([...before.files.keys()]).toEqual([pathOf('a')]);
    expect(before.transactions.size).toBe(0);
  });
});

describe('old files', () => {
  test('are remembered by checkpoints until they expire', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    await lake.append(table, 'a', 'b');
    await table.commit(lake.request({ removes: [pathOf('a')] }));
    lake.nowMs += DAY_MS;
    await table.commit(lake.request({ removes: [pathOf('b')] }));
    const cold = await (await DeltaTable.open(lake.options)).readSnapshot();
    expect([...cold.tombstones.keys()].sort()).toEqual([pathOf('a'), pathOf('b')]);
    expect(cold.tombstones.get(pathOf('b'))).toEqual({
      path: pathOf('b'),
      deletedAtMs: START_MS + DAY_MS,
      partitionValues: { day: '2024-01-01' },
      bytes: 1,
    });

    lake.nowMs += 1.5 * DAY_MS;
    await lake.append(table, 'c', 'd', 'e', 'f');

    const later = await (await DeltaTable.open(lake.options)).readSnapshot();
    expect([...later.tombstones.keys()]).toEqual([pathOf('b')]);
  });

  test('that have expired are forgotten by tables that stay open, whoever writes the checkpoint', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    const reader = await DeltaTable.open(lake.options);
    await lake.append(table, 'a');
    await table.commit(lake.request({ removes: [pathOf('a')] }));
    expect([...(await reader.readSnapshot()).tombstones.keys()]).toEqual([pathOf('a')]);

    lake.nowMs += 3 * DAY_MS;
    await lake.append(table, 'b', 'c', 'd', 'e', 'f');

    for (const open of [table, reader]) {
      const { files, tombstones } = await open.readSnapshot();
      expect([...files.keys()].sort()).toEqual(['b', 'c', 'd', 'e', 'f'].map(pathOf));
      expect([...tombstones.keys()]).toEqual([]);
    }
  });

  test('stay as long as a version of the retention has them, and so do fresh ones of nobody', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    await lake.append(table, 'a', 'b');
    await lake.file('orphan');
    await lake.options.store.put('t/_change_data/x', Buffer.from('x'));
    lake.nowMs += DAY_MS;
    await table.commit(lake.request({ removes: [pathOf('a')] }));
    await lake.file('fresh');

    lake.nowMs += 0.9 * DAY_MS;
    expect(await table.vacuum(DAY_MS, new Date(lake.nowMs))).toEqual([pathOf('orphan')]);
    lake.nowMs += 0.2 * DAY_MS;
    expect(await table.vacuum(DAY_MS, new Date(lake.nowMs))).toEqual([
      pathOf('a'),
      pathOf('fresh'),
    ]);
    expect(lake.objects.objects.has(`t/${pathOf('b')}`)).toBe(true);
    expect(lake.objects.objects.has('t/_change_data/x')).toBe(true);
    await expect(table.vacuum(3 * DAY_MS, new Date(lake.nowMs))).rejects.toMatchObject({
      code: 'DELTA_RETENTION',
    });
  });

  test('a commit that the vacuum could not foresee keeps its files', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    const slow = await lake.file('slow');
    lake.nowMs += 2 * DAY_MS;
    let isFirst = true;
    lake.interfere = async (call, key) => {
      if (call === 'list' && key.endsWith('_delta_log/') && isFirst) {
        isFirst = false;
        await (await DeltaTable.open(lake.options)).commit(lake.request({ adds: [slow] }));
      }
      return 'answered';
    };

    expect(await table.vacuum(DAY_MS, new Date(lake.nowMs))).toEqual([]);
  });

  test('the log is cut only at a checkpoint, and only where it is old', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    expect(await table.cleanLog(DAY_MS, new Date(lake.nowMs + 2 * DAY_MS))).toBe(0);
    await lake.append(table, 'a', 'b', 'c', 'd', 'e');
    expect(await table.cleanLog(DAY_MS, new Date(lake.nowMs))).toBe(0);
    lake.nowMs += 2 * DAY_MS;
    await lake.append(table, 'f', 'g', 'h');

    expect(await table.cleanLog(DAY_MS, new Date(lake.nowMs))).toBe(4);

    expect(lake.objects.objects.has(commitKey(3))).toBe(false);
    expect(lake.objects.objects.has(commitKey(4))).toBe(true);
    for (const version of [4, 5, 6, 7, 8]) {
      expect((await table.readSnapshot(version)).files.size).toBe(version);
    }
    const again = await DeltaTable.create(lake.options, fleetTable);
    expect((await again.readSnapshot()).version).toBe(8);
    expect(lake.objects.objects.has(commitKey(0))).toBe(false);
  });
});
