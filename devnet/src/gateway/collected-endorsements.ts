import type { peer } from '@hyperledger/fabric-protos';

import type { EndpointError } from './rpc-error.ts';
import type { Endorser } from '../endorsing/endorser.ts';

const PAYLOAD_MISMATCH = 'ProposalResponsePayloads do not match';

/** Endorsements gathered so far; all must be over the same payload. */
export class CollectedEndorsements {
  readonly #endorsements = new Map<string, peer.Endorsement>();
  readonly #failed = new Set<string>();
  readonly errors: EndpointError[] = [];
  #payload: Uint8Array | undefined;

  add(endorser: Endorser, response: peer.ProposalResponse): void {
    const payload = response.getPayload_asU8();
    this.#payload ??= payload;
    const endorsement = response.getEndorsement();
    if (endorsement === undefined || Buffer.compare(this.#payload, payload) !== 0) {
      this.fail(endorser, PAYLOAD_MISMATCH);
      return;
    }
    this.#endorsements.set(endorser.mspId, endorsement);
  }

  fail(endorser: Endorser, message: string): void {
    this.#failed.add(endorser.mspId);
    this.errors.push(endpointError(endorser, message));
  }

  has(mspId: string): boolean {
    return this.#endorsements.has(mspId);
  }

  hasFailed(mspId: string): boolean {
    return this.#failed.has(mspId);
  }

  payload(): Uint8Array {
    if (this.#payload === undefined) throw new Error('no endorsement was collected');
    return this.#payload;
  }

  endorsements(layout: readonly string[]): peer.Endorsement[] {
    return layout.flatMap((mspId) => this.#endorsements.get(mspId) ?? []);
  }
}

/** What an endorser said, as the gateway tells its client. */
export function endpointError(endorser: Endorser, message: string): EndpointError {
  return { address: endorser.address, mspId: endorser.mspId, message };
}
