import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { DeltaTable } from './delta-table.ts';
import { fleetTable } from './testing/fleet-table.ts';
import { MemoryLake, pathOf, Workshop } from './testing/memory-lake.ts';

let workshop: Workshop;
let lake: MemoryLake;
beforeAll(async () => {
  workshop = await Workshop.open();
});
afterAll(() => workshop.close());
beforeEach(() => {
  lake = new MemoryLake(workshop);
});

const nothing = (): boolean => false;

function keys(): string[] {
  return [...lake.objects.objects.keys()].sort();
}

describe('a table that forgets what it was before a version', () => {
  test('has that version and those behind it, and no file of one before', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    await lake.append(table, 'a', 'b', 'c');
    const { version } = await table.commit(
      lake.request({ adds: [await lake.file('d')], removes: [pathOf('a'), pathOf('b')] }),
    );
    await lake.append(table, 'e');
    await table.commit(lake.request({ removes: [pathOf('c')], dataChange: true }));
    const before = await table.readSnapshot();
    const own = await table.readSnapshot(version);

    const gone = await table.forgetBefore(version, nothing);

    expect([...gone.dataFiles].sort()).toEqual([pathOf('a'), pathOf('b')]);
    expect(gone.logFiles.length).toBeGreaterThan(0);
    // What was removed behind the version is still one of its files.
    expect(keys()).toContain(`t/${pathOf('c')}`);
    for (const each of [table, await DeltaTable.open(lake.options)]) {
      expect(await each.readSnapshot()).toEqual(before);
      expect((await each.readSnapshot(version)).files).toEqual(own.files);
      await expect(each.readSnapshot(version - 1)).rejects.toMatchObject({
        code: 'DELTA_VERSION_MISSING',
      });
    }
    expect(await table.forgetBefore(version, nothing)).toEqual({ dataFiles: [], logFiles: [] });
    await lake.append(table, 'f');
    expect((await table.readSnapshot()).files.size).toBe(3);
  });

  test('takes along what nobody has committed only where it is said to be given up', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    await lake.append(table, 'a');
    await lake.file('given-up');
    await lake.file('under-way');
    const { version } = await table.readSnapshot();
    const gone = await table.forgetBefore(version, ({ path }) => path.includes('given-up'));
    expect(gone.dataFiles).toEqual([pathOf('given-up')]);
    expect(keys()).toContain(`t/${pathOf('under-way')}`);
    expect(keys()).toContain(`t/${pathOf('a')}`);
  });

  test('never deletes what was committed and removed behind the version, whatever is said', async () => {
    const table = await DeltaTable.create(lake.options, fleetTable);
    await lake.append(table, 'a');
    const { version } = await table.readSnapshot();
    await lake.append(table, 'b');
    await table.commit(lake.request({ removes: [pathOf('b')] }));
    expect((await table.forgetBefore(version, () => true)).dataFiles).toEqual([]);
  });

  test('ends what a death has left, wherever it came', async () => {
    for (let left = 0; ; left += 1) {
      lake = new MemoryLake(workshop);
      const table = await DeltaTable.create(lake.options, fleetTable);
      await lake.append(table, 'a', 'b');
      const { version } = await table.commit(lake.request({ removes: [pathOf('a')] }));
      let calls = 0;
      lake.interfere = async (call) => {
        if (call === 'put' || call === 'delete') calls += 1;
        return calls > left ? 'lost-request' : 'answered';
      };
      const lived = await table.forgetBefore(version, nothing).then(
        () => true,
        () => false,
      );
      lake.interfere = async () => 'answered';
      await table.forgetBefore(version, nothing);
      expect(keys()).not.toContain(`t/${pathOf('a')}`);
      expect((await (await DeltaTable.open(lake.options)).readSnapshot()).files.size).toBe(1);
      if (lived) break;
    }
  });
});
