import { amount, microOf } from '@passport/model';
import { z } from 'zod';

const micro = amount.transform(microOf);
const volume = { receipts: z.int(), amount: micro };

/** `GET /v1/market/summary`, as far as it is shown; micro-PCC. */
export const marketSummary = z.looseObject({
  sold: z.looseObject(volume),
  waiting: z.looseObject(volume),
  distributed: z.looseObject({
    distributions: z.int(),
    amount: micro,
    toOwners: micro,
    toSources: micro,
    toMembers: micro,
    toOperator: micro,
    carried: micro,
  }),
  owners: z.looseObject({ paidIn: micro, unclaimed: micro }),
  products: z.array(z.looseObject({ product: z.string(), ...volume })),
});

/** {@link marketSummary} */
export type MarketSummary = z.output<typeof marketSummary>;

/** Roles that money is shared among, in the order of the rule. */
export const shareRoles = ['owners', 'sources', 'members', 'operator'] as const;

/** One of {@link shareRoles} with what it got. */
export type RoleShare = {
  readonly role: (typeof shareRoles)[number];
  readonly micro: bigint;
  /** Thousandths of all that was shared out, what is kept for the next time included; rounded down. */
  readonly permille: number;
};

/** What each role got of what was shared out. */
export function roleShares({ distributed }: Pick<MarketSummary, 'distributed'>): RoleShare[] {
  const got = {
    owners: distributed.toOwners,
    sources: distributed.toSources,
    members: distributed.toMembers,
    operator: distributed.toOperator,
  };
  const all = distributed.amount;
  return shareRoles.map((role) => ({
    ...{ role, micro: got[role] },
    permille: all === 0n ? 0 : Number((got[role] * 1000n) / all),
  }));
}
