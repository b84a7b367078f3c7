import { common } from '@hyperledger/fabric-protos';

import type { Version } from '../simulation/state-snapshot.ts';
import type { ValidatedBlock } from './block-validator.ts';
import { validationCodeName } from './validation-code.ts';

/** Blocks that are there already. */
export interface BlockSource {
  block(number: number): Uint8Array | undefined;
}

/**
 * Why each invalid transaction of a block is invalid, as JSON by its index; for a conflict
 * the key or range, the versions, and the transaction that got there first.
 */
export function explain(
  validated: ValidatedBlock,
  blocks: BlockSource,
): ReadonlyMap<number, string> {
  const explanations = new Map<number, string>();
  for (const [tx, refusal] of validated.refusals) {
    const transaction = validated.transactions[tx];
    if (transaction === undefined) continue;
    const { conflict } = refusal;
    const current = conflict !== undefined && 'current' in conflict ? conflict.current : undefined;
    const explanation = {
      txId: transaction.txId,
      code: validationCodeName(refusal.code),
      reason: refusal.reason,
      ...(conflict && { conflict: { ...conflict, code: validationCodeName(conflict.code) } }),
      ...(current && { writtenBy: writerOf(current, validated, blocks) }),
    };
    explanations.set(tx, JSON.stringify(explanation));
  }
  return explanations;
}

function writerOf(
  version: Version,
  validated: ValidatedBlock,
  blocks: BlockSource,
): string | undefined {
  const bytes = blocks.block(version.block);
  // A version of a block that is not there yet is of the very block that is being validated.
  if (bytes === undefined) return validated.transactions[version.tx]?.txId;
  const envelope = common.Block.deserializeBinary(bytes).getData()?.getDataList_asU8()[version.tx];
  if (envelope === undefined) return undefined;
  const header = common.Payload.deserializeBinary(
    common.Envelope.deserializeBinary(envelope).getPayload_asU8(),
  ).getHeader();
  return common.ChannelHeader.deserializeBinary(
    header?.getChannelHeader_asU8() ?? new Uint8Array(0),
  ).getTxId();
}
