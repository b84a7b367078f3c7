import { randomBytes } from 'node:crypto';

import type { RequestSigner } from '@passport/ledger-client';

import { type VehicleAtIntake, VinMatcher, type VinMatcherOptions } from '../client/vin-matcher.ts';
import type { IntakeWorld, RunningService } from './intake-world.ts';

/** The clock of tests with processes, whose own clock is the machine's. */
export const now = (): Date => new Date();

/** A car by its number; VIN and number of the paper are canaries. */
export function car(number: number, wants: VehicleAtIntake['wants'] = 'vid'): VehicleAtIntake {
  const serial = String(number).padStart(6, '0');
  return { vin: `WVWZZZ1JZXW${serial}`, paper: `PAPER-${serial}-CANARY`, wants };
}

/** The client of an intake that asks the running services. */
export function matcherOf(
  world: IntakeWorld,
  services: { readonly evaluator: RunningService; readonly registry: RunningService },
  signer: RequestSigner,
  changed: Partial<VinMatcherOptions> = {},
): VinMatcher {
  return new VinMatcher({
    evaluatorUrl: services.evaluator.url,
    evaluatorKeys: [world.evaluatorKey],
    registryUrl: services.registry.url,
    ...{ signer, now, random: randomBytes },
    ...changed,
  });
}
