import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';

import {
  parseCommandId,
  parseDay,
  parseEventId,
  parseKeyId,
  parseSourceId,
  type SealedField,
  vidOfBytes,
} from '@passport/model';

import type { Command, ConnectorMemory } from './connector-memory.ts';
import { openLmdbMemory } from './lmdb-memory.ts';
import { volatileMemory } from './volatile-memory.ts';

const source = parseSourceId('MakerMSP/fleet');
const vid = vidOfBytes(new Uint8Array(16));
const day = parseDay('2024-02-29');
const event = parseEventId('trip:1');
const recording = { vid, place: { source, entry: 3, index: 7 } };

const register: Command = {
  type: 'register',
  id: parseCommandId('register-1'),
  vehicles: [{ name: 'bus/1', vid, day, generated: true }],
};
const record = (number: number): Command => ({
  type: 'record',
  id: parseCommandId(`record-${number}`),
  events: [{ id: event, vid, kind: 'trip', at: day, method: 'dongle' }],
});

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'passport-memory-'));
  cleanUps.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function lmdb(directory: string): Promise<ConnectorMemory> {
  const memory = await openLmdbMemory({ directory, source });
  cleanUps.push(() => memory.close());
  return memory;
}

describe.each([
  ['volatile', async () => volatileMemory()],
  ['lmdb', async () => lmdb(await folder())],
])('%s memory', (_, make) => {
  test('knows nothing at first', async () => {
    const memory = await make();
    expect(memory.vehicle('bus/1')).toBeUndefined();
    expect(memory.recording(event)).toBeUndefined();
    expect(memory.isVoided(event)).toBe(false);
    expect(memory.underWay()).toEqual([]);
  });

  test('a command that registers makes its vehicles known, and registered when it is finished', async () => {
    const memory = await make();
    await memory.begin(register);
    expect(memory.vehicle('bus/1')).toEqual({ vid, day, generated: true, registered: false });
    await memory.finish(register.id, { registered: ['bus/1'] });
    expect(memory.vehicle('bus/1')).toMatchObject({ vid, registered: true });
  });

  test('nothing of an owner is remembered once the ledger has the vehicle', async () => {
    const memory = await make();
    const owned = {
      ...{ name: 'bus/1', vid, day, owner: parseKeyId('O'.repeat(42) + 'A') },
      sealed: { ownership: 'c'.repeat(200) as SealedField },
    };
    await memory.begin({ ...register, vehicles: [owned] });
    expect(memory.vehicle('bus/1')).toMatchObject({ owner: owned.owner, sealed: owned.sealed });
    await memory.finish(register.id, { registered: ['bus/1'] });
    expect(memory.vehicle('bus/1')).toEqual({ vid, day, registered: true });
  });

  test('a command that was given up leaves its vehicles with their pseudonyms', async () => {
    const memory = await make();
    await memory.begin(register);
    await memory.finish(register.id, {});
    expect(memory.vehicle('bus/1')).toMatchObject({ vid, registered: false });
    expect(memory.underWay()).toEqual([]);
  });

  test('commands under way are in the order in which they began', async () => {
    const memory = await make();
    for (let number = 0; number < 12; number += 1) await memory.begin(record(number));
    await memory.finish(parseCommandId('record-3'), {});
    const ids = memory.underWay().map(({ id }) => id);
    expect(ids).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11].map((number) => `record-${number}`));
    expect(memory.underWay()[0]).toEqual(record(0));
  });

  test('a command that is begun again is under way once', async () => {
    const memory = await make();
    for (const command of [record(1), register, record(1)]) await memory.begin(command);
    expect(memory.underWay()).toEqual([record(1), register]);
    await memory.finish(record(1).id, {});
    expect(memory.underWay()).toEqual([register]);
  });

  test('a vehicle that another source registered is known without a command', async () => {
    const memory = await make();
    await memory.adopt([{ name: 'bus/1', vid, day }]);
    expect(memory.vehicle('bus/1')).toEqual({ vid, day, registered: true });
    expect(memory.underWay()).toEqual([]);
  });

  test('a command that is finished leaves where its events are', async () => {
    const memory = await make();
    await memory.begin(record(1));
    const voided = parseEventId('trip:0:void');
    await memory.finish(record(1).id, { recorded: [[event, recording]], voided });
    expect(memory.recording(event)).toEqual(recording);
    expect(memory.isVoided(voided)).toBe(true);
    expect(memory.underWay()).toEqual([]);
  });
});

test('an lmdb memory that is opened again knows what it knew, and goes on counting', async () => {
  const directory = await folder();
  const first = await openLmdbMemory({ directory, source });
  await first.begin(record(1));
  await first.finish(record(1).id, { recorded: [[event, recording]] });
  await first.begin(record(2));
  await first.close();
  const second = await lmdb(directory);
  expect(second.recording(event)).toEqual(recording);
  await second.begin(record(3));
  await second.begin(record(2));
  expect(second.underWay().map(({ id }) => id)).toEqual(['record-2', 'record-3']);
});

test('an lmdb memory of one source is not opened for another', async () => {
  const directory = await folder();
  await lmdb(directory);
  const other = openLmdbMemory({ directory, source: parseSourceId('MakerMSP/other') });
  await expect(other).rejects.toThrow('MakerMSP/fleet');
});
