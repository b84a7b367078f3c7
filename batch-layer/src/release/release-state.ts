import { ownersCell, parseVid, VehicleOwners } from '@passport/model';

import type { DataFile } from '../delta/snapshot.ts';
import type { DeltaTable } from '../delta/delta-table.ts';
import { EpochError } from '../epoch/epoch-error.ts';
import { RankedKeys } from '../epoch/ranked-keys.ts';
import { ReadAhead } from '../epoch/read-ahead.ts';
import { nameOfEnd } from '../epoch/read-epoch.ts';
import { openContributions, openOwners, openPending, type Storage } from '../storage.ts';
import { CONTRIBUTIONS, parts } from '../tables/contributions-table.ts';
import { PENDING, type PendingByView, PendingReader } from '../tables/pending-table.ts';
import { keyOfRow, ownersTable, viewTableName } from '../tables/view-table.ts';
import type { ArchivedUpTo } from '../watermark/watermarks.ts';
import { SourceQuality } from './source-quality.ts';
import { streamFile } from './table-files.ts';

/** What releasing an epoch needs to know of those before. */
export type ReleaseState = {
  readonly owners: VehicleOwners;
  readonly pending: PendingByView;
  /** What the numbers of keys in `pending` mean. */
  readonly keys: RankedKeys;
  readonly quality: SourceQuality;
};

/**
 * The state behind the newest epoch, and what was read of the one behind it, in memory while one process archives one
 * after the other.
 */
export class ReleaseStates {
  /** Keys of all facts that were seen: whoever fails has them all the same. */
  readonly keys = new RankedKeys();
  readonly ahead = new ReadAhead(this.keys);
  #kept: { readonly name: string; readonly state: ReleaseState } | undefined;

  /**
   * The state at a watermark. It is the caller's now, who may change it: whoever fails reads it from the
   * tables the next time. Throws EpochError.
   */
  async take(storage: Storage, at: ArchivedUpTo | undefined): Promise<ReleaseState> {
    const kept = this.#kept;
    this.#kept = undefined;
    if (at === undefined) {
      const [owners, quality] = [new VehicleOwners(), new SourceQuality()];
      return { owners, pending: new Map(), keys: this.keys, quality };
    }
    return kept?.name === nameOfEnd(at) ? kept.state : readState(storage, at, this.keys);
  }

  /** Keeps what an epoch has come to, for the next one. */
  keep(at: ArchivedUpTo, state: ReleaseState): void {
    this.#kept = { name: nameOfEnd(at), state };
  }

  /** Forgets all but keys. */
  async close(): Promise<void> {
    this.#kept = undefined;
    await this.ahead.close();
  }
}

async function readState(
  storage: Storage,
  at: ArchivedUpTo,
  keys: RankedKeys,
): Promise<ReleaseState> {
  const owners = new VehicleOwners();
  const ownerTable = viewTableName(ownersTable);
  for (const file of await filesAt(ownerTable, await openOwners(storage), at)) {
    for await (const row of streamFile(storage, ownerTable, file, ['vid', 'measure', 'part'])) {
      const [vid = '', measure = '', part = '', value = '0'] = row;
      const cell = ownersCell(parseVid(vid));
      owners.add({ cell, key: keyOfRow(measure, part), delta: Number(value) });
    }
  }
  const reader = new PendingReader(keys.facts);
  const columns = ['view', 'level', 'since_epoch', 'node', 'measure', 'part'];
  for (const file of await filesAt(PENDING, await openPending(storage), at)) {
    for await (const row of streamFile(storage, PENDING, file, columns)) {
      const [view = '', level, sinceEpoch, node = '', measure = '', part = '', value] = row;
      const numbers = { level: Number(level), sinceEpoch: Number(sinceEpoch) };
      reader.add({ view, node, measure, part, ...numbers, value: Number(value) });
    }
  }
  const quality = new SourceQuality();
  const of = ['part', 'name', 'points'];
  for (const file of await filesAt(CONTRIBUTIONS, await openContributions(storage), at)) {
    for await (const row of streamFile(storage, CONTRIBUTIONS, file, of)) {
      const [part = '', name = '', points = '0', events = '0'] = row;
      if (part !== parts.quality) continue;
      quality.restore(name, { events: BigInt(events), points: BigInt(points) });
    }
  }
  return { owners, pending: reader.pending(), keys, quality };
}

async function filesAt(
  name: string,
  table: DeltaTable,
  { tables, block }: ArchivedUpTo,
): Promise<DataFile[]> {
  const version = tables[name];
  if (version === undefined) {
    const why = `the archive up to ${block} has no table ${name}: it is of an older release`;
    throw new EpochError('ARCHIVE_OLDER', 0, why);
  }
  return [...(await table.readSnapshot(version)).files.values()];
}
