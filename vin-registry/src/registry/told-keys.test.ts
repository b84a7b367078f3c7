import { writeFile } from 'node:fs/promises';

import { readSigningKey } from '@passport/ledger-client';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { car, matcherOf } from '../testing/intake.ts';
import { IntakeWorld } from '../testing/intake-world.ts';

const START_MS = 60_000;

let world: IntakeWorld;
let told: readonly string[];

beforeAll(async () => {
  world = await IntakeWorld.make();
  const { publicKey } = await readSigningKey(world.path('evaluator.jwk'));
  await writeFile(world.path('evaluator.public.jwk'), JSON.stringify(publicKey));
  told = ['--evaluator-public-keys', world.path('evaluator.public.jwk')];
}, START_MS);

afterAll(() => world.folder.remove());

test(
  'a registry that is told public keys takes tags of those',
  { timeout: 2 * START_MS },
  async () => {
    const [evaluator, registry] = await Promise.all([
      world.startEvaluator(),
      world.startRegistry([], told),
    ]);
    try {
      const garage = await world.user('GarageMSP');
      const [match] = await matcherOf(world, { evaluator, registry }, garage).match([car(1)]);
      expect(match).toMatchObject({ isNew: true, isDisputed: false });
    } finally {
      await Promise.all([evaluator.stop(), registry.stop()]);
    }
  },
);

test(
  'a registry that is told neither keys nor ids, or both, does not start',
  { timeout: 2 * START_MS },
  async () => {
    const needed = 'either --oprf-keys or --evaluator-public-keys is needed';
    await expect(world.startRegistry([], [])).rejects.toThrow(needed);
    await expect(world.startRegistry(told)).rejects.toThrow(needed);
  },
);
