import { common, peer } from '@hyperledger/fabric-protos';
import { beforeAll, expect, test } from 'vitest';

import { setCommitMetadata } from '../ordering/block-writer.ts';
import { TestNetwork, txIdOf } from '../validation/testing/test-transactions.ts';
import { ValidationCode } from '../validation/validation-code.ts';
import { validEventsOf } from './block-events.ts';
import { toFilteredBlock } from './filtered-block.ts';

const { VALID, MVCC_READ_CONFLICT, BAD_PAYLOAD, BAD_RESPONSE_PAYLOAD } = ValidationCode;

let network: TestNetwork;

beforeAll(async () => {
  network = await TestNetwork.create();
});

function withEvent(name: string): common.Envelope {
  return network.transaction({
    editAction: (action) => {
      const event = new peer.ChaincodeEvent();
      event.setChaincodeId('cc');
      event.setEventName(name);
      event.setPayload(Buffer.from('secret'));
      action.setEvents(event.serializeBinary());
    },
  });
}

function blockOf(envelopes: readonly common.Envelope[], codes: readonly number[]): common.Block {
  const header = new common.BlockHeader();
  header.setNumber(4);
  const data = new common.BlockData();
  data.setDataList(envelopes.map((envelope) => envelope.serializeBinary()));
  const block = new common.Block();
  block.setHeader(header);
  block.setData(data);
  setCommitMetadata(block, Uint8Array.from(codes), undefined);
  return block;
}

test('a filtered block: ids, codes and names of events, without what is in them', () => {
  const envelopes = [withEvent('good'), withEvent('stale'), network.transaction()];
  const filtered = toFilteredBlock(blockOf(envelopes, [VALID, MVCC_READ_CONFLICT, VALID]));
  expect([filtered.getNumber(), filtered.getChannelId()]).toEqual([4, 'passport']);
  const transactions = filtered.getFilteredTransactionsList();
  expect(transactions.map((one) => [one.getTxid(), one.getTxValidationCode()])).toEqual([
    [txIdOf(envelopes[0] ?? new common.Envelope()), VALID],
    [txIdOf(envelopes[1] ?? new common.Envelope()), MVCC_READ_CONFLICT],
    [txIdOf(envelopes[2] ?? new common.Envelope()), VALID],
  ]);
  const events = transactions.map((one) =>
    (one.getTransactionActions()?.getChaincodeActionsList() ?? []).map((action) => [
      action.getChaincodeEvent()?.getEventName(),
      action.getChaincodeEvent()?.getPayload_asU8().length,
    ]),
  );
  expect(events).toEqual([[['good', 0]], [['stale', 0]], []]);
});

test('events to be delivered: of valid transactions only', () => {
  const block = blockOf([withEvent('stale'), withEvent('good')], [MVCC_READ_CONFLICT, VALID]);
  const names = validEventsOf(block.serializeBinary()).map((event) => event.getEventName());
  expect(names).toEqual(['good']);
});

test('invalid transactions that cannot be read do no harm to the others', () => {
  const unreadable = new common.Envelope();
  unreadable.setPayload(Uint8Array.of(0xff, 0xff));
  const unreadableAction = network.transaction({
    editAction: (action) => action.setEvents(Uint8Array.of(0xff, 0xff)),
  });
  const envelopes = [unreadable, unreadableAction, withEvent('good')];
  const block = blockOf(envelopes, [BAD_PAYLOAD, BAD_RESPONSE_PAYLOAD, VALID]);
  expect(toFilteredBlock(block).getFilteredTransactionsList()).toHaveLength(2);
  expect(validEventsOf(block.serializeBinary())).toHaveLength(1);
});
