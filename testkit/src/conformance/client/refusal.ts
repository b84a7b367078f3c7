import { status, type ServiceError } from '@grpc/grpc-js';
import { GatewayError } from '@hyperledger/fabric-gateway';
import { gateway, google } from '@hyperledger/fabric-protos';

/** What a call was refused with. */
export type Refusal = {
  /** Name of the gRPC status code. */
  readonly code: string;
  readonly message: string;
  /** What each endpoint said, by organisation. Addresses differ with every network: left out. */
  readonly details: readonly { readonly mspId: string; readonly message: string }[];
};

/** A call went through that should have been refused. */
class NotRefusedError extends Error {
  constructor() {
    super('the call was not refused');
    this.name = 'NotRefusedError';
  }
}

/** Waits for the refusal of a call. Throws where it was not refused, and other errors as they are. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    const cause = error instanceof GatewayError ? error.cause : error;
    if (isServiceError(cause)) {
      return {
        code: status[cause.code],
        message: cause.details,
        details: detailsOf(cause),
      };
    }
    throw error;
  }
  throw new NotRefusedError();
}

function detailsOf(error: ServiceError): Refusal['details'] {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  if (!(bytes instanceof Uint8Array)) return [];
  return google.rpc.Status.deserializeBinary(bytes)
    .getDetailsList()
    .map((any) => gateway.ErrorDetail.deserializeBinary(any.getValue_asU8()))
    .map((detail) => ({ mspId: detail.getMspId(), message: detail.getMessage() }))
    .sort((left, right) => left.mspId.localeCompare(right.mspId));
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'metadata' in error && 'details' in error && 'code' in error;
}
