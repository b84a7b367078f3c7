import { status } from '@grpc/grpc-js';

import { MembershipError } from '../membership/membership-error.ts';
import type { SignedData } from '../membership/policy.ts';
import { RpcError } from '../gateway/rpc-error.ts';

/** Evaluates a policy of the channel; throws MembershipError when it is not satisfied. */
export type EvaluatePolicy = (policy: string, signedData: SignedData) => void;

/** Who may call what on the one channel of the devnet, by the channel's own policies. */
export class AccessControl {
  readonly #channelId: string;
  readonly #evaluate: EvaluatePolicy;

  constructor(channelId: string, evaluate: EvaluatePolicy) {
    this.#channelId = channelId;
    this.#evaluate = evaluate;
  }

  /**
   * Throws {@link RpcError} PERMISSION_DENIED when the channel is not ours or the policy is not
   * satisfied. Source of the texts: Fabric, core/policy/policy.go and core/aclmgmt.
   */
  check(policy: string, channelId: string, signedData: SignedData): void {
    try {
      this.evaluate(policy, channelId, signedData);
    } catch (error) {
      if (!(error instanceof MembershipError)) throw error;
      throw new RpcError(status.PERMISSION_DENIED, error.message);
    }
  }

  /** As {@link check}, but throws {@link MembershipError} with the same text. */
  evaluate(policy: string, channelId: string, signedData: SignedData): void {
    if (channelId !== this.#channelId) {
      throw new MembershipError(
        'unknown-policy',
        channelId === ''
          ? 'Invalid channel ID name during check policy on signed data. ' +
              'Name must be different from nil.'
          : `Failed to get policy manager for channel [${channelId}]`,
      );
    }
    this.#evaluate(policy, signedData);
  }
}
