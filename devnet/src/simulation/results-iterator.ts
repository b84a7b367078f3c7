import { ledger } from '@hyperledger/fabric-protos';

import { RangeReads } from './range-reads.ts';
import type { KeyedValue, KeyModification } from './state-snapshot.ts';

type RangeQueryInfo = ledger.rwset.kvrwset.RangeQueryInfo;

/** The results of a query, one by one. */
export interface ResultsIterator<T> {
  /** The next result; undefined when there are no more. */
  next(): T | undefined;
  /** Ends the query. Ending it twice does no harm. */
  close(): void;
}

/** What a range query of a simulation is asked for. */
export type RangeQuery = {
  readonly namespace: string;
  readonly startKey: string;
  readonly endKey: string;
  /** Results at most; 0 and below for all. */
  readonly pageSize: number;
};

/**
 * A range query that records what it has read. On record the range ends with the last key handed
 * out, or where the query ends once it has come to its end.
 * Source: Fabric, core/ledger/kvledger/txmgmt/txmgr/query_executor.go.
 */
export class RangeIterator implements ResultsIterator<KeyedValue> {
  readonly query: RangeQuery;
  readonly #entries: Iterator<KeyedValue>;
  readonly #reads = new RangeReads();
  #endKey = '';
  #exhausted = false;
  #returned = 0;
  #closed = false;

  constructor(query: RangeQuery, entries: Iterable<KeyedValue>) {
    this.query = query;
    this.#entries = entries[Symbol.iterator]();
  }

  next(): KeyedValue | undefined {
    const entry = this.#isPageFull() ? undefined : this.#advance();
    if (entry === undefined) {
      this.#exhausted = true;
      this.#endKey = this.query.endKey;
      return undefined;
    }
    this.#returned += 1;
    this.#reads.add(entry.key, entry.version);
    this.#endKey = entry.key;
    return entry;
  }

  /** Ends the query and says where the next page starts: '' when this was the last. */
  bookmarkAndClose(): string {
    const bookmark = this.#advance()?.key ?? '';
    this.close();
    return bookmark;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#entries.return?.();
  }

  /** What a peer checks again before it commits. Ends the query. */
  record(): RangeQueryInfo {
    this.close();
    const info = new ledger.rwset.kvrwset.RangeQueryInfo();
    info.setStartKey(this.query.startKey);
    info.setEndKey(this.#endKey);
    info.setItrExhausted(this.#exhausted);
    this.#reads.recordIn(info);
    return info;
  }

  #isPageFull(): boolean {
    const { pageSize } = this.query;
    return pageSize > 0 && this.#returned >= pageSize;
  }

  #advance(): KeyedValue | undefined {
    if (this.#closed) return undefined;
    const step = this.#entries.next();
    return step.done === true ? undefined : step.value;
  }
}

/** A key's history, newest first. It leaves no trace in the read set, as in Fabric. */
export class HistoryIterator implements ResultsIterator<KeyModification> {
  readonly #modifications: Iterator<KeyModification>;
  #closed = false;

  constructor(modifications: Iterable<KeyModification>) {
    this.#modifications = modifications[Symbol.iterator]();
  }

  next(): KeyModification | undefined {
    if (this.#closed) return undefined;
    const step = this.#modifications.next();
    return step.done === true ? undefined : step.value;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#modifications.return?.();
  }
}
