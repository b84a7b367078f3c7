import { common, ledger, peer } from '@hyperledger/fabric-protos';
import { beforeEach, describe, expect, test } from 'vitest';

import { STATE_KEY_BYTES_MAX } from '../simulation/key-length.ts';
import { validateBlock, type ValidatedBlock } from './block-validator.ts';
import { edited, editResponsePayload, rehash } from './testing/edit-transaction.ts';
import {
  allMustEndorse,
  keyPolicy,
  readWriteSet,
  TestNetwork,
  txIdOf,
} from './testing/test-transactions.ts';
import { ValidationCode, validationCodeName } from './validation-code.ts';

const BLOCK = 7;
const AT = { block: 3, tx: 1 };

let network: TestNetwork;

beforeEach(async () => {
  network = await TestNetwork.create();
});

function validate(...envelopes: common.Envelope[]): ValidatedBlock {
  return validateBlock(BLOCK, envelopes, network.channel, network.state);
}

function codes(...envelopes: common.Envelope[]): string[] {
  return [...validate(...envelopes).codes].map((code) => validationCodeName(code));
}

describe('valid transactions', () => {
  test('write the state in their order, the last one last', () => {
    const first = network.transaction({ results: readWriteSet({ writes: { a: '1', b: '1' } }) });
    const second = network.transaction({ results: readWriteSet({ writes: { a: '2' } }) });
    const validated = validate(first, second);
    expect([...validated.codes]).toEqual([ValidationCode.VALID, ValidationCode.VALID]);
    expect(validated.pending.update('cc', 'a')).toMatchObject({
      value: new Uint8Array(Buffer.from('2')),
      version: { block: BLOCK, tx: 1 },
    });
    expect(validated.pending.update('cc', 'b')?.version).toEqual({ block: BLOCK, tx: 0 });
    expect(validated.transactions.map(({ txId }) => txId)).toEqual([txIdOf(first), txIdOf(second)]);
    expect(validated.transactions[0]?.timestamp).toEqual({ seconds: 1_777_593_600, nanos: 0 });
  });

  test('an invalid one in between leaves no trace', () => {
    const stale = readWriteSet({ reads: { a: AT }, writes: { a: 'stale' } });
    const validated = validate(
      network.transaction({ results: stale }),
      network.transaction({
        results: readWriteSet({ reads: { a: undefined }, writes: { a: '1' } }),
      }),
    );
    expect([...validated.codes]).toEqual([ValidationCode.MVCC_READ_CONFLICT, ValidationCode.VALID]);
    expect(validated.pending.allWrites()).toHaveLength(1);
  });
});

describe('the form of a transaction', () => {
  test('BAD_PAYLOAD: the payload is no message', () => {
    const envelope = new common.Envelope();
    envelope.setPayload(Uint8Array.of(0xff, 0xff, 0xff));
    const validated = validate(envelope);
    expect([...validated.codes]).toEqual([ValidationCode.BAD_PAYLOAD]);
    expect(validated.transactions).toEqual([
      { txId: '', code: ValidationCode.BAD_PAYLOAD, timestamp: { seconds: 0, nanos: 0 } },
    ]);
  });

  test('BAD_COMMON_HEADER: no header, another type, an epoch, no nonce', () => {
    const withHeader = (edit: (header: common.ChannelHeader) => void): common.Envelope =>
      network.transaction({ editHeader: edit });
    const withoutNonce = edited(network, network.transaction(), (payload) => {
      payload.getHeader()?.setSignatureHeader(new common.SignatureHeader().serializeBinary());
    });
    expect(
      codes(
        edited(network, network.transaction(), (payload) => payload.clearHeader()),
        withHeader((header) => header.setType(common.HeaderType.DELIVER_SEEK_INFO)),
        withHeader((header) => header.setEpoch(1)),
        withoutNonce,
      ),
    ).toEqual(Array.from({ length: 4 }, () => 'BAD_COMMON_HEADER'));
  });

  test('BAD_CREATOR_SIGNATURE: signed by another key, or by nobody', () => {
    const other = network.transaction();
    other.setSignature(network.peer('Org1MSP').sign(other.getPayload_asU8()));
    const unsigned = network.transaction();
    unsigned.setSignature('');
    expect(codes(other, unsigned)).toEqual(['BAD_CREATOR_SIGNATURE', 'BAD_CREATOR_SIGNATURE']);
  });

  test('UNSUPPORTED_TX_PAYLOAD: a configuration', () => {
    const envelope = network.transaction({
      editHeader: (header) => header.setType(common.HeaderType.CONFIG),
    });
    expect(codes(envelope)).toEqual(['UNSUPPORTED_TX_PAYLOAD']);
  });

  test('BAD_PROPOSAL_TXID: an id that is not the hash of nonce and creator', () => {
    const envelope = network.transaction({
      editHeader: (header) => header.setTxId('ab'.repeat(32)),
    });
    expect(codes(envelope)).toEqual(['BAD_PROPOSAL_TXID']);
  });

  test('INVALID_ENDORSER_TRANSACTION: no action, two actions, another proposal', () => {
    const actions = (change: (list: peer.TransactionAction[]) => peer.TransactionAction[]) =>
      edited(network, network.transaction(), (payload) => {
        const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
        transaction.setActionsList(change(transaction.getActionsList()));
        payload.setData(transaction.serializeBinary());
      });
    const otherProposal = edited(network, network.transaction(), (payload) => {
      const header = common.ChannelHeader.deserializeBinary(
        payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(0),
      );
      header.setVersion(9);
      payload.getHeader()?.setChannelHeader(header.serializeBinary());
    });
    expect(
      codes(
        actions(() => []),
        actions((list) => [...list, ...list]),
        otherProposal,
      ),
    ).toEqual(Array.from({ length: 3 }, () => 'INVALID_ENDORSER_TRANSACTION'));
  });

  test('BAD_RESPONSE_PAYLOAD: what was endorsed is no chaincode action', () => {
    const envelope = edited(network, network.transaction(), (payload) => {
      editResponsePayload(payload, (response) => response.setExtension$(Uint8Array.of(0xff)));
    });
    expect(codes(envelope)).toEqual(['BAD_RESPONSE_PAYLOAD']);
  });

  test('BAD_HEADER_EXTENSION: no chaincode can be read from the header', () => {
    const envelope = network.transaction();
    const other = edited(network, envelope, (payload) => {
      const header = common.ChannelHeader.deserializeBinary(
        payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(0),
      );
      header.setExtension$(Uint8Array.of(0xff, 0xff));
      payload.getHeader()?.setChannelHeader(header.serializeBinary());
      rehash(payload);
    });
    expect(codes(other)).toEqual(['BAD_HEADER_EXTENSION']);
  });
});

