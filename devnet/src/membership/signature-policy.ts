import { common } from '@hyperledger/fabric-protos';

import type { Identity } from './identity.ts';
import { MembershipError, reasonOf } from './membership-error.ts';
import type { Policy } from './policy.ts';
import { type Principal, readPrincipal, type Role, rolePrincipal } from './principal.ts';

/** Decides over identities, and marks those that it has used. */
type Rule = (identities: readonly Identity[], used: boolean[]) => boolean;

const { TypeCase } = common.SignaturePolicy;

/** A policy of the form "n of these rules", whose leaves are principals. */
export class SignaturePolicy implements Policy {
  readonly #rule: Rule;

  /**
   * Throws {@link MembershipError} `malformed-policy` with Fabric's text.
   * Source: Fabric, common/cauthdsl.
   */
  constructor(envelope: common.SignaturePolicyEnvelope) {
    if (envelope.getVersion() !== 0) {
      throw malformed(
        'This evaluator only understands messages of version 0, ' +
          `but version was ${envelope.getVersion()}`,
      );
    }
    this.#rule = compile(envelope.getRule(), envelope.getIdentitiesList().map(readPrincipal));
  }

  /** Reads a serialized common.SignaturePolicyEnvelope. Throws as the constructor. */
  static fromBytes(bytes: Uint8Array): SignaturePolicy {
    let envelope: common.SignaturePolicyEnvelope;
    try {
      envelope = common.SignaturePolicyEnvelope.deserializeBinary(bytes);
    } catch (error) {
      throw malformed(`Error unmarshalling to SignaturePolicy: ${reasonOf(error)}`);
    }
    return new SignaturePolicy(envelope);
  }

  /** As {@link Policy} says; no identity may come twice. */
  dissatisfaction(identities: readonly Identity[]): string | undefined {
    const used = identities.map(() => false);
    return this.#rule(identities, used) ? undefined : 'signature set did not satisfy policy';
  }
}

/** A policy that `count` of some organisations' roles satisfy, as `OutOf(count, 'A.peer', …)`. */
export function rolesPolicy(
  count: number,
  roles: readonly { readonly mspId: string; readonly role: Role }[],
): common.SignaturePolicyEnvelope {
  const rules = roles.map((_role, index) => {
    const rule = new common.SignaturePolicy();
    rule.setSignedBy(index);
    return rule;
  });
  const gate = new common.SignaturePolicy.NOutOf();
  gate.setN(count);
  gate.setRulesList(rules);
  const rule = new common.SignaturePolicy();
  rule.setNOutOf(gate);
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setRule(rule);
  envelope.setIdentitiesList(roles.map(({ mspId, role }) => rolePrincipal(mspId, role)));
  return envelope;
}

function compile(rule: common.SignaturePolicy | undefined, principals: readonly Principal[]): Rule {
  if (rule === undefined) throw malformed('Empty policy element');
  switch (rule.getTypeCase()) {
    case TypeCase.N_OUT_OF: {
      const gate = rule.getNOutOf();
      const rules = gate?.getRulesList() ?? [];
      return atLeast(
        gate?.getN() ?? 0,
        rules.map((inner) => compile(inner, principals)),
      );
    }
    case TypeCase.SIGNED_BY: {
      const index = rule.getSignedBy();
      const principal = principals[index];
      if (principal === undefined) {
        throw malformed(
          `identity index out of range, requested ${index}, ` +
            `but identities length is ${principals.length}`,
        );
      }
      return signedBy(principal);
    }
    case TypeCase.TYPE_NOT_SET:
    default:
      throw malformed('Unknown type: <nil>:<nil>');
  }
}

/** All rules are tried, greedily and in order; one that fails gives back what it has used. */
function atLeast(count: number, rules: readonly Rule[]): Rule {
  return (identities, used) => {
    let satisfied = 0;
    for (const rule of rules) {
      const attempt = [...used];
      if (!rule(identities, attempt)) continue;
      satisfied += 1;
      for (const [index, isUsed] of attempt.entries()) used[index] = isUsed;
    }
    return satisfied >= count;
  };
}

function signedBy(principal: Principal): Rule {
  return (identities, used) => {
    const index = identities.findIndex(
      (identity, position) => used[position] !== true && identity.satisfies(principal),
    );
    if (index === -1) return false;
    used[index] = true;
    return true;
  };
}

function malformed(message: string): MembershipError {
  return new MembershipError('malformed-policy', message);
}
