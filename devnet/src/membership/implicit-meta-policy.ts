import { common } from '@hyperledger/fabric-protos';

import type { Identity } from './identity.ts';
import { MembershipError } from './membership-error.ts';
import type { Policy } from './policy.ts';

const { ANY, ALL, MAJORITY } = common.ImplicitMetaPolicy.Rule;

/** A policy over the policies of one name in the groups below, such as "MAJORITY Admins". */
export class ImplicitMetaPolicy implements Policy {
  readonly #name: string;
  readonly #policies: readonly Policy[];
  readonly #threshold: number;

  /**
   * `policies` are those of the groups below, one each; a group that has none of that name brings
   * one that nobody satisfies. Source: Fabric, common/policies/implicitmeta.go.
   */
  constructor(definition: common.ImplicitMetaPolicy, policies: readonly Policy[]) {
    this.#name = definition.getSubPolicy();
    this.#policies = policies;
    this.#threshold = thresholdOf(definition, policies.length);
  }

  dissatisfaction(identities: readonly Identity[]): string | undefined {
    let satisfied = 0;
    if (this.#threshold === 0) return undefined;
    for (const policy of this.#policies) {
      if (policy.dissatisfaction(identities) !== undefined) continue;
      satisfied += 1;
      if (satisfied === this.#threshold) return undefined;
    }
    return (
      `implicit policy evaluation failed - ${satisfied} sub-policies were satisfied, ` +
      `but this policy requires ${this.#threshold} of the '${this.#name}' ` +
      'sub-policies to be satisfied'
    );
  }
}

function thresholdOf(definition: common.ImplicitMetaPolicy, count: number): number {
  switch (definition.getRule()) {
    case ANY:
      return Math.min(1, count);
    case ALL:
      return count;
    case MAJORITY:
      return count === 0 ? 0 : Math.floor(count / 2) + 1;
    default:
      throw new MembershipError(
        'malformed-policy',
        `unknown rule ${String(definition.getRule())} of an implicit meta policy`,
      );
  }
}