describe('the read-write set of a transaction', () => {
  test('BAD_RWSET: no message', () => {
    expect(codes(network.transaction({ results: Uint8Array.of(0xff, 0xff) }))).toEqual([
      'BAD_RWSET',
    ]);
  });

  test('ILLEGAL_WRITESET: a namespace twice', () => {
    const set = ledger.rwset.TxReadWriteSet.deserializeBinary(readWriteSet({ writes: { a: '1' } }));
    set.setNsRwsetList([...set.getNsRwsetList(), ...set.getNsRwsetList()]);
    expect(codes(network.transaction({ results: set.serializeBinary() }))).toEqual([
      'ILLEGAL_WRITESET',
    ]);
  });

  test('INVALID_WRITESET: a key that the store cannot hold', () => {
    const key = 'k'.repeat(STATE_KEY_BYTES_MAX);
    expect(
      codes(
        network.transaction({ results: readWriteSet({ writes: { [key]: '1' } }) }),
        network.transaction({
          results: readWriteSet({ keyPolicies: { [key]: keyPolicy('Org1MSP') } }),
        }),
        network.transaction({ results: readWriteSet({ reads: { [key]: undefined } }) }),
      ),
    ).toEqual(['INVALID_WRITESET', 'INVALID_WRITESET', 'VALID']);
  });

  test('a key twice in a write set: the last write counts', () => {
    const set = ledger.rwset.TxReadWriteSet.deserializeBinary(readWriteSet({ writes: { a: '1' } }));
    const [entry] = set.getNsRwsetList();
    const writes = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(
      entry?.getRwset_asU8() ?? new Uint8Array(0),
    );
    const again = writes.getWritesList()[0]?.cloneMessage();
    again?.setValue(Buffer.from('2'));
    writes.setWritesList([...writes.getWritesList(), ...(again ? [again] : [])]);
    entry?.setRwset(writes.serializeBinary());
    const validated = validate(network.transaction({ results: set.serializeBinary() }));
    expect([...validated.codes]).toEqual([ValidationCode.VALID]);
    expect(
      validated.pending.allWrites().map(({ value }) => Buffer.from(value ?? '').toString()),
    ).toEqual(['2']);
  });
});

describe('the chaincode of a transaction', () => {
  test('INVALID_CHAINCODE: another one executed, no version, none defined', () => {
    expect(
      codes(
        network.transaction({ editAction: (action) => action.getChaincodeId()?.setName('other') }),
        network.transaction({ editAction: (action) => action.getChaincodeId()?.setVersion('') }),
        network.transaction({ chaincode: 'unknown' }),
        network.transaction({
          results: readWriteSet({ namespace: 'unknown', writes: { a: '1' } }),
        }),
      ),
    ).toEqual(Array.from({ length: 4 }, () => 'INVALID_CHAINCODE'));
  });

  test('INVALID_OTHER_REASON: no chaincode executed, or the event of another one', () => {
    const event = new peer.ChaincodeEvent();
    event.setChaincodeId('other');
    expect(
      codes(
        network.transaction({ editAction: (action) => action.clearChaincodeId() }),
        network.transaction({ editAction: (action) => action.setEvents(event.serializeBinary()) }),
      ),
    ).toEqual(['INVALID_OTHER_REASON', 'INVALID_OTHER_REASON']);
  });

  test('INVALID_OTHER_REASON: an event that cannot be read', () => {
    const envelope = network.transaction({
      editAction: (action) => action.setEvents(Uint8Array.of(0xff, 0xff)),
    });
    expect(codes(envelope)).toEqual(['INVALID_OTHER_REASON']);
  });
});

