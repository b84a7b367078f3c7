import { common, peer } from '@hyperledger/fabric-protos';

import { errorResponse, success } from '../endorsing/chaincode-response.ts';
import type { ChainTip } from '../ledger/ledger-store.ts';
import type { TransactionLocation } from '../ledger/store-values.ts';

/** The ledger as queries read it. */
export interface QueriedLedger {
  readonly channelId: string;
  readonly tip: ChainTip;
  block(number: number): Uint8Array | undefined;
  blockNumber(headerHash: Uint8Array): number | undefined;
  transaction(txId: string): TransactionLocation | undefined;
}

const UINT64_DIGITS = 20;

const FUNCTIONS = new Map<string, (ledger: QueriedLedger, argument: Buffer) => peer.Response>([
  ['GetChainInfo', (ledger) => success(chainInfo(ledger).serializeBinary())],
  ['GetBlockByNumber', (ledger, argument) => blockByNumber(ledger, argument.toString('utf8'))],
  ['GetBlockByHash', (ledger, argument) => blockByHash(ledger, argument)],
  ['GetBlockByTxID', (ledger, argument) => blockByTxId(ledger, argument.toString('utf8'))],
  ['GetTransactionByID', (ledger, argument) => transactionById(ledger, argument.toString('utf8'))],
]);

/**
 * The system chaincode that answers questions about blocks and transactions. `checkAccess` throws
 * when the caller may not read the channel. Source: Fabric, core/scc/qscc/query.go.
 */
export function queryLedger(
  ledger: QueriedLedger,
  args: readonly Uint8Array[],
  checkAccess: () => void,
): peer.Response {
  if (args.length < 2) return errorResponse(`Incorrect number of arguments, ${args.length}`);
  const [name = '', channelId = ''] = args.map((argument) => Buffer.from(argument).toString());
  if (name !== 'GetChainInfo' && args.length < 3) {
    return errorResponse(`missing 3rd argument for ${name}`);
  }
  if (channelId !== ledger.channelId) return errorResponse(`Invalid chain ID, ${channelId}`);
  const denied = (reason: string): peer.Response =>
    errorResponse(`access denied for [${name}][${channelId}]: [${reason}]`);
  const query = FUNCTIONS.get(name);
  if (query === undefined) return denied(`Unmapped policy for qscc/${name}`);
  try {
    checkAccess();
  } catch (error) {
    return denied(error instanceof Error ? error.message : String(error));
  }
  return query(ledger, Buffer.from(args[2] ?? new Uint8Array(0)));
}

function chainInfo(ledger: QueriedLedger): common.BlockchainInfo {
  const { height, headerHash } = ledger.tip;
  const info = new common.BlockchainInfo();
  info.setHeight(height);
  info.setCurrentblockhash(headerHash);
  const last = ledger.block(height - 1);
  const header = last && common.Block.deserializeBinary(last).getHeader();
  info.setPreviousblockhash(header?.getPreviousHash_asU8() ?? new Uint8Array(0));
  return info;
}

function blockByNumber(ledger: QueriedLedger, text: string): peer.Response {
  const fault = unsignedFault(text);
  if (fault !== undefined) {
    return errorResponse(
      'Failed to parse block number with error ' +
        `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${fault}`,
    );
  }
  // Source: Fabric, common/ledger/blkstorage/blockfile_mgr.go (retrieveBlockByNumber).
  const isNewest = BigInt(text) === 2n ** 64n - 1n;
  const block = ledger.block(isNewest ? ledger.tip.height - 1 : Number(text));
  if (block !== undefined) return success(block);
  return errorResponse(
    `Failed to get block number ${text}, error no such block number [${text}] in index`,
  );
}

/** What Go's strconv has against a text as an unsigned integer of 64 bits. */
function unsignedFault(text: string): string | undefined {
  if (!/^\d+$/.test(text)) return 'invalid syntax';
  const digits = text.replace(/^0+/, '');
  const isTooLarge = digits.length > UINT64_DIGITS || BigInt(digits) >= 2n ** 64n;
  return isTooLarge ? 'value out of range' : undefined;
}

function blockByHash(ledger: QueriedLedger, hash: Buffer): peer.Response {
  const number = ledger.blockNumber(hash);
  const block = number === undefined ? undefined : ledger.block(number);
  if (block !== undefined) return success(block);
  return errorResponse(
    `Failed to get block hash ${hash.toString()}, ` +
      `error no such block hash [${hash.toString('hex')}] in index`,
  );
}

function blockByTxId(ledger: QueriedLedger, txId: string): peer.Response {
  const location = ledger.transaction(txId);
  const block = location && ledger.block(location.block);
  if (block !== undefined) return success(block);
  return errorResponse(
    `Failed to get block for txID ${txId}, error no such transaction ID [${txId}] in index`,
  );
}

function transactionById(ledger: QueriedLedger, txId: string): peer.Response {
  const location = ledger.transaction(txId);
  const bytes = location && ledger.block(location.block);
  if (location === undefined || bytes === undefined) {
    return errorResponse(
      `Failed to get transaction with id ${txId}, ` +
        `error no such transaction ID [${txId}] in index`,
    );
  }
  const envelope = common.Block.deserializeBinary(bytes).getData()?.getDataList_asU8()[
    location.index
  ];
  const processed = new peer.ProcessedTransaction();
  if (envelope !== undefined) {
    processed.setTransactionenvelope(common.Envelope.deserializeBinary(envelope));
  }
  processed.setValidationcode(location.code);
  return success(processed.serializeBinary());
}
