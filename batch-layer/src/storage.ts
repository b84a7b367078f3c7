import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { releasedViewNames, type ReleasedViewName, type View, views } from '@passport/model';

import { DeltaTable, type NewTable } from './delta/delta-table.ts';
import type { Engine } from './duckdb/engine.ts';
import type { ObjectStore } from './object-store/object-store.ts';
import { CONTRIBUTIONS, contributionColumns } from './tables/contributions-table.ts';
import { EVENTS, eventsSchema } from './tables/events-table.ts';
import { PENDING, pendingColumns } from './tables/pending-table.ts';
import { releasedColumns, releasedTableName } from './tables/released-table.ts';
import { ownersTable, viewColumns, viewTableName } from './tables/view-table.ts';

/** Where tables are, and with what they are made. */
export type Storage = {
  readonly store: ObjectStore;
  readonly engine: Engine;
  /** A local folder for files on their way. */
  readonly scratchFolder: string;
  readonly now: () => Date;
  /** Told when a checkpoint of a table could not be written; a later commit tries again. */
  readonly onCheckpointFailure: (error: unknown, version: number) => void;
};

/** The views, each a table. */
export const allViews: readonly View[] = Object.values(views);

/** Those, and the private one that nobody is answered from. */
export const tabledViews: readonly View[] = [...allViews, ownersTable];

/** Files of old versions are kept so long at most; readers of signed addresses are done by then. */
const TOMBSTONE_DAYS = 7;

/** GUIDs of the tables: a table has the same one wherever it is made. */
const tableIds: Readonly<Record<string, string>> = {
  [EVENTS]: '5f0c3a52-6a0e-4f2e-9a11-000000000001',
  view_events: '5f0c3a52-6a0e-4f2e-9a11-000000000011',
  view_usage: '5f0c3a52-6a0e-4f2e-9a11-000000000012',
  view_mileage: '5f0c3a52-6a0e-4f2e-9a11-000000000013',
  view_interventions: '5f0c3a52-6a0e-4f2e-9a11-000000000014',
  view_incidents: '5f0c3a52-6a0e-4f2e-9a11-000000000015',
  view_activity: '5f0c3a52-6a0e-4f2e-9a11-000000000016',
  view_owners: '5f0c3a52-6a0e-4f2e-9a11-000000000017',
  [PENDING]: '5f0c3a52-6a0e-4f2e-9a11-000000000020',
  released_events: '5f0c3a52-6a0e-4f2e-9a11-000000000021',
  released_usage: '5f0c3a52-6a0e-4f2e-9a11-000000000022',
  released_mileage: '5f0c3a52-6a0e-4f2e-9a11-000000000023',
  released_interventions: '5f0c3a52-6a0e-4f2e-9a11-000000000024',
  released_incidents: '5f0c3a52-6a0e-4f2e-9a11-000000000025',
  [CONTRIBUTIONS]: '5f0c3a52-6a0e-4f2e-9a11-000000000030',
};

/** Opens the table of all lines of log books, and makes it if need be. */
export function openEvents(storage: Storage): Promise<DeltaTable> {
  return open(storage, EVENTS, { schema: eventsSchema, partitionColumns: ['partition'] });
}

/** Opens a view's table, and makes it if need be. */
export function openView(storage: Storage, view: View): Promise<DeltaTable> {
  const schema = viewColumns(view);
  return open(storage, viewTableName(view), { schema, partitionColumns: [] });
}

/** Opens the table of who owns which vehicle, and makes it if need be. */
export function openOwners(storage: Storage): Promise<DeltaTable> {
  return openView(storage, ownersTable);
}

/** Opens the table of a view's batches, and makes it if need be. */
export function openReleased(storage: Storage, view: ReleasedViewName): Promise<DeltaTable> {
  return open(storage, releasedTableName(view), {
    schema: releasedColumns(view),
    partitionColumns: [],
  });
}

/** Opens the table of what waits to be released, and makes it if need be. */
export function openPending(storage: Storage): Promise<DeltaTable> {
  return open(storage, PENDING, { schema: pendingColumns, partitionColumns: [] });
}

/** Opens the table of who is in which batch, and makes it if need be. */
export function openContributions(storage: Storage): Promise<DeltaTable> {
  return open(storage, CONTRIBUTIONS, { schema: contributionColumns, partitionColumns: [] });
}

/** All tables. */
export function allTables(storage: Storage): Promise<DeltaTable[]> {
  return Promise.all([
    openEvents(storage),
    ...tabledViews.map((view) => openView(storage, view)),
    ...releasedViewNames.map((view) => openReleased(storage, view)),
    openPending(storage),
    openContributions(storage),
  ]);
}

/** The key of a file of a table. */
export function keyOfFile(table: string, path: string): string {
  return `${table}/${path}`;
}

/** Tables that were opened, by name: what has come to their logs since is read, not all of them. */
const opened = new WeakMap<Storage, Map<string, Promise<DeltaTable>>>();

function open(
  storage: Storage,
  name: string,
  table: Pick<NewTable, 'schema' | 'partitionColumns'>,
): Promise<DeltaTable> {
  const tables = opened.get(storage) ?? new Map<string, Promise<DeltaTable>>();
  opened.set(storage, tables);
  const known = tables.get(name);
  if (known !== undefined) return known;
  const opening = openAnew(storage, name, table);
  tables.set(name, opening);
  // Whoever asked is told; the next one tries again.
  opening.catch(() => tables.delete(name));
  return opening;
}

async function openAnew(
  { store, engine, scratchFolder, now, onCheckpointFailure }: Storage,
  name: string,
  table: Pick<NewTable, 'schema' | 'partitionColumns'>,
): Promise<DeltaTable> {
  const id = tableIds[name];
  if (id === undefined) throw new Error(`the table ${name} has no id`);
  const ownScratch = join(scratchFolder, name);
  await mkdir(ownScratch, { recursive: true });
  return DeltaTable.create(
    {
      store,
      table: name,
      engine,
      scratchFolder: ownScratch,
      now,
      onCheckpointFailure,
    },
    {
      id,
      name,
      ...table,
      properties: {
        'delta.deletedFileRetentionDuration': `interval ${TOMBSTONE_DAYS} days`,
      },
    },
  );
}
