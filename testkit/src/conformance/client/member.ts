import { readFileSync } from 'node:fs';

import { type CallOptions, Client, credentials, type requestCallback } from '@grpc/grpc-js';
import {
  connect,
  type Contract,
  type Gateway,
  hash,
  type Network,
  signers,
} from '@hyperledger/fabric-gateway';
import { common, gateway, peer } from '@hyperledger/fabric-protos';

import type { NetworkProfile } from '@passport/ledger-client';
import type { Step } from '../../probe/operation.ts';
import { readUser, serialize, sign, type TestIdentity } from './identity.ts';
import { makeProposal, type ProposalOptions } from './signed-proposal.ts';

const MESSAGE_BYTES_MAX = 100 * 1024 * 1024;
const DEADLINE_MS = 30_000;
const GRPC_OPTIONS = {
  'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
  'grpc.max_send_message_length': -1,
};

/** What became of a transaction. */
export type Committed = {
  readonly txId: string;
  /** Name of the validation code. */
  readonly code: string;
  readonly block: number;
};

/** How a transaction of the probe is endorsed. */
export type EndorseOptions = {
  readonly chaincode?: string;
  readonly transient?: Readonly<Record<string, string>>;
  readonly endorsers?: readonly string[];
};

/** An endorsed transaction that is not submitted yet. */
export type Endorsed = {
  readonly txId: string;
  /** Results of the probe's steps. */
  readonly results: readonly unknown[];
  /** The signed envelope. */
  readonly envelope: common.Envelope;
  /** Sends it to be ordered; the function that resolves then waits until it is committed. */
  submit(): Promise<() => Promise<Committed>>;
};

/** A user of one organisation at its peer: by fabric-gateway, and by the services under it. */
export class Member {
  readonly identity: TestIdentity;
  readonly channel: string;
  readonly network: Network;
  readonly gateway: Gateway;
  readonly rawGateway: gateway.GatewayClient;
  readonly rawDeliver: peer.DeliverClient;
  readonly #connection: Client;

  constructor(profile: NetworkProfile, mspId: string, user = 'User1') {
    this.identity = readUser(profile, mspId, user);
    this.channel = profile.channel;
    const node = profile.organisations.find((other) => other.mspId === mspId)?.peers[0];
    if (node === undefined) throw new Error(`the network has no peer of ${mspId}`);
    const tls = credentials.createSsl(readFileSync(node.tlsRootCertificate));
    this.rawGateway = new gateway.GatewayClient(node.address, tls, GRPC_OPTIONS);
    this.rawDeliver = new peer.DeliverClient(node.address, tls, GRPC_OPTIONS);
    this.#connection = new Client(node.address, tls, GRPC_OPTIONS);
    this.gateway = connect({
      client: this.#connection,
      identity: { mspId, credentials: this.identity.certificate },
      signer: signers.newPrivateKeySigner(this.identity.privateKey),
      hash: hash.sha256,
      evaluateOptions: soon,
      endorseOptions: soon,
      submitOptions: soon,
      commitStatusOptions: soon,
    });
    this.network = this.gateway.getNetwork(this.channel);
  }

  get mspId(): string {
    return this.identity.mspId;
  }

  contract(chaincode = 'probe'): Contract {
    return this.network.getContract(chaincode);
  }

  /** Evaluates steps of the probe at this organisation's peer; their results. */
  async evaluate(...steps: Step[]): Promise<readonly unknown[]> {
    return parseResults(
      await this.contract().evaluate('run', {
        arguments: [JSON.stringify(steps)],
        endorsingOrganizations: [this.mspId],
      }),
    );
  }

  /** Endorses steps of the probe. */
  async endorse(steps: readonly Step[], options: EndorseOptions = {}): Promise<Endorsed> {
    const { chaincode, transient, endorsers } = options;
    const proposal = this.contract(chaincode).newProposal('run', {
      arguments: [JSON.stringify(steps)],
      ...(transient && { transientData: { ...transient } }),
      ...(endorsers && { endorsingOrganizations: [...endorsers] }),
    });
    const transaction = await proposal.endorse();
    const prepared = gateway.PreparedTransaction.deserializeBinary(transaction.getBytes());
    const envelope = prepared.getEnvelope() ?? new common.Envelope();
    envelope.setSignature(await sign(this.identity, envelope.getPayload_asU8()));
    const txId = transaction.getTransactionId();
    return {
      txId,
      results: parseResults(transaction.getResult()),
      envelope,
      submit: async () => {
        await this.order(envelope, txId);
        return () => this.commitStatus(txId);
      },
    };
  }

