import { common, ledger, peer } from '@hyperledger/fabric-protos';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';

import { explain } from './explanation.ts';
import { validateBlock } from './block-validator.ts';
import { edited, editResponsePayload, rehash } from './testing/edit-transaction.ts';
import { keyPolicy, readWriteSet, TestNetwork } from './testing/test-transactions.ts';
import { ValidationCode } from './validation-code.ts';

const { kvrwset, NsReadWriteSet, TxReadWriteSet } = ledger.rwset;

let network: TestNetwork;
let whole: Uint8Array;

beforeAll(async () => {
  network = await TestNetwork.create();
  network.state.put('cc', 'a', '1', { block: 1, tx: 0 }).put('cc', 'b', '2', { block: 1, tx: 1 });
  const event = new peer.ChaincodeEvent();
  event.setChaincodeId('cc');
  whole = network
    .transaction({
      results: readWriteSet({
        reads: { a: { block: 1, tx: 0 } },
        writes: { a: '3', c: '4' },
        keyPolicies: { c: keyPolicy('Org1MSP') },
      }),
      editAction: (action) => action.setEvents(event.serializeBinary()),
    })
    .serializeBinary();
});

function validate(...envelopes: common.Envelope[]): number[] {
  const validated = validateBlock(7, envelopes, network.channel, network.state);
  explain(validated, { block: () => undefined });
  return [...validated.codes];
}

/** Which byte of some bytes to replace, and by what. */
const flips = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 0.999_999, noNaN: true }), to: fc.nat(255) }),
  { minLength: 1, maxLength: 4 },
);

function flipped(bytes: Uint8Array, changes: readonly { at: number; to: number }[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const { at, to } of changes) copy[Math.floor(at * copy.length)] = to;
  return copy;
}

test('validateBlock, any bytes of a transaction changed: never throws', () => {
  expect(validate(common.Envelope.deserializeBinary(whole))).toEqual([ValidationCode.VALID]);
  fc.assert(
    fc.property(flips, fc.boolean(), (changes, signedAgain) => {
      const envelope = common.Envelope.deserializeBinary(whole);
      envelope.setPayload(flipped(envelope.getPayload_asU8(), changes));
      if (signedAgain) network.sign(envelope);
      expect(validate(envelope)).toHaveLength(1);
    }),
    { numRuns: 400 },
  );
});

test('validateBlock, bytes of each endorsed part changed under good signatures: never throws', () => {
  fc.assert(
    fc.property(flips, fc.constantFrom('results', 'event'), (changes, part) => {
      const envelope = network.transaction({
        results: part === 'results' ? flipped(resultsOf(whole), changes) : resultsOf(whole),
        editAction: (action) => {
          if (part === 'event') action.setEvents(flipped(Buffer.from('\u0012\u0002cc'), changes));
        },
      });
      expect(validate(envelope)).toHaveLength(1);
    }),
    { numRuns: 300 },
  );
});

const version = fc.option(
  fc.record({
    block: fc.constantFrom(0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER, 2 ** 64),
    tx: fc.constantFrom(0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER, 2 ** 64),
  }),
  { nil: undefined },
);
const absurdText = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'c', '\u0000', '\u{10ffff}', 'k'.repeat(4_100)),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const namespaceSet = fc.record({
  namespace: fc.constantFrom('cc', '', '_lifecycle', 'a\u0000b', 'n'.repeat(5_000)),
  reads: fc.array(fc.tuple(absurdText, version), { maxLength: 3 }),
  writes: fc.array(fc.tuple(absurdText, fc.boolean(), fc.string({ maxLength: 3 })), {
    maxLength: 4,
  }),
  metadata: fc.array(fc.tuple(absurdText, fc.uint8Array({ maxLength: 4 })), { maxLength: 3 }),
  ranges: fc.array(fc.tuple(absurdText, absurdText, fc.boolean(), fc.nat(4)), { maxLength: 2 }),
});

