import type { CommandId, EventPlace, SourceId, Vid } from '@passport/model';
import { type Database, open } from 'lmdb';

import {
  asRegistered,
  type Command,
  type ConnectorMemory,
  type KnownVehicle,
  type Recording,
  vehiclesOf,
} from './connector-memory.ts';

/** Far more than years of events: it is an address range, not a file size. */
const MAP_BYTES = 64 * 1024 ** 3;

/** Short, for there are millions: vid, entry, index. The source is the folder's. */
type StoredRecording = readonly [vid: Vid, entry: number, index: number];

/**
 * The memory of one source's connector in a folder of its own. Throws when the folder is another
 * source's. One process at a time; that is for the caller to see to.
 */
export async function openLmdbMemory(options: {
  readonly directory: string;
  readonly source: SourceId;
}): Promise<ConnectorMemory> {
  const { directory, source } = options;
  const root = open<string, string>({
    path: directory,
    mapSize: MAP_BYTES,
    maxDbs: 5,
    encoding: 'json',
    noSubdir: false,
  });
  const owner = root.get('source');
  if (owner !== undefined && owner !== source) {
    await root.close();
    throw new Error(`${directory} is the memory of ${owner}, not of ${source}`);
  }
  const tables: Tables = {
    vehicles: root.openDB<KnownVehicle, string>({ name: 'vehicles', encoding: 'json' }),
    recordings: root.openDB<StoredRecording, string>({ name: 'recordings', encoding: 'json' }),
    voided: root.openDB<true, string>({ name: 'voided', encoding: 'json' }),
    commands: root.openDB<Command, number>({ name: 'commands', encoding: 'json' }),
  };
  if (owner === undefined) {
    await root.put('source', source);
    await root.flushed;
  }
  return memoryOver(root, tables, source);
}

type Tables = {
  readonly vehicles: Database<KnownVehicle, string>;
  readonly recordings: Database<StoredRecording, string>;
  readonly voided: Database<true, string>;
  /** By the order in which they began. */
  readonly commands: Database<Command, number>;
};

function memoryOver(
  root: Database<string, string>,
  tables: Tables,
  source: SourceId,
): ConnectorMemory {
  const { vehicles, recordings, voided, commands } = tables;
  const numbers = new Map<CommandId, number>();
  let next = 0;
  for (const { key, value } of commands.getRange()) {
    numbers.set(value.id, key);
    next = key + 1;
  }
  const durably = async (write: () => void): Promise<void> => {
    // A plain transaction of lmdb keeps what was written before its callback threw.
    await root.childTransaction(write);
    await root.flushed;
  };
  return {
    vehicle: (name) => vehicles.get(name),
    recording: (id) => {
      const stored = recordings.get(id);
      return stored && toRecording(stored, source);
    },
    isVoided: (id) => voided.get(id) === true,
    underWay: () => [...commands.getRange()].map(({ value }) => value),
    begin: async (command) => {
      if (numbers.has(command.id)) return;
      const number = next;
      next += 1;
      numbers.set(command.id, number);
      await durably(() => {
        void commands.put(number, command);
        for (const [name, vehicle] of vehiclesOf(command)) void vehicles.put(name, vehicle);
      });
    },
    finish: (id, outcome) => {
      const number = numbers.get(id);
      if (number === undefined) throw new Error(`command ${id} is not under way`);
      numbers.delete(id);
      return durably(() => {
        void commands.remove(number);
        for (const name of outcome.registered ?? []) {
          const vehicle = vehicles.get(name);
          if (vehicle !== undefined) void vehicles.put(name, asRegistered(vehicle));
        }
        for (const [event, { vid, place }] of outcome.recorded ?? []) {
          void recordings.put(event, [vid, place.entry, place.index]);
        }
        if (outcome.voided !== undefined) void voided.put(outcome.voided, true);
      });
    },
    adopt: (adopted) =>
      durably(() => {
        for (const { name, ...vehicle } of adopted) {
          void vehicles.put(name, { ...vehicle, registered: true });
        }
      }),
    close: () => root.close(),
  };
}

function toRecording([vid, entry, index]: StoredRecording, source: SourceId): Recording {
  const place: EventPlace = { source, entry, index };
  return { vid, place };
}