describe('endorsements', () => {
  test('ENDORSEMENT_POLICY_FAILURE: nobody, too few, or over another payload', () => {
    network.define('all', allMustEndorse());
    const tampered = edited(network, network.transaction(), (payload) => {
      editResponsePayload(payload, (response) => {
        const action = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
        action.setResults(readWriteSet({ writes: { stolen: '1' } }));
        response.setExtension$(action.serializeBinary());
      });
    });
    expect(
      codes(
        network.transaction({ endorsers: [] }),
        network.transaction({ chaincode: 'all' }),
        tampered,
        network.transaction({ chaincode: 'all', endorsers: ['Org1MSP', 'Org2MSP'] }),
      ),
    ).toEqual([...Array.from({ length: 3 }, () => 'ENDORSEMENT_POLICY_FAILURE'), 'VALID']);
  });

  test('the same endorsement twice counts once', () => {
    network.define('all', allMustEndorse());
    const endorsers = ['Org1MSP', 'Org1MSP'] as const;
    expect(codes(network.transaction({ chaincode: 'all', endorsers }))).toEqual([
      'ENDORSEMENT_POLICY_FAILURE',
    ]);
  });

  test('a definition whose policy cannot be read lets nobody through, and throws nothing', () => {
    network.define('broken', Uint8Array.of(0xff));
    network.define('dangling', Buffer.from([0x12, 0x01, 0x78]));
    expect(
      codes(
        network.transaction({ chaincode: 'broken' }),
        network.transaction({ chaincode: 'dangling' }),
      ),
    ).toEqual(['ENDORSEMENT_POLICY_FAILURE', 'ENDORSEMENT_POLICY_FAILURE']);
  });

  test('a transaction whose key policy an earlier one of the block changes is refused', () => {
    const change = network.transaction({
      results: readWriteSet({ writes: { a: '1' }, keyPolicies: { a: keyPolicy('Org1MSP') } }),
    });
    const write = network.transaction({ results: readWriteSet({ writes: { a: '2' } }) });
    expect(codes(change, write)).toEqual(['VALID', 'ENDORSEMENT_POLICY_FAILURE']);
    expect(codes(write, change)).toEqual(['VALID', 'VALID']);
  });

  test('a key policy that only an unendorsed transaction changes stays as it was', () => {
    const results = readWriteSet({ writes: { a: '1' }, keyPolicies: { a: keyPolicy('Org2MSP') } });
    const change = network.transaction({ results, endorsers: [] });
    const write = network.transaction({ results: readWriteSet({ writes: { a: '2' } }) });
    expect(codes(change, write)).toEqual(['ENDORSEMENT_POLICY_FAILURE', 'VALID']);
  });
});

describe('duplicates', () => {
  test('DUPLICATE_TXID: the same transaction twice in a block, and in an earlier block', () => {
    const envelope = network.transaction();
    expect(codes(envelope, envelope)).toEqual(['VALID', 'DUPLICATE_TXID']);
    network.committed.set(txIdOf(envelope), { block: 2, index: 0, code: 0 });
    expect(codes(envelope)).toEqual(['DUPLICATE_TXID']);
  });

  test('a refused first one does not make the second a duplicate', () => {
    const refused = network.transaction();
    const whole = refused.cloneMessage();
    refused.setSignature('');
    expect(codes(refused, whole)).toEqual(['BAD_CREATOR_SIGNATURE', 'VALID']);
  });
});

describe('reads', () => {
  test('MVCC_READ_CONFLICT: a read key has changed, within the block or before', () => {
    network.state.put('cc', 'old', 'x', AT);
    const readOld = readWriteSet({ reads: { old: AT }, writes: { old: 'y' } });
    const readOlder = readWriteSet({ reads: { old: { block: 1, tx: 0 } } });
    const validated = validate(
      network.transaction({ results: readOld }),
      network.transaction({ results: readOld }),
      network.transaction({ results: readOlder }),
    );
    expect([...validated.codes].map((code) => validationCodeName(code))).toEqual([
      'VALID',
      'MVCC_READ_CONFLICT',
      'MVCC_READ_CONFLICT',
    ]);
    expect(validated.refusals.get(1)?.conflict).toMatchObject({
      key: 'old',
      read: AT,
      current: { block: BLOCK, tx: 0 },
    });
  });
});
