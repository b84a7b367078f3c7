import { afterAll, beforeAll } from 'vitest';

import { attackingReaders } from './testing/attacking-readers.ts';
import { attackingWriters } from './testing/attacking-writers.ts';
import { type CanaryCars, plantCanaries } from './testing/canaries.ts';
import { canariesSought } from './testing/canaries-sought.ts';
import { erased } from './testing/erased.ts';
import { howSoon } from './testing/how-soon.ts';
import { membersReading } from './testing/members-reading.ts';
import { resale } from './testing/resale.ts';
import { type RollingCar, rollingEpochs, startEpochs } from './testing/rolling-epochs.ts';
import { startWorld, type World } from './testing/start-world.ts';
import { verified } from './testing/verified.ts';

// To start seven members and all services takes most of the time: they are started once for all of it.
const START_MS = 240_000;

let world: World;
let cars: CanaryCars;
let rolling: RollingCar;

beforeAll(async () => {
  world = await startWorld();
  rolling = await startEpochs(world);
  cars = await plantCanaries(world);
}, START_MS);
afterAll(() => world?.stop(), START_MS);

const theWorld = (): World => world;

attackingReaders(theWorld);
attackingWriters(theWorld);
membersReading(theWorld);
resale(theWorld);
howSoon(theWorld);
rollingEpochs(theWorld, () => rolling);
erased(theWorld);
// Last, so that all of the above is in what is searched, and in what is recomputed.
canariesSought(theWorld, () => cars);
verified(theWorld);
