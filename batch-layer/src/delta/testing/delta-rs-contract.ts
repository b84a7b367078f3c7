import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { ObjectStore } from '../../object-store/object-store.ts';
import { DeltaTable } from '../delta-table.ts';
import { readStatistics } from '../statistics.ts';
import { FleetTable } from './fleet-table.ts';
import { runWithDeltalake } from './python.ts';

const DAY_MS = 86_400_000;

/** Where delta-rs finds the store's objects. */
export type DeltaRsPlace = {
  /** Of the store itself, without a slash at the end. */
  readonly uri: string;
  readonly storageOptions?: Readonly<Record<string, string>>;
};

type Seen = {
  readonly version: number;
  readonly files: readonly string[];
  readonly rows: number;
  readonly sums: readonly number[];
  readonly filtered: number;
  readonly txns: Readonly<Record<string, number | null>>;
  readonly fields: readonly { readonly name: string; readonly id: number }[];
};

/** That delta-rs reads what is written here, and the other way round. */
// oxlint-disable-next-line max-lines-per-function -- a suite of tests.
export function describeAgainstDeltaRs(
  name: string,
  open: () => Promise<{ store: ObjectStore; place: DeltaRsPlace }>,
): void {
  // oxlint-disable-next-line max-lines-per-function -- a suite of tests.
  describe(`${name}, seen by delta-rs`, () => {
    let store: ObjectStore;
    let place: DeltaRsPlace;
    const fleets: FleetTable[] = [];
    beforeAll(async () => {
      ({ store, place } = await open());
    });
    afterAll(async () => {
      for (const fleet of fleets) await fleet.close();
      await store.close();
    });
    const create = async (table: string): Promise<FleetTable> => {
      const fleet = await FleetTable.create(store, table);
      fleets.push(fleet);
      return fleet;
    };
    const see = async (table: string, versions: readonly number[]): Promise<Seen[]> =>
      (await runWithDeltalake('read-table.py', {
        ...place,
        uri: `${place.uri}/${table}`,
        table,
        versions,
        sums: ['block'],
        where: "vid = 'v1' AND block >= 2",
        apps: ['archive', 'nobody'],
      })) as Seen[];

    /** What our own reader and the statistics say of a version. */
    const own = async (fleet: FleetTable, version: number): Promise<Partial<Seen>> => {
      const { files, transactions } = await fleet.table.readSnapshot(version);
      const rows = [...files.values()].map(
        (file) => readStatistics(file.statistics)?.numRecords ?? Number.NaN,
      );
      return {
        version,
        files: [...files.keys()].sort(),
        rows: rows.reduce((sum, count) => sum + count, 0),
        txns: { archive: transactions.get('archive') ?? null, nobody: null },
      };
    };

    test(
      'every version, through checkpoints, compaction, erasure and vacuum',
      { timeout: 180_000 },
      async () => {
        const fleet = await create('fleet');
        const sums: number[] = [0];
        const filtered: number[] = [0];
        const paths: string[] = [];
        for (let block = 1; block <= 24; block += 1) {
          const rows: [string, number][] = [
            ['v1', block],
            ['v2', block * 100],
          ];
          paths.push(await fleet.append(block, `2024-01-0${1 + (block % 2)}`, rows));
          sums.push((sums.at(-1) ?? 0) + block * 101);
          filtered.push(block - 1);
        }
        const even = paths.filter((_, index) => index % 2 === 1).slice(0, 6);
        await fleet.compact('2024-01-01', even, 'day=2024-01-01/compact 1+1%.parquet');
        sums.push(sums.at(-1) ?? 0);
        filtered.push(filtered.at(-1) ?? 0);
        const erased = paths.filter((_, index) => index === 0 || index === 2);
        await fleet.erase(...erased);
        sums.push((sums.at(-1) ?? 0) - 404);
        filtered.push((filtered.at(-1) ?? 0) - 1);
        await fleet.append(25, '2024-02-01', [['v1', 1000]]);
        sums.push((sums.at(-1) ?? 0) + 1000);
        filtered.push((filtered.at(-1) ?? 0) + 1);
        const orphan = await fleet.store('day=2024-02-01/orphan.parquet', '2024-02-01', [['v', 1]]);
        const versions = sums.map((_, version) => version);
        const expectSame = async (): Promise<void> => {
          const seen = await see('fleet', versions);
          for (const version of versions) {
            expect(seen[version]).toMatchObject(await own(fleet, version));
            expect(seen[version]?.sums).toEqual([sums[version]]);
            expect(seen[version]?.filtered).toBe(filtered[version]);
          }
          expect(seen[0]?.fields).toEqual([
            { name: 'vid', id: 1 },
            { name: 'block', id: 2 },
            { name: 'day', id: 3 },
          ]);
        };

        await expectSame();
        expect((await store.list('fleet/_delta_log/')).map(({ key }) => key)).toEqual(
          expect.arrayContaining([expect.stringContaining('10.checkpoint.parquet')]),
        );
        // Within the retention nothing but what was never committed goes, and not yet.
        expect(await fleet.table.vacuum(2 * DAY_MS, new Date())).toEqual([]);
        await expectSame();

        const afterRetention = new Date(Date.now() + 2 * DAY_MS + 60_000);
        const deleted = await fleet.table.vacuum(2 * DAY_MS, afterRetention);
        expect(deleted.sort()).toEqual([...even, ...erased, orphan.path].sort());
        const newest = versions.at(-1) ?? 0;
        const [last] = await see('fleet', [newest]);
        expect(last).toMatchObject({ ...(await own(fleet, newest)), sums: [sums[newest]] });

        const oldest = await fleet.table.cleanLog(2 * DAY_MS, afterRetention);
        expect(oldest).toBe(20);
        const [cleaned] = await see('fleet', [newest]);
        expect(cleaned).toEqual(last);
        const reopened = await DeltaTable.open(fleet.options);
        expect((await reopened.readSnapshot()).files).toEqual(
          (await fleet.table.readSnapshot()).files,
        );
      },
    );

    test(
      'what delta-rs writes, checkpoints and compacts is read here',
      { timeout: 180_000 },
      async () => {
        const fleet = await create('shared');
        await fleet.append(1, '2024-01-01', [['v1', 1]]);
        const append = (version: number, block: number): unknown => ({
          do: 'append',
          appId: 'rust',
          version,
          vid: ['v1', 'v9'],
          block: [block, block],
          day: ['2024-01-01', '2024-01-0é'],
        });
        const written = await runWithDeltalake('write-table.py', {
          ...place,
          uri: `${place.uri}/shared`,
          steps: [append(1, 7), { do: 'checkpoint' }, append(2, 8), { do: 'compact' }],
        });
        await fleet.append(2, '2024-01-01', [['v1', 5]]);

        const snapshot = await fleet.table.readSnapshot();
        expect(snapshot.version).toBe(Number(written) + 1);
        expect(snapshot.transactions).toEqual(
          new Map([
            ['archive', 2],
            ['rust', 2],
          ]),
        );
        const cold = await (await DeltaTable.open(fleet.options)).readSnapshot();
        expect(cold).toEqual(snapshot);
        const [seen] = await see('shared', [snapshot.version]);
        expect(seen?.rows).toBe(6);
        expect(seen?.sums).toEqual([36]);
        expect(seen?.files).toEqual([...snapshot.files.keys()].sort());
      },
    );
  });
}
