import { status } from '@grpc/grpc-js';
import type { peer } from '@hyperledger/fabric-protos';

import type { ProposalOutcome } from '../endorsing/endorser.ts';

/** How one outcome of an endorser looks to the gateway. */
export type Verdict =
  | { readonly ok: true; readonly response: peer.ProposalResponse }
  | {
      readonly ok: false;
      readonly code: status;
      readonly message: string;
      readonly retry: boolean;
    };

/**
 * Reads an outcome as the gateway does: a local endorser answers with an error and a response, a
 * remote one with the error alone, since gRPC carries nothing beside it.
 * Source: Fabric, internal/pkg/gateway/apiutils.go (responseStatus).
 */
export function judge(outcome: ProposalOutcome, isLocal: boolean): Verdict {
  if (outcome.error !== undefined) {
    if (isLocal && outcome.response !== undefined) {
      return refused(status.FAILED_PRECONDITION, outcome.error, false);
    }
    const message = isLocal ? outcome.error : `rpc error: code = Unknown desc = ${outcome.error}`;
    return refused(status.UNAVAILABLE, message, true);
  }
  const { response } = outcome;
  const answer = response.getResponse();
  const code = answer?.getStatus() ?? 0;
  const text = answer?.getMessage() ?? '';
  if (code >= 200 && code < 400) return { ok: true, response };
  if (response.getPayload_asU8().length === 0 && code === 500) {
    return refused(status.ABORTED, text, true);
  }
  return refused(status.UNKNOWN, `chaincode response ${code}, ${text}`, false);
}

function refused(code: status, message: string, retry: boolean): Verdict {
  return { ok: false, code, message, retry };
}
