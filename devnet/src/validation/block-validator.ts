import { common } from '@hyperledger/fabric-protos';

import type { CommittedTransaction } from '../ledger/ledger-store.ts';
import type { StateSnapshot } from '../simulation/state-snapshot.ts';
import { InvalidTransaction } from './endorser-transaction.ts';
import { PendingState } from './pending-state.ts';
import { findConflict, type ReadConflict } from './read-conflict.ts';
import {
  checkTransaction,
  type CheckedTransaction,
  type ValidationChannel,
} from './transaction-validator.ts';
import { ValidationCode } from './validation-code.ts';

/** Why a transaction of a block is invalid. */
export type Refusal = {
  readonly code: ValidationCode;
  readonly reason: string;
  /** Which read no longer holds, where that is the reason. */
  readonly conflict?: ReadConflict;
};

/** What validation makes of a block. */
export type ValidatedBlock = {
  /** Validation codes by transaction, as they go into the block's metadata. */
  readonly codes: Uint8Array;
  readonly transactions: readonly CommittedTransaction[];
  /** The state as the block leaves it. */
  readonly pending: PendingState;
  readonly refusals: ReadonlyMap<number, Refusal>;
};

/**
 * Validates the transactions of a block, in order: form, signatures and endorsements first, then
 * whether what each read is still so. Only valid transactions change the state.
 * Source: Fabric, core/committer/txvalidator/v20 and
 * core/ledger/kvledger/txmgmt/validation/validator.go.
 */
export function validateBlock(
  number: number,
  envelopes: readonly common.Envelope[],
  channel: ValidationChannel,
  committed: StateSnapshot,
): ValidatedBlock {
  const refusals = new Map<number, Refusal>();
  const checked = checkAll(envelopes, channel, committed, refusals);
  const pending = new PendingState(committed);
  checked.forEach((transaction, tx) => {
    if (transaction === undefined) return;
    const conflict = findConflict(transaction.namespaces, pending);
    if (conflict !== undefined) {
      refusals.set(tx, { code: conflict.code, reason: 'a read no longer holds', conflict });
      return;
    }
    for (const { namespace, rwset } of transaction.namespaces) {
      pending.apply(namespace, rwset, { block: number, tx });
    }
  });
  return {
    codes: Uint8Array.from(envelopes, (_, tx) => refusals.get(tx)?.code ?? ValidationCode.VALID),
    transactions: envelopes.map((envelope, tx) => ({
      ...identify(envelope),
      code: refusals.get(tx)?.code ?? ValidationCode.VALID,
    })),
    pending,
    refusals,
  };
}

function checkAll(
  envelopes: readonly common.Envelope[],
  channel: ValidationChannel,
  committed: StateSnapshot,
  refusals: Map<number, Refusal>,
): (CheckedTransaction | undefined)[] {
  const keyPoliciesChanged = new Set<string>();
  const seen = new Set<string>();
  return envelopes.map((envelope, tx) => {
    try {
      const checked = checkTransaction(envelope, channel, committed, keyPoliciesChanged);
      const txId = checked.headers.channelHeader.getTxId();
      if (seen.has(txId)) throw new InvalidTransaction(ValidationCode.DUPLICATE_TXID, txId);
      seen.add(txId);
      return checked;
    } catch (error) {
      if (!(error instanceof InvalidTransaction)) throw error;
      refusals.set(tx, { code: error.code, reason: error.message });
      return undefined;
    }
  });
}

/** Id and time of a transaction for the index; an unreadable one has none. */
function identify(envelope: common.Envelope): Pick<CommittedTransaction, 'txId' | 'timestamp'> {
  try {
    const header = common.Payload.deserializeBinary(envelope.getPayload_asU8()).getHeader();
    const channelHeader = common.ChannelHeader.deserializeBinary(
      header?.getChannelHeader_asU8() ?? new Uint8Array(0),
    );
    const timestamp = channelHeader.getTimestamp();
    return {
      txId: channelHeader.getTxId(),
      timestamp: { seconds: timestamp?.getSeconds() ?? 0, nanos: timestamp?.getNanos() ?? 0 },
    };
  } catch {
    return { txId: '', timestamp: { seconds: 0, nanos: 0 } };
  }
}
