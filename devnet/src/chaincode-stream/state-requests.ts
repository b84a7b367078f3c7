import { peer } from '@hyperledger/fabric-protos';

import { noSuchCollection, privateHashOfNoCollection } from '../simulation/simulation-error.ts';
import type { TransactionSimulator } from '../simulation/transaction-simulator.ts';
import type { OpenQueries } from './open-queries.ts';

const { Type } = peer.ChaincodeMessage;

/** What a chaincode's requests are served from. */
export type RequestContext = {
  readonly channelId: string;
  readonly namespace: string;
  readonly simulator: TransactionSimulator;
  readonly queries: OpenQueries;
  /** Results of one query at most (in a peer: ledger.state.totalQueryLimit). */
  readonly totalQueryLimit: number;
};

/** A request that cannot be served. The message is Fabric's own text. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

/** Serves one request of a chaincode; gives the payload of the response, if it has one. */
export type RequestHandler = (
  payload: Uint8Array,
  context: RequestContext,
) => Uint8Array | undefined;

/**
 * What a chaincode can ask the ledger for, by type of message. They throw {@link RequestError} or
 * SimulationError. Source: Fabric, core/chaincode/handler.go.
 */
export const stateRequests: ReadonlyMap<number, RequestHandler> = new Map<number, RequestHandler>([
  [Type.GET_STATE, getState],
  [Type.PUT_STATE, putState],
  [Type.DEL_STATE, deleteState],
  [Type.GET_STATE_METADATA, getStateMetadata],
  [Type.PUT_STATE_METADATA, putStateMetadata],
  [Type.GET_STATE_BY_RANGE, getStateByRange],
  [Type.GET_QUERY_RESULT, getQueryResult],
  [Type.GET_HISTORY_FOR_KEY, getHistoryForKey],
  [Type.QUERY_STATE_NEXT, queryStateNext],
  [Type.QUERY_STATE_CLOSE, queryStateClose],
  [Type.GET_PRIVATE_DATA_HASH, getPrivateDataHash],
  [Type.PURGE_PRIVATE_DATA, purgePrivateData],
]);

function getState(payload: Uint8Array, context: RequestContext): Uint8Array | undefined {
  const request = decode(peer.GetState, payload);
  checkText(request.getKey(), payload);
  refuseCollection(request.getCollection(), context);
  return context.simulator.getState(context.namespace, request.getKey());
}

function putState(payload: Uint8Array, context: RequestContext): undefined {
  const request = decode(peer.PutState, payload);
  checkText(request.getKey(), payload);
  refuseCollection(request.getCollection(), context);
  context.simulator.setState(context.namespace, request.getKey(), request.getValue_asU8());
}

function deleteState(payload: Uint8Array, context: RequestContext): undefined {
  const request = decode(peer.DelState, payload);
  checkText(request.getKey(), payload);
  refuseCollection(request.getCollection(), context);
  context.simulator.deleteState(context.namespace, request.getKey());
}

function getStateMetadata(payload: Uint8Array, context: RequestContext): Uint8Array {
  const request = decode(peer.GetStateMetadata, payload);
  refuseCollection(request.getCollection(), context);
  const metadata = context.simulator.getStateMetadata(context.namespace, request.getKey());
  const result = new peer.StateMetadataResult();
  for (const [name, value] of metadata) {
    const entry = new peer.StateMetadata();
    entry.setMetakey(name);
    entry.setValue(value);
    result.addEntries(entry);
  }
  return result.serializeBinary();
}

function putStateMetadata(payload: Uint8Array, context: RequestContext): undefined {
  const request = decode(peer.PutStateMetadata, payload);
  checkText(request.getKey(), payload);
  refuseCollection(request.getCollection(), context);
  const entry = request.getMetadata();
  if (entry === undefined) throw new RequestError('metadata is missing');
  const metadata = new Map([[entry.getMetakey(), entry.getValue_asU8()]]);
  context.simulator.setStateMetadata(context.namespace, request.getKey(), metadata);
}

