import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { CommitRequest } from './commit-request.ts';
import { DeltaTable } from './delta-table.ts';
import { fleetSchema, fleetTable } from './testing/fleet-table.ts';
import { commitKey, MemoryLake, pathOf, Workshop } from './testing/memory-lake.ts';

let workshop: Workshop;
let lake: MemoryLake;
beforeAll(async () => {
  workshop = await Workshop.open();
});
afterAll(() => workshop.close());
beforeEach(() => {
  lake = new MemoryLake(workshop);
});

describe('creating a table', () => {
  test('twice gives the same table, another schema throws DELTA_TABLE_EXISTS', async () => {
    await DeltaTable.create(lake.options, fleetTable);
    const again = await DeltaTable.create(lake.options, { ...fleetTable, id: 'other' });

    expect((await again.readSnapshot()).metadata.id).toBe(fleetTable.id);
    expect(lake.textOf(commitKey(1))).toBe('');
    const fewer = { ...fleetTable, schema: fleetSchema.slice(1) };
    await expect(DeltaTable.create(lake.options, fewer)).rejects.toMatchObject({
      code: 'DELTA_TABLE_EXISTS',
    });
    const others = { ...fleetTable, partitionColumns: [] };
    await expect(DeltaTable.create(lake.options, others)).rejects.toMatchObject({
      code: 'DELTA_TABLE_EXISTS',
    });
  });

  test('by several at once makes one', async () => {
    const tables = await Promise.all(
      ['a', 'b', 'c'].map((id) => DeltaTable.create(lake.options, { ...fleetTable, id })),
    );

    const found = await Promise.all(tables.map((table) => table.readSnapshot()));
    expect(new Set(found.map(({ metadata }) => metadata.id)).size).toBe(1);
  });

  test('writes field ids into the schema, always in the same way', async () => {
    await DeltaTable.create(lake.options, {
      ...fleetTable,
      schema: [
        { name: 'a', type: 'long', id: 1, nullable: false },
        { name: 'l', type: { elements: { elements: 'long', id: 4 }, id: 3 }, id: 2 },
        { name: 'm', type: { keys: 'string', keyId: 6, values: 'double', valueId: 7 }, id: 5 },
        { name: 's', type: { fields: [{ name: 'x', type: 'decimal(10,2)', id: 9 }] }, id: 8 },
      ],
      partitionColumns: [],
    });

    expect(lake.textOf(commitKey(0)).split('\n').slice(1)).toMatchSnapshot();
  });

  test('refuses names and ids that are used twice', async () => {
    const twice = (schema: typeof fleetSchema): Promise<DeltaTable> =>
      DeltaTable.create(lake.options, { ...fleetTable, schema, partitionColumns: [] });

    await expect(
      twice([
        { name: 'a', type: 'long', id: 1 },
        { name: 'A', type: 'long', id: 2 },
      ]),
    ).rejects.toThrow('one name');
    await expect(twice([{ name: 'a', type: { elements: 'long', id: 1 }, id: 1 }])).rejects.toThrow(
      'one field id',
    );
  });

  test('there is none to open where nothing is', async () => {
    await expect(DeltaTable.open(lake.options)).rejects.toMatchObject({
      code: 'DELTA_TABLE_MISSING',
    });
  });
});

