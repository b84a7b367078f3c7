import { common, peer } from '@hyperledger/fabric-protos';

import { type BlockTransaction, chaincodeActionOf, transactionsOf } from './block-events.ts';

/**
 * A block reduced to transaction ids, types, validation codes and the names of chaincode events:
 * payloads stay behind. Source: Fabric, core/peer/deliverevents.go (toFilteredBlock).
 */
export function toFilteredBlock(block: common.Block): peer.FilteredBlock {
  const transactions = transactionsOf(block);
  const filtered = new peer.FilteredBlock();
  filtered.setNumber(block.getHeader()?.getNumber() ?? 0);
  filtered.setChannelId(transactions[0]?.channelHeader.getChannelId() ?? '');
  filtered.setFilteredTransactionsList(transactions.map(toFilteredTransaction));
  return filtered;
}

function toFilteredTransaction(transaction: BlockTransaction): peer.FilteredTransaction {
  const { channelHeader, code } = transaction;
  const type = channelHeader.getType() as common.HeaderTypeMap[keyof common.HeaderTypeMap];
  const filtered = new peer.FilteredTransaction();
  filtered.setTxid(channelHeader.getTxId());
  filtered.setType(type);
  filtered.setTxValidationCode(code);
  if (type === common.HeaderType.ENDORSER_TRANSACTION) {
    const actions = new peer.FilteredTransactionActions();
    actions.setChaincodeActionsList(filteredActions(transaction));
    filtered.setTransactionActions(actions);
  }
  return filtered;
}

function filteredActions(transaction: BlockTransaction): peer.FilteredChaincodeAction[] {
  const event = eventOf(transaction);
  if (event === undefined) return [];
  event.setPayload('');
  const action = new peer.FilteredChaincodeAction();
  action.setChaincodeEvent(event);
  return [action];
}

/** An invalid transaction may not even be readable; it then has no event to show. */
function eventOf(transaction: BlockTransaction): peer.ChaincodeEvent | undefined {
  try {
    const bytes = chaincodeActionOf(transaction)?.getEvents_asU8() ?? new Uint8Array(0);
    return bytes.length === 0 ? undefined : peer.ChaincodeEvent.deserializeBinary(bytes);
  } catch {
    return undefined;
  }
}
