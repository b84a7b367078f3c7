/** Why a simulation refused an operation of the chaincode. */
export type SimulationErrorCode =
  | 'simulation-over'
  | 'write-after-paginated-query'
  | 'paginated-query-after-write'
  | 'rich-query-unsupported'
  | 'private-data-unsupported';

/**
 * The chaincode asked for what the ledger does not do. The message is what the chaincode is told;
 * apart from private data, which the devnet does not support, it is Fabric's own text.
 */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';
  readonly code: SimulationErrorCode;

  constructor(code: SimulationErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The refusal of any operation on a private data collection. */
export function privateDataUnsupported(collection: string): SimulationError {
  return new SimulationError(
    'private-data-unsupported',
    `private data is not supported by the devnet: collection [${collection}]`,
  );
}
