import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';

import { parseDay, parseSourceId, sealClear, type Vid } from '@passport/model';

import { type Intake, randomIntake } from '../intake.ts';
import { volatileMemory } from '../memory/volatile-memory.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { Killed, Mortal } from '../testing/mortal.ts';
import { enrolVehicles } from './enrol-vehicles.ts';

const source = parseSourceId('MakerMSP/fleet');
const day = parseDay('2024-02-29');
const vehicles = Array.from({ length: 250 }, (_, number) => ({ name: `car/${number}`, day }));

test('vehicles are registered once, wherever their source is killed, and others know them', async () => {
  // Three registrations, of two calls that leave the process and their answers each.
  for (let steps = 0; steps <= 18; steps += 1) {
    const ledger = new MemoryLedger(source);
    const disk = volatileMemory();
    const enrol = (mortal: Mortal) =>
      enrolVehicles(vehicles, {
        source,
        writer: mortal.writer(ledger),
        memory: mortal.memory(disk),
        seal: sealClear,
        intake: randomIntake(randomBytes),
        onOutcome: () => undefined,
      });
    await enrol(new Mortal(steps)).catch((error: unknown) => {
      expect(error).toBeInstanceOf(Killed);
    });
    const enrolled = await enrol(new Mortal(Number.POSITIVE_INFINITY));
    expect(new Set(enrolled.map(({ vid }) => vid)).size).toBe(vehicles.length);
    expect(ledger.books.size).toBe(vehicles.length);
    expect(ledger.changes).toBe(3);
    expect(disk.underWay()).toEqual([]);

    const other = volatileMemory();
    const vids = new Map(enrolled.map(({ name, vid }) => [name, vid]));
    const known = {
      source,
      writer: new Mortal(Number.POSITIVE_INFINITY).writer(ledger),
      memory: other,
      seal: sealClear,
      intake: registered(vids),
      onOutcome: () => undefined,
    };
    await enrolVehicles(vehicles, known);
    await enrolVehicles(vehicles, known);
    expect(ledger.changes).toBe(3);
    expect(other.vehicle('car/7')).toMatchObject({ vid: enrolled[7]?.vid, registered: true });
    expect(other.underWay()).toEqual([]);
  }
});

/** The intake of another source: the ledger has all of these vehicles. */
function registered(vids: ReadonlyMap<string, Vid>): Intake {
  return async (names) =>
    names.map((name) => {
      const vid = vids.get(name);
      if (vid === undefined) throw new Error(`${name} was not enrolled`);
      return { vid, isRegistered: true };
    });
}
