import { instantOf, sealedHeaderOf } from '@passport/model';
import { madeUpVin } from '@passport/sandbox';
import { describe, expect, test } from 'vitest';

import { type Car, codeOf, registerCar, write, type Written } from './cars.ts';
import { grant, terms } from './consent.ts';
import { openedIn, reached, readAsMember, readAtPeer } from './reading.ts';
import type { World } from './start-world.ts';

/** From its registration until the next epoch begins: time enough for two grants on a busy machine. */
const FIRST_EPOCH_MS = 25_000;
const TEST_MS = 120_000;

/** A car whose owner has published keys ahead, and does nothing from then on. */
export type RollingCar = {
  readonly car: Car;
  readonly rollsAtMs: number;
  readonly first: Written;
};

/** Registers one, with a grant that goes on beyond its first epoch, and one that ends within. */
export async function startEpochs(world: World): Promise<RollingCar> {
  const nowMs = world.now().getTime();
  const rollsAtMs = nowMs + FIRST_EPOCH_MS;
  const plan = [instantOf(nowMs), instantOf(rollsAtMs)];
  const car = await registerCar(world, { vin: madeUpVin('rolling'), plan });
  const visit = terms(world, 'garage-visit');
  await grant(world, car, 'GarageMSP', visit);
  await grant(world, car, 'InspectionMSP', { ...visit, expiresAt: instantOf(rollsAtMs - 1_000) });
  return { car, rollsAtMs, first: await work(world, car, 'brakes') };
}

/** What comes of it when the next epoch has begun. */
export function rollingEpochs(theWorld: () => World, rolling: () => RollingCar): void {
  describe('keys that were published ahead', { timeout: TEST_MS }, () => {
    test('roll without their owner: who is granted on reads on, and who is not does not', async () => {
      const world = theWorld();
      const { car, rollsAtMs, first } = rolling();
      await new Promise((done) => setTimeout(done, Math.max(0, rollsAtMs + 500 - Date.now())));
      const second = await work(world, car, 'clutch');
      expect([first, second].map(epochIn)).toEqual([1, 2]);
      await reached(world, second.block);

      const asked = { vid: car.vid };
      const { events } = await readAsMember(world, 'GarageMSP', asked);
      const jobs = events.flatMap(
        ({ fields }) => fields['Passport.Intervention.Jobs']?.value ?? [],
      );
      expect(new Set(jobs)).toEqual(new Set(['brakes', 'clutch']));
      expect(openedIn(await readAtPeer(world, 'GarageMSP', car.vid))).toHaveLength(1);

      expect(await codeOf(readAsMember(world, 'InspectionMSP', asked))).toBe('GRANT_ENDED');
      const read = await readAtPeer(world, 'InspectionMSP', car.vid);
      const closed = new Map(read.map((each) => [each.event.id, each.closed]));
      expect(closed.get(first.id)).toEqual([]);
      expect(closed.get(second.id)).toEqual(['maintenance']);
    });
  });
}

function work(world: World, { vid }: Car, jobs: string): Promise<Written> {
  const fields = { 'Passport.Intervention.Jobs': jobs };
  return write(world, 'workshop', vid, { kind: 'intervention', fields });
}

function epochIn({ sealed: { maintenance } }: Written): number | undefined {
  return maintenance && sealedHeaderOf(maintenance).epoch;
}
