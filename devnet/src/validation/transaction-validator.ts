import { common, ledger, peer } from '@hyperledger/fabric-protos';

import { isKeyTooLong } from '../simulation/key-length.ts';
import { keyTooLong } from '../simulation/simulation-error.ts';
import type { StateSnapshot } from '../simulation/state-snapshot.ts';
import {
  type EndorsementPolicies,
  endorsementsSuffice,
  keyPoliciesChangedBy,
} from './endorsement-check.ts';
import {
  type EndorserTransaction,
  type EnvelopeHeaders,
  InvalidTransaction,
  readEndorserTransaction,
  readHeaders,
} from './endorser-transaction.ts';
import { ValidationCode } from './validation-code.ts';

type KvRwSet = ledger.rwset.kvrwset.KVRWSet;

/** One namespace of a transaction's read-write set, decoded. */
export type NamespaceWrites = { readonly namespace: string; readonly rwset: KvRwSet };

/** A transaction that is whole and endorsed; only the state can still refuse it. */
export type CheckedTransaction = {
  readonly headers: EnvelopeHeaders;
  readonly namespaces: readonly NamespaceWrites[];
};

/** The channel as validation needs it. */
export interface ValidationChannel {
  /** True when the creator is a valid identity of the channel and signed the envelope. */
  isSigned(envelope: common.Envelope, creator: Uint8Array): boolean;
  hasTransaction(txId: string): boolean;
  endorsementPolicies(
    transaction: EndorserTransaction,
    committed: StateSnapshot,
  ): EndorsementPolicies;
}

/**
 * Checks one envelope of a block on everything but read conflicts. `keyPoliciesChanged` gathers,
 * over the block, the keys whose own policy an endorsed transaction changes.
 * Throws {@link InvalidTransaction}. Source: Fabric, core/committer/txvalidator/v20.
 */
export function checkTransaction(
  envelope: common.Envelope,
  channel: ValidationChannel,
  committed: StateSnapshot,
  keyPoliciesChanged: Set<string>,
): CheckedTransaction {
  const headers = readHeaders(envelope);
  const { channelHeader, signatureHeader } = headers;
  if (!channel.isSigned(envelope, signatureHeader.getCreator_asU8())) {
    throw new InvalidTransaction(ValidationCode.BAD_CREATOR_SIGNATURE, 'creator or signature');
  }
  if (channelHeader.getType() !== common.HeaderType.ENDORSER_TRANSACTION) {
    throw new InvalidTransaction(ValidationCode.UNSUPPORTED_TX_PAYLOAD, 'not a transaction');
  }
  const transaction = readEndorserTransaction(headers);
  if (channel.hasTransaction(channelHeader.getTxId())) {
    throw new InvalidTransaction(ValidationCode.DUPLICATE_TXID, channelHeader.getTxId());
  }
  const namespaces = readNamespaces(transaction.action);
  checkNames(headers, transaction.action);
  checkEndorsements(transaction, namespaces, channel, committed, keyPoliciesChanged);
  return { headers, namespaces };
}

function readNamespaces(action: peer.ChaincodeAction): NamespaceWrites[] {
  let namespaces: NamespaceWrites[];
  try {
    const set = ledger.rwset.TxReadWriteSet.deserializeBinary(action.getResults_asU8());
    namespaces = set.getNsRwsetList().map((entry) => ({
      namespace: entry.getNamespace(),
      rwset: ledger.rwset.kvrwset.KVRWSet.deserializeBinary(entry.getRwset_asU8()),
    }));
  } catch (error) {
    throw new InvalidTransaction(ValidationCode.BAD_RWSET, String(error));
  }
  if (new Set(namespaces.map(({ namespace }) => namespace)).size < namespaces.length) {
    throw new InvalidTransaction(ValidationCode.ILLEGAL_WRITESET, 'duplicate namespace');
  }
  checkKeys(namespaces);
  return namespaces;
}

/** No peer endorses a write to a key that the store cannot hold: this one was made by hand. */
function checkKeys(namespaces: readonly NamespaceWrites[]): void {
  for (const { namespace, rwset } of namespaces) {
    for (const write of [...rwset.getWritesList(), ...rwset.getMetadataWritesList()]) {
      if (!isKeyTooLong(namespace, write.getKey())) continue;
      const { message } = keyTooLong(namespace, write.getKey());
      throw new InvalidTransaction(ValidationCode.INVALID_WRITESET, message);
    }
  }
}

function checkNames(headers: EnvelopeHeaders, action: peer.ChaincodeAction): void {
  const invoked = readInvokedChaincode(headers);
  const executed = action.getChaincodeId();
  if (invoked === undefined || executed === undefined) {
    throw new InvalidTransaction(ValidationCode.INVALID_OTHER_REASON, 'nil ChaincodeId');
  }
  const name = executed.getName();
  if (invoked.getName() === '' || invoked.getName() !== name || executed.getVersion() === '') {
    throw new InvalidTransaction(ValidationCode.INVALID_CHAINCODE, `${invoked.getName()}/${name}`);
  }
  const event = action.getEvents_asU8();
  if (event.length === 0) return;
  if (readEvent(event).getChaincodeId() !== name) {
    throw new InvalidTransaction(ValidationCode.INVALID_OTHER_REASON, 'event of another chaincode');
  }
}

function readEvent(bytes: Uint8Array): peer.ChaincodeEvent {
  try {
    return peer.ChaincodeEvent.deserializeBinary(bytes);
  } catch (error) {
    throw new InvalidTransaction(ValidationCode.INVALID_OTHER_REASON, `event: ${String(error)}`);
  }
}

function readInvokedChaincode(headers: EnvelopeHeaders): peer.ChaincodeID | undefined {
  try {
    return peer.ChaincodeHeaderExtension.deserializeBinary(
      headers.channelHeader.getExtension_asU8(),
    ).getChaincodeId();
  } catch (error) {
    throw new InvalidTransaction(ValidationCode.BAD_HEADER_EXTENSION, String(error));
  }
}

function checkEndorsements(
  transaction: EndorserTransaction,
  namespaces: readonly NamespaceWrites[],
  channel: ValidationChannel,
  committed: StateSnapshot,
  keyPoliciesChanged: Set<string>,
): void {
  const invoked = transaction.action.getChaincodeId()?.getName() ?? '';
  const written = namespaces.filter(({ rwset }) => writesSomething(rwset));
  const writesOf = new Map(written.map(({ namespace, rwset }) => [namespace, rwset]));
  const policies = channel.endorsementPolicies(transaction, committed);
  for (const namespace of new Set([invoked, ...writesOf.keys()])) {
    const chaincodePolicy = policies.chaincodePolicy(namespace);
    if (chaincodePolicy === undefined) {
      throw new InvalidTransaction(ValidationCode.INVALID_CHAINCODE, `no ${namespace}`);
    }
    const writes = writesOf.get(namespace);
    const suffice = endorsementsSuffice(
      writes,
      namespace,
      chaincodePolicy,
      policies,
      committed,
      keyPoliciesChanged,
    );
    if (!suffice) {
      const reason = `the endorsements are not enough for what it writes to ${namespace}`;
      throw new InvalidTransaction(ValidationCode.ENDORSEMENT_POLICY_FAILURE, reason);
    }
  }
  for (const [namespace, writes] of writesOf) {
    for (const key of keyPoliciesChangedBy(namespace, writes)) keyPoliciesChanged.add(key);
  }
}

function writesSomething(rwset: KvRwSet): boolean {
  return rwset.getWritesList().length > 0 || rwset.getMetadataWritesList().length > 0;
}
