import { afterAll, beforeAll, describe } from 'vitest';

import { certificateAfterSale, certificateScenarios } from './testing/certificate-scenarios.ts';
import { contributorScenarios } from './testing/contributor-scenarios.ts';
import { marketScenarios } from './testing/market-scenarios.ts';
import { ownerScenarios } from './testing/owner-scenarios.ts';
import { professionalScenarios } from './testing/professional-scenarios.ts';
import { type SandboxWorld, startSandboxWorld } from './testing/sandbox-world.ts';

/** Everything is started once for all doors: a machine with two cores takes minutes for it when others work there. */
const START_MS = 600_000;

let world: SandboxWorld;

beforeAll(async () => {
  world = await startSandboxWorld();
}, START_MS);

afterAll(() => world.stop(), 60_000);

describe('a certificate', () => {
  certificateScenarios(() => world);
});

describe('professionals', () => {
  professionalScenarios(() => world);
});

describe('the owner', () => {
  ownerScenarios(() => world);
});

describe('a certificate of a car that was sold', () => {
  certificateAfterSale(() => world);
});

describe('the market', () => {
  marketScenarios(() => world);
});

// After the market's: what was bought there is shared out.
describe('the contributors', () => {
  contributorScenarios(() => world);
});
