import { common, msp, peer } from '@hyperledger/fabric-protos';

import type { StateSnapshot } from '../../simulation/state-snapshot.ts';
import { TransactionSimulator } from '../../simulation/transaction-simulator.ts';
import type { ChaincodeCall } from '../chaincode-call.ts';

let callCount = 0;

/** A call of the chaincode `cc` on `channel`, under a fresh transaction id. */
export function testCall(
  snapshot: StateSnapshot,
  args: readonly string[],
  changes: Partial<ChaincodeCall> = {},
): ChaincodeCall {
  callCount += 1;
  const txId = changes.txId ?? `tx-${callCount}`;
  const input = new peer.ChaincodeInput();
  input.setArgsList(args.map((arg) => Buffer.from(arg)));
  return {
    txId,
    channelId: 'channel',
    chaincodeName: 'cc',
    input,
    signedProposal: proposal({ passphrase: 'sesame' }),
    simulator: new TransactionSimulator(txId, snapshot),
    timeoutMs: 10_000,
    ...changes,
  };
}

/** A proposal as the shim reads it; what it was signed with plays no part here. */
function proposal(transient: Record<string, string>): peer.SignedProposal {
  const creator = new msp.SerializedIdentity();
  creator.setMspid('Org1MSP');
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setNonce('nonce');
  signatureHeader.setCreator(creator.serializeBinary());
  const header = new common.Header();
  header.setChannelHeader(new common.ChannelHeader().serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const payload = new peer.ChaincodeProposalPayload();
  for (const [key, value] of Object.entries(transient)) {
    payload.getTransientmapMap().set(key, Buffer.from(value));
  }
  const message = new peer.Proposal();
  message.setHeader(header.serializeBinary());
  message.setPayload(payload.serializeBinary());
  const signed = new peer.SignedProposal();
  signed.setProposalBytes(message.serializeBinary());
  return signed;
}