  /** Submits steps of the probe and waits; resolves whatever the validation code is. */
  async submit(...steps: Step[]): Promise<Committed> {
    const endorsed = await this.endorse(steps);
    return (await endorsed.submit())();
  }

  /** Makes and signs a proposal by hand. */
  async propose(options: Partial<ProposalOptions> & Pick<ProposalOptions, 'args'>) {
    return makeProposal(this.identity, { channel: this.channel, chaincode: 'probe', ...options });
  }

  /** Gateway.Endorse with a proposal made by hand. */
  async rawEndorse(
    signed: peer.SignedProposal | undefined,
    endorsers: readonly string[] = [],
  ): Promise<common.Envelope> {
    const request = new gateway.EndorseRequest();
    request.setChannelId(this.channel);
    request.setProposedTransaction(signed);
    request.setEndorsingOrganizationsList([...endorsers]);
    const response = await unary<gateway.EndorseResponse>((done) =>
      this.rawGateway.endorse(request, soon(), done),
    );
    return response.getPreparedTransaction() ?? new common.Envelope();
  }

  /** Gateway.Evaluate with a proposal made by hand. */
  async rawEvaluate(
    signed: peer.SignedProposal | undefined,
    targets: readonly string[] = [],
    options: CallOptions = soon(),
  ): Promise<peer.Response> {
    const request = new gateway.EvaluateRequest();
    request.setChannelId(this.channel);
    request.setProposedTransaction(signed);
    request.setTargetOrganizationsList([...targets]);
    const response = await unary<gateway.EvaluateResponse>((done) =>
      this.rawGateway.evaluate(request, options, done),
    );
    return response.getResult() ?? new peer.Response();
  }

  /** Gateway.Submit of any envelope: resolves when the orderer has taken it. */
  async order(
    envelope: common.Envelope | undefined,
    txId: string,
    channel = this.channel,
  ): Promise<void> {
    const request = new gateway.SubmitRequest();
    request.setChannelId(channel);
    request.setTransactionId(txId);
    request.setPreparedTransaction(envelope);
    await unary((done) => this.rawGateway.submit(request, soon(), done));
  }

  /** Signs an envelope as this member and sends it to be ordered. */
  async orderSigned(envelope: common.Envelope, txId: string): Promise<void> {
    envelope.setSignature(await sign(this.identity, envelope.getPayload_asU8()));
    await this.order(envelope, txId);
  }

  /** Gateway.CommitStatus: waits until the transaction is committed. */
  async commitStatus(txId: string, options: CallOptions = soon()): Promise<Committed> {
    const request = new gateway.CommitStatusRequest();
    request.setChannelId(this.channel);
    request.setTransactionId(txId);
    request.setIdentity(serialize(this.identity));
    const response = await this.rawCommitStatus(request, undefined, options);
    return {
      txId,
      code: codeName(response.getResult()),
      block: response.getBlockNumber(),
    };
  }

  /** Gateway.CommitStatus with a request, and a signature where it is not to be this member's. */
  async rawCommitStatus(
    request: gateway.CommitStatusRequest | Uint8Array,
    signature?: Uint8Array,
    options: CallOptions = soon(),
  ): Promise<gateway.CommitStatusResponse> {
    const bytes = request instanceof Uint8Array ? request : request.serializeBinary();
    const signed = new gateway.SignedCommitStatusRequest();
    signed.setRequest(bytes);
    signed.setSignature(signature ?? (await sign(this.identity, bytes)));
    return unary<gateway.CommitStatusResponse>((done) =>
      this.rawGateway.commitStatus(signed, options, done),
    );
  }

  close(): void {
    this.gateway.close();
    this.#connection.close();
    this.rawGateway.close();
    this.rawDeliver.close();
  }
}

/** Name of a transaction's validation code, such as MVCC_READ_CONFLICT. */
export function codeName(code: number): string {
  const names = Object.entries(peer.TxValidationCode);
  return names.find(([, value]) => value === code)?.[0] ?? String(code);
}

function soon(): CallOptions & { deadline: number } {
  return { deadline: Date.now() + DEADLINE_MS };
}

function unary<Response>(call: (done: requestCallback<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error !== null) reject(error);
      else if (response === undefined) reject(new Error('a call without error and response'));
      else resolve(response);
    });
  });
}

function parseResults(bytes: Uint8Array): readonly unknown[] {
  return JSON.parse(Buffer.from(bytes).toString()) as unknown[];
}
