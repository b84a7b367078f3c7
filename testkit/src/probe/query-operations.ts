import type { ChaincodeStub } from 'fabric-shim';

import { entriesOf, textOf } from './operation.ts';

type PageMetadata = { readonly fetchedRecordsCount?: number; readonly bookmark?: string };

function metadataOf(page: { readonly metadata?: PageMetadata }): PageMetadata {
  return page.metadata ?? {};
}

/** Operations that read several keys, or the past of one. */
export const queryOperations = {
  /** At most `most` results of a range; null for all of them. */
  range: async (stub: ChaincodeStub, start: string, end: string, most: number | null) =>
    entriesOf(await stub.getStateByRange(start, end), most ?? Infinity),

  /** How many results a range has. */
  countRange: async (stub: ChaincodeStub, start: string, end: string) =>
    (await entriesOf(await stub.getStateByRange(start, end))).length,

  page: async (stub: ChaincodeStub, start: string, end: string, size: number, bookmark: string) => {
    const page = await stub.getStateByRangeWithPagination(start, end, size, bookmark);
    const keys = (await entriesOf(page.iterator)).map(([key]) => key);
    // An empty page comes without metadata, whatever the shim's types say.
    const { fetchedRecordsCount: fetched = 0, bookmark: next = '' } = metadataOf(page);
    return { keys, fetched, bookmark: next };
  },

  putComposite: (stub: ChaincodeStub, type: string, parts: string[], value: string) =>
    stub.putState(stub.createCompositeKey(type, parts), Buffer.from(value)),

  /** Attributes and value of each composite key that begins so. */
  partial: async (stub: ChaincodeStub, type: string, parts: string[]) => {
    const entries = await entriesOf(await stub.getStateByPartialCompositeKey(type, parts));
    return entries.map(([key, value]) => [...stub.splitCompositeKey(key).attributes, value]);
  },

  partialPage: async (
    stub: ChaincodeStub,
    type: string,
    parts: string[],
    size: number,
    bookmark: string,
  ) => {
    const page = await stub.getStateByPartialCompositeKeyWithPagination(
      type,
      parts,
      size,
      bookmark,
    );
    const keys = (await entriesOf(page.iterator)).map(([key]) => stub.splitCompositeKey(key));
    const { fetchedRecordsCount: fetched = 0 } = metadataOf(page);
    return { keys: keys.map(({ attributes }) => attributes), fetched };
  },

  /** Changes of a key, newest first. */
  history: async (stub: ChaincodeStub, key: string) => {
    const iterator = await stub.getHistoryForKey(key);
    const changes: { txId: string; value: string; isDelete: boolean; at: string }[] = [];
    for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
      const { txId, value, isDelete, timestamp } = step.value;
      const at = `${String(timestamp.seconds)}.${timestamp.nanos}`;
      changes.push({ txId, value: textOf(value), isDelete, at });
    }
    await iterator.close();
    return changes;
  },

  richQuery: async (stub: ChaincodeStub, query: string) =>
    entriesOf(await stub.getQueryResult(query)),
};
