import { type ClientDuplexStream, credentials, type ServiceError } from '@grpc/grpc-js';
import { common, gateway, orderer, peer } from '@hyperledger/fabric-protos';
import timestampProto from 'google-protobuf/google/protobuf/timestamp_pb.js';

import { readUser } from '../crypto-material/read-crypto-material.ts';
import type { Devnet } from '../devnet.ts';
import { newProposal } from '../endorsing/new-proposal.ts';
import { SigningIdentity } from '../membership/signing-identity.ts';

type Organisation = Devnet['profile']['organisations'][number];

/** A user of a devnet's first organisation, and the calls to its peer. */
export class TestClient {
  readonly #channel: string;
  readonly #signer: SigningIdentity;
  readonly #gateway: gateway.GatewayClient;
  readonly #deliver: peer.DeliverClient;

  private constructor(channel: string, signer: SigningIdentity, address: string, root: Buffer) {
    this.#channel = channel;
    this.#signer = signer;
    const tls = credentials.createSsl(root);
    this.#gateway = new gateway.GatewayClient(address, tls);
    this.#deliver = new peer.DeliverClient(address, tls);
  }

  static async connect(devnet: Devnet, tlsRoot: Buffer): Promise<TestClient> {
    const { channel, cryptoMaterial, organisations } = devnet.profile;
    const [organisation] = organisations;
    if (organisation === undefined) throw new Error('no organisation');
    const { certificate, privateKey } = await readUser(
      cryptoMaterial,
      'peer',
      organisation.domain,
      'User1',
    );
    const signer = new SigningIdentity(organisation.mspId, certificate, privateKey);
    return new TestClient(channel, signer, addressOf(organisation), tlsRoot);
  }

  /** Queries a chaincode; the response, or the error of the call. */
  async evaluate(
    chaincode: string,
    args: readonly (string | Uint8Array)[],
  ): Promise<peer.Response | ServiceError> {
    const request = new gateway.EvaluateRequest();
    const { txId, signedProposal } = this.#propose(chaincode, args);
    request.setTransactionId(txId);
    request.setChannelId(this.#channel);
    request.setProposedTransaction(signedProposal);
    return new Promise((resolve) => {
      this.#gateway.evaluate(request, (error, response) => {
        resolve(error ?? response?.getResult() ?? new peer.Response());
      });
    });
  }

  /** Endorses, signs and submits; the transaction's id, or the error of a call. */
  async submit(chaincode: string, args: readonly (string | Uint8Array)[]): Promise<string> {
    const { txId, signedProposal } = this.#propose(chaincode, args);
    const request = new gateway.EndorseRequest();
    request.setTransactionId(txId);
    request.setChannelId(this.#channel);
    request.setProposedTransaction(signedProposal);
    const prepared = await new Promise<common.Envelope>((resolve, reject) => {
      this.#gateway.endorse(request, (error, response) => {
        if (error) reject(error);
        else resolve(response?.getPreparedTransaction() ?? new common.Envelope());
      });
    });
    prepared.setSignature(this.#signer.sign(prepared.getPayload_asU8()));
    const submission = new gateway.SubmitRequest();
    submission.setTransactionId(txId);
    submission.setChannelId(this.#channel);
    submission.setPreparedTransaction(prepared);
    await new Promise<void>((resolve, reject) => {
      this.#gateway.submit(submission, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
    return txId;
  }

  /** The status of a transaction as soon as it is committed; rejects with the call's error. */
  async commitStatus(txId: string): Promise<gateway.CommitStatusResponse> {
    const request = new gateway.CommitStatusRequest();
    request.setTransactionId(txId);
    request.setChannelId(this.#channel);
    request.setIdentity(this.#signer.serialized);
    const signed = new gateway.SignedCommitStatusRequest();
    signed.setRequest(request.serializeBinary());
    signed.setSignature(this.#signer.sign(request.serializeBinary()));
    return new Promise((resolve, reject) => {
      this.#gateway.commitStatus(signed, (error, response) => {
        if (error) reject(error);
        else resolve(response ?? new gateway.CommitStatusResponse());
      });
    });
  }

  /** Opens a stream of blocks; nothing is asked for yet. */
  openDeliver(): ClientDuplexStream<common.Envelope, peer.DeliverResponse> {
    return this.#deliver.deliver();
  }

  /** A request for the blocks from a number on, for ever. */
  seekFrom(number: number, now = new Date()): common.Envelope {
    const start = new orderer.SeekPosition();
    start.setSpecified(specified(number));
    const stop = new orderer.SeekPosition();
    stop.setSpecified(specified(Number.MAX_SAFE_INTEGER));
    const info = new orderer.SeekInfo();
    info.setStart(start);
    info.setStop(stop);
    const channelHeader = new common.ChannelHeader();
    channelHeader.setType(common.HeaderType.DELIVER_SEEK_INFO);
    channelHeader.setChannelId(this.#channel);
    channelHeader.setTimestamp(timestampProto.Timestamp.fromDate(now));
    const signatureHeader = new common.SignatureHeader();
    signatureHeader.setCreator(this.#signer.serialized);
    signatureHeader.setNonce(Buffer.alloc(24, 1));
    const header = new common.Header();
    header.setChannelHeader(channelHeader.serializeBinary());
    header.setSignatureHeader(signatureHeader.serializeBinary());
    const payload = new common.Payload();
    payload.setHeader(header);
    payload.setData(info.serializeBinary());
    const envelope = new common.Envelope();
    envelope.setPayload(payload.serializeBinary());
    envelope.setSignature(this.#signer.sign(envelope.getPayload_asU8()));
    return envelope;
  }

  close(): void {
    this.#gateway.close();
    this.#deliver.close();
  }

  #propose(
    chaincode: string,
    args: readonly (string | Uint8Array)[],
  ): ReturnType<typeof newProposal> {
    return newProposal(
      { channelId: this.#channel, chaincode, args: args.map((argument) => Buffer.from(argument)) },
      this.#signer,
      new Date(),
    );
  }
}

function specified(number: number): orderer.SeekSpecified {
  const position = new orderer.SeekSpecified();
  position.setNumber(number);
  return position;
}

function addressOf(organisation: Organisation): string {
  return organisation.peers[0]?.address ?? '';
}