test('validateBlock, absurd read-write sets under good signatures: never throws', () => {
  fc.assert(
    fc.property(fc.array(fc.array(namespaceSet, { maxLength: 2 }), { maxLength: 3 }), (block) => {
      const envelopes = block.map((sets) =>
        network.transaction({ results: absurdSet(sets), endorsers: ['Org1MSP', 'Org2MSP'] }),
      );
      expect(validate(...envelopes)).toHaveLength(envelopes.length);
    }),
    { numRuns: 200 },
  );
});

test('validateBlock, absurd times and changed extensions in the header: never throws', () => {
  const seconds = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 62n });
  const nanos = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(seconds, nanos, flips, (wantedSeconds, wantedNanos, changes) => {
      const envelope = edited(network, common.Envelope.deserializeBinary(whole), (payload) => {
        const header = common.ChannelHeader.deserializeBinary(
          payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(0),
        );
        header.getTimestamp()?.setSeconds(Number(wantedSeconds));
        header.getTimestamp()?.setNanos(wantedNanos);
        header.setExtension$(flipped(header.getExtension_asU8(), changes));
        payload.getHeader()?.setChannelHeader(header.serializeBinary());
        rehash(payload);
      });
      // Nobody has endorsed this proposal, so it is invalid whatever else is wrong with it.
      expect(validate(envelope)).not.toEqual([ValidationCode.VALID]);
    }),
    { numRuns: 100 },
  );
});

function absurdSet(
  sets: readonly (typeof namespaceSet extends fc.Arbitrary<infer T> ? T : never)[],
): Uint8Array {
  const transaction = new TxReadWriteSet();
  for (const { namespace, reads, writes, metadata, ranges } of sets) {
    const set = new kvrwset.KVRWSet();
    for (const [key, at] of reads) set.addReads(readOf(key, at));
    for (const [key, isDelete, value] of writes) {
      const write = new kvrwset.KVWrite();
      write.setKey(key);
      write.setIsDelete(isDelete);
      write.setValue(Buffer.from(value));
      set.addWrites(write);
    }
    for (const [key, value] of metadata) {
      const write = new kvrwset.KVMetadataWrite();
      const entry = new kvrwset.KVMetadataEntry();
      entry.setName('VALIDATION_PARAMETER');
      entry.setValue(value);
      write.setKey(key);
      write.setEntriesList([entry]);
      set.addMetadataWrites(write);
    }
    for (const [start, end, exhausted, degree] of ranges) {
      const query = new kvrwset.RangeQueryInfo();
      query.setStartKey(start);
      query.setEndKey(end);
      query.setItrExhausted(exhausted);
      const summary = new kvrwset.QueryReadsMerkleSummary();
      summary.setMaxDegree(degree);
      if (degree > 0) query.setReadsMerkleHashes(summary);
      set.addRangeQueriesInfo(query);
    }
    const entry = new NsReadWriteSet();
    entry.setNamespace(namespace);
    entry.setRwset(set.serializeBinary());
    transaction.addNsRwset(entry);
  }
  return transaction.serializeBinary();
}

function readOf(
  key: string,
  at: { block: number; tx: number } | undefined,
): ledger.rwset.kvrwset.KVRead {
  const read = new kvrwset.KVRead();
  read.setKey(key);
  if (at !== undefined) {
    const encoded = new kvrwset.Version();
    encoded.setBlockNum(Math.min(at.block, 2 ** 63));
    encoded.setTxNum(Math.min(at.tx, 2 ** 63));
    read.setVersion(encoded);
  }
  return read;
}

function resultsOf(bytes: Uint8Array): Uint8Array {
  let results = new Uint8Array(0);
  const envelope = common.Envelope.deserializeBinary(bytes);
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  editResponsePayload(payload, (response) => {
    results = Uint8Array.from(
      peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8()).getResults_asU8(),
    );
  });
  return results;
}