function getStateByRange(payload: Uint8Array, context: RequestContext): Uint8Array {
  const request = decode(peer.GetStateByRange, payload);
  const page = decode(peer.QueryMetadata, request.getMetadata_asU8());
  refuseCollection(request.getCollection(), context);
  const { namespace, simulator, queries, totalQueryLimit } = context;
  const start = request.getStartkey();
  const end = request.getEndkey();
  if (!asksForPage(page)) {
    const iterator = simulator.queryRange(namespace, start, end);
    return queries.openRange(iterator, totalQueryLimit).serializeBinary();
  }
  const size = page.getPagesize();
  const limit = size > 0 && size < totalQueryLimit ? size : totalQueryLimit;
  const iterator = simulator.queryRangePage(namespace, page.getBookmark() || start, end, size);
  return queries.openPage(iterator, limit).serializeBinary();
}

function getQueryResult(payload: Uint8Array, context: RequestContext): never {
  const request = decode(peer.GetQueryResult, payload);
  const page = decode(peer.QueryMetadata, request.getMetadata_asU8());
  refuseCollection(request.getCollection(), context);
  if (asksForPage(page)) context.simulator.executeQueryPage();
  context.simulator.executeQuery();
}

function getHistoryForKey(payload: Uint8Array, context: RequestContext): Uint8Array {
  const { namespace, simulator, queries, totalQueryLimit } = context;
  const request = decode(peer.GetHistoryForKey, payload);
  const iterator = simulator.queryHistory(namespace, request.getKey());
  return queries.openHistory(iterator, totalQueryLimit).serializeBinary();
}

function queryStateNext(payload: Uint8Array, { queries }: RequestContext): Uint8Array {
  const response = queries.next(decode(peer.QueryStateNext, payload).getId());
  if (response === undefined) throw new RequestError('query iterator not found');
  return response.serializeBinary();
}

function queryStateClose(payload: Uint8Array, { queries }: RequestContext): Uint8Array {
  const id = decode(peer.QueryStateClose, payload).getId();
  queries.close(id);
  const response = new peer.QueryResponse();
  response.setId(id);
  return response.serializeBinary();
}

function getPrivateDataHash(payload: Uint8Array, context: RequestContext): never {
  const collection = decode(peer.GetState, payload).getCollection();
  throw privateHashOfNoCollection(context.namespace, collection);
}

function purgePrivateData(payload: Uint8Array, context: RequestContext): never {
  const collection = decode(peer.DelState, payload).getCollection();
  if (collection === '') throw new RequestError('only applicable for private data');
  throw noSuchCollection(context.channelId, context.namespace, collection);
}

function refuseCollection(collection: string, context: RequestContext): void {
  if (collection === '') return;
  throw noSuchCollection(context.channelId, context.namespace, collection);
}

/**
 * Refuses a text that is not UTF-8, as Go's protobuf does; the decoder here lets it through, with
 * a lone surrogate or U+FFFD in place of what it could not read.
 */
function checkText(text: string, payload: Uint8Array): void {
  const isRead = text.isWellFormed() && !text.includes('\ufffd');
  if (isRead || (text.isWellFormed() && Buffer.from(payload).includes(text))) return;
  throw new RequestError('unmarshal failed: string field contains invalid UTF-8');
}

function asksForPage(page: peer.QueryMetadata): boolean {
  return page.getPagesize() !== 0 || page.getBookmark() !== '';
}

/** Reads a message that a chaincode sent; throws {@link RequestError} where it is none. */
export function decode<T>(
  type: { deserializeBinary(bytes: Uint8Array): T },
  payload: Uint8Array,
): T {
  try {
    return type.deserializeBinary(payload);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RequestError(`unmarshal failed: ${reason}`, { cause: error });
  }
}
