import { ledger, peer } from '@hyperledger/fabric-protos';
import timestampProto from 'google-protobuf/google/protobuf/timestamp_pb.js';

import type {
  HistoryIterator,
  RangeIterator,
  ResultsIterator,
} from '../simulation/results-iterator.ts';
import type { KeyedValue, KeyModification } from '../simulation/state-snapshot.ts';

/** Results in one message to the chaincode, where it did not ask for pages (Fabric's constant). */
const RESULTS_PER_MESSAGE_MAX = 100;

/** A query of a chaincode whose results it has not all fetched. */
type OpenQuery = {
  readonly results: ResultsIterator<peer.QueryResultBytes>;
  /** Where the next page starts; only queries by page have it. */
  readonly bookmarkAndClose: (() => string) | undefined;
  /** Results handed out or waiting to be, at most. */
  readonly limit: number;
  count: number;
  waiting: peer.QueryResultBytes[];
};

/**
 * The queries that one call of a chaincode has open, and the messages their results go out in.
 * A message is sent only when the first result behind it is known, so that the chaincode learns
 * whether there is more: the read set then holds that result too, as a peer's does.
 * Source: Fabric, core/chaincode/{query_response_generator,transaction_context}.go.
 */
export class OpenQueries {
  readonly #queries = new Map<string, OpenQuery>();
  #nextId = 1;

  /** Opens a range query without pages and gives its first results. */
  openRange(iterator: RangeIterator, limit: number): peer.QueryResponse {
    return this.#open({ results: rangeResults(iterator), bookmarkAndClose: undefined, limit });
  }

  /** Opens a range query for one page and gives the page. */
  openPage(iterator: RangeIterator, limit: number): peer.QueryResponse {
    const bookmarkAndClose = (): string => iterator.bookmarkAndClose();
    return this.#open({ results: rangeResults(iterator), bookmarkAndClose, limit });
  }

  /** Opens a history query and gives its first results. */
  openHistory(iterator: HistoryIterator, limit: number): peer.QueryResponse {
    return this.#open({ results: historyResults(iterator), bookmarkAndClose: undefined, limit });
  }

  /** More results of a query; undefined when it is not open. */
  next(id: string): peer.QueryResponse | undefined {
    const query = this.#queries.get(id);
    return query && this.#respond(id, query);
  }

  /** Ends a query. Ending one that is not open does no harm. */
  close(id: string): void {
    this.#queries.get(id)?.results.close();
    this.#queries.delete(id);
  }

  closeAll(): void {
    for (const id of this.#queries.keys()) this.close(id);
  }

  #open(query: Pick<OpenQuery, 'results' | 'bookmarkAndClose' | 'limit'>): peer.QueryResponse {
    const id = String(this.#nextId);
    this.#nextId += 1;
    const open = { ...query, count: 0, waiting: [] };
    this.#queries.set(id, open);
    return this.#respond(id, open);
  }

  #respond(id: string, query: OpenQuery): peer.QueryResponse {
    while (query.count < query.limit) {
      const result = query.results.next();
      if (result === undefined) break;
      query.count += 1;
      const isFull = query.waiting.length === RESULTS_PER_MESSAGE_MAX;
      if (isFull && query.bookmarkAndClose === undefined) {
        const response = queryResponse(id, query.waiting);
        response.setHasMore(true);
        query.waiting = [result];
        return response;
      }
      query.waiting.push(result);
    }
    const response = queryResponse(id, query.waiting);
    if (query.bookmarkAndClose !== undefined) {
      response.setMetadata(pageMetadata(query.count, query.bookmarkAndClose()));
    }
    this.close(id);
    return response;
  }
}

function queryResponse(id: string, results: peer.QueryResultBytes[]): peer.QueryResponse {
  const response = new peer.QueryResponse();
  response.setResultsList(results);
  response.setId(id);
  return response;
}

function pageMetadata(count: number, bookmark: string): Uint8Array {
  const metadata = new peer.QueryResponseMetadata();
  metadata.setFetchedRecordsCount(count);
  metadata.setBookmark(bookmark);
  return metadata.serializeBinary();
}

function rangeResults(iterator: RangeIterator): ResultsIterator<peer.QueryResultBytes> {
  const encode = (entry: KeyedValue): Uint8Array => {
    const result = new ledger.queryresult.KV();
    result.setNamespace(iterator.query.namespace);
    result.setKey(entry.key);
    result.setValue(entry.value);
    return result.serializeBinary();
  };
  return encoded(iterator, encode);
}

function historyResults(iterator: HistoryIterator): ResultsIterator<peer.QueryResultBytes> {
  return encoded(iterator, (modification: KeyModification): Uint8Array => {
    const timestamp = new timestampProto.Timestamp();
    timestamp.setSeconds(modification.timestamp.seconds);
    timestamp.setNanos(modification.timestamp.nanos);
    const result = new ledger.queryresult.KeyModification();
    result.setTxId(modification.txId);
    result.setValue(modification.value);
    result.setTimestamp(timestamp);
    result.setIsDelete(modification.isDelete);
    return result.serializeBinary();
  });
}

function encoded<T>(
  iterator: ResultsIterator<T>,
  encode: (result: T) => Uint8Array,
): ResultsIterator<peer.QueryResultBytes> {
  return {
    next: () => {
      const result = iterator.next();
      if (result === undefined) return undefined;
      const message = new peer.QueryResultBytes();
      message.setResultbytes(encode(result));
      return message;
    },
    close: () => iterator.close(),
  };
}
