import { type Balance, microOf, type Supply } from '@passport/model';

import type { Flow } from '../../charts/sankey-layout.ts';

/** Places of where a token lies, apart from accounts. */
const holdingPlaces = { minted: 'minted', burned: 'burned', others: 'others' } as const;

/**
 * Where what was minted of a token is, in micro units: burned, in members' accounts, or with all others. Nothing where
 * the numbers do not fit: they were read one after the other, and money moved meanwhile.
 */
export function holdingFlows(supply: Supply, members: readonly Balance[]): Flow[] {
  const { minted, burned, others } = holdingPlaces;
  const held = members.map(({ account, total }) => ({ account, value: microOf(total) }));
  const rest = held.reduce((left, { value }) => left - value, microOf(supply.supply));
  if (rest < 0n) return [];
  return [
    ...held.map(({ account, value }) => ({ from: minted, to: account, value })),
    { from: minted, to: others, value: rest },
    { from: minted, to: burned, value: microOf(supply.burned) },
  ].filter(({ value }) => value > 0n);
}
