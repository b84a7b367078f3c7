import { expect } from 'vitest';

import type { Fixture } from '../../fixture.ts';

/** Runs what is to be refused; afterwards the chain is as long as before, and goes on. */
export async function leavesChainUnharmed(
  fixture: Fixture,
  scenario: () => Promise<void>,
): Promise<void> {
  const { maker } = fixture;
  const height = await fixture.height();
  await scenario();
  expect(await fixture.height()).toBe(height);
  const answered = await maker.evaluate(['echo', 'still there']);
  expect(answered).toEqual(['still there']);
}