describe('a commit', () => {
  test('is the same bytes whatever the order of its files', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    const [a, b] = [await lake.file('a'), await lake.file('b')];
    const txn = { appId: 'archive', version: 7 };

    await table.commit(lake.request({ adds: [b, a], txn }));

    expect(lake.textOf(commitKey(1))).toMatchSnapshot();
  });

  test('whose answer was lost is known again', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    const adds = [await lake.file('a')];
    let puts = 0;
    lake.interfere = async (call) =>
      call === 'put' && (puts += 1) === 1 ? 'lost-answer' : 'answered';
    const wanted = lake.request({ adds, txn: { appId: 'archive', version: 1 } });

    await expect(table.commit(wanted)).rejects.toMatchObject({ code: 'OBJECT_STORE_UNAVAILABLE' });
    expect(await table.commit(wanted)).toEqual({ status: 'committed', version: 1 });
    expect(await table.commit(wanted)).toEqual({ status: 'committed', version: 1 });

    expect((await table.readSnapshot()).version).toBe(1);
  });

  test('whose txn another has made does nothing', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    const txn = { appId: 'archive', version: 3 };
    await table.commit(lake.request({ txn }));

    const late = lake.request({ adds: [await lake.file('late')], txn: { ...txn, version: 2 } });
    expect(await table.commit(late)).toEqual({ status: 'already', version: 1 });
    const same = lake.request({ adds: [await lake.file('same')], txn });
    expect(await table.commit(same)).toEqual({ status: 'already', version: 1 });
    const other = lake.request({ txn: { ...txn, appId: 'other' } });
    expect(await table.commit(other)).toEqual({ status: 'committed', version: 2 });
  });

  test('of a compaction fails where one of its files was erased meanwhile', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    await lake.append(table, 'a', 'b');
    const compaction = lake.request({
      adds: [await lake.file('ab')],
      removes: [pathOf('a'), pathOf('b')],
      dataChange: false,
    });
    const other = await DeltaTable.open(lake.options);
    await other.commit(lake.request({ removes: [pathOf('a')] }));

    await expect(table.commit(compaction)).rejects.toMatchObject({
      code: 'DELTA_CONFLICT',
      retry: 'new-id',
    });

    expect([...(await table.readSnapshot()).files.keys()]).toEqual([pathOf('b')]);
    await expect(
      table.commit(lake.request({ adds: [await lake.file('a')] })),
    ).rejects.toMatchObject({
      code: 'DELTA_CONFLICT',
    });
  });

  test('fails where its file is not stored, or has another size', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    const good = await lake.file('a');

    for (const bad of [
      { ...good, path: pathOf('none') },
      { ...good, bytes: 9 },
    ]) {
      await expect(
        table.commit(lake.request({ adds: [good, bad].slice(bad.bytes === 9 ? 1 : 0) })),
      ).rejects.toMatchObject({
        code: 'DELTA_FILE_MISSING',
      });
    }
    expect((await table.readSnapshot()).version).toBe(0);
  });

  test('gives up after many others, and says so', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    lake.interfere = async (call, key) => {
      // Somebody is always faster.
      if (call === 'put' && !lake.objects.objects.has(key)) {
        lake.objects.objects.set(key, { bytes: Buffer.from('{}'), modifiedAtMs: lake.nowMs });
      }
      return 'answered';
    };

    await expect(
      table.commit(lake.request({ txn: { appId: 'a', version: 1 } })),
    ).rejects.toMatchObject({
      code: 'DELTA_CONTENTION',
      retry: 'same-id',
    });
  });

  test('to an append-only table may move rows and not remove them', async () => {
    const properties = { 'delta.appendOnly': 'true' };
    const table = await DeltaTable.create(lake.options, { ...fleetTable, properties });
    await lake.append(table, 'a');

    await expect(table.commit(lake.request({ removes: [pathOf('a')] }))).rejects.toMatchObject({
      code: 'DELTA_APPEND_ONLY',
    });
    const moving = lake.request({
      adds: [await lake.file('b')],
      removes: [pathOf('a')],
      dataChange: false,
    });
    expect(await table.commit(moving)).toMatchObject({ status: 'committed' });
  });

  test.each<[string, Partial<CommitRequest>]>([
    ['nothing', {}],
    ['a path twice', { removes: ['a', 'a'] }],
    ['a version that is no integer', { txn: { appId: 'a', version: 1.5 } }],
    ['no id', { commitId: '', removes: ['a'] }],
  ])('of %s is refused', async (_, changes) => {
    const table = await DeltaTable.create(lake.options, fleetTable);

    await expect(table.commit(lake.request(changes))).rejects.toThrow(TypeError);
  });

  test('with other partition columns than the table is refused', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    const stranger = { ...(await lake.file('a')), partitionValues: {} };

    await expect(table.commit(lake.request({ adds: [stranger] }))).rejects.toThrow(TypeError);
  });

  test('stands where its checkpoint fails, and the next writes one', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    await lake.append(table, 'a', 'b', 'c');
    lake.interfere = async (_, key) =>
      key.endsWith('.checkpoint.parquet') ? 'lost-request' : 'answered';
    await lake.append(table, 'd');
    expect(lake.checkpointFailures).toMatchObject([{ code: 'OBJECT_STORE_UNAVAILABLE' }]);

    lake.interfere = async () => 'answered';
    await lake.append(table, 'e');

    expect(JSON.parse(lake.textOf('t/_delta_log/_last_checkpoint'))).toMatchObject({
      version: 5,
      size: 7,
      numOfAddFiles: 5,
    });
    expect(lake.checkpointFailures).toHaveLength(1);
  });
});
