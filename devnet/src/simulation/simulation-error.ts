import { STATE_KEY_BYTES_MAX } from './key-length.ts';

/** Why a simulation refused an operation of the chaincode. */
export type SimulationErrorCode =
  | 'simulation-over'
  | 'write-after-paginated-query'
  | 'paginated-query-after-write'
  | 'rich-query-unsupported'
  | 'private-data-unsupported'
  | 'key-too-long';

/**
 * The chaincode asked for what the ledger does not do. The message is what the chaincode is told;
 * apart from private data and long keys, which the devnet does not support, it is Fabric's own text.
 */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';
  readonly code: SimulationErrorCode;

  constructor(code: SimulationErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The refusal of any operation on a private data collection. The devnet has none, so that the text
 * is Fabric's for a collection that is not defined; an organisation's implicit one, which a real
 * peer has always, is refused in our own words.
 */
export function noSuchCollection(
  channelId: string,
  namespace: string,
  collection: string,
): SimulationError {
  return new SimulationError(
    'private-data-unsupported',
    collection.startsWith('_implicit_org_')
      ? `private data is not supported by the devnet: collection [${collection}]`
      : `collection ${channelId}/${namespace}/${collection} could not be found`,
  );
}

/** As {@link noSuchCollection}, where a hash is asked for: Fabric has other words for that. */
export function privateHashOfNoCollection(namespace: string, collection: string): SimulationError {
  return new SimulationError(
    'private-data-unsupported',
    `collection [${collection}] not defined in the collection config for chaincode [${namespace}]`,
  );
}

/** The refusal of a write to a key that the store cannot hold. */
export function keyTooLong(namespace: string, key: string): SimulationError {
  return new SimulationError(
    'key-too-long',
    `the devnet stores keys of up to ${STATE_KEY_BYTES_MAX} bytes, the chaincode's name included: ` +
      `[${namespace}] writes one of ${Buffer.byteLength(key)} that begins with ` +
      JSON.stringify(key.slice(0, 32)),
  );
}
