import { readFile } from 'node:fs/promises';

import { type CallOptions, Client, credentials } from '@grpc/grpc-js';
import {
  connect,
  type Gateway,
  hash,
  type Network,
  type Proposal,
  signers,
  type Status,
  type SubmittedTransaction,
  type Transaction,
} from '@hyperledger/fabric-gateway';
import { systemNow } from '@passport/runtime';

import { fromGateway, fromValidation } from './gateway-failure.ts';
import { readIdentity } from './identity.ts';
import type { LedgerStep } from './ledger-error.ts';
import { LedgerProfileError, type NetworkProfile, organisationOf } from './network-profile.ts';

/** How long each step may take, in milliseconds. Without one, a call can wait for ever. */
export const defaultDeadlinesMs: Readonly<Record<LedgerStep, number>> = {
  evaluate: 5_000,
  endorse: 15_000,
  submit: 5_000,
  commit: 60_000,
};

/** Largest answer, in bytes: what a peer may send by its own default. */
const MESSAGE_BYTES_MAX = 100 * 1024 * 1024;

/** Who connects, and how patiently. */
export type ConnectOptions = {
  readonly mspId: string;
  /** A user of the organisation, with or without its domain: `User1`. */
  readonly user: string;
  readonly deadlinesMs?: Partial<Readonly<Record<LedgerStep, number>>>;
  readonly now?: () => Date;
};

/** One call of a transaction function. */
export type ContractCall = {
  readonly chaincode: string;
  /** The chaincode's default contract without it. */
  readonly contract?: string;
  readonly transaction: string;
  readonly args?: readonly (string | Uint8Array)[];
  /** Reaches the endorsers and nobody else; never part of the transaction. */
  readonly transient?: Readonly<Record<string, string | Uint8Array>>;
  /** MSP ids; the endorsement policy decides without it. */
  readonly endorsingOrganisations?: readonly string[];
};

/** A transaction that is in a block and valid. */
export type CommittedTransaction = {
  readonly transactionId: string;
  readonly blockNumber: bigint;
  /** What the chaincode answered. */
  readonly result: Uint8Array;
};

/** A transaction that its endorsers have signed and that is not submitted yet. */
export type EndorsedTransaction = {
  readonly transactionId: string;
  /** What the chaincode answered. */
  readonly result: Uint8Array;
  /**
   * Submits it and waits for its block. After an error with retry class `same-id` it may be called
   * again: the same transaction counts once, however often it is submitted. Throws LedgerError.
   */
  submit(): Promise<CommittedTransaction>;
};

/** One user's connection to the gateway of its organisation's peer. */
export class Ledger {
  /** The channel in fabric-gateway's own terms, for its event streams. */
  readonly network: Network;
  readonly #gateway: Gateway;
  readonly #client: Client;

  /** Made by {@link connectLedger}. */
  constructor(client: Client, gateway: Gateway, channel: string) {
    this.#client = client;
    this.#gateway = gateway;
    this.network = gateway.getNetwork(channel);
  }

  /** Runs a transaction function on one peer and answers its result. Throws LedgerError. */
  async evaluate(call: ContractCall): Promise<Uint8Array> {
    const proposal = this.#propose(call);
    return step('evaluate', proposal.getTransactionId(), () => proposal.evaluate());
  }

  /** Collects the endorsements of a transaction. Throws LedgerError; nothing has happened then. */
  async endorse(call: ContractCall): Promise<EndorsedTransaction> {
    const proposal = this.#propose(call);
    const transactionId = proposal.getTransactionId();
    const transaction = await step('endorse', transactionId, () => proposal.endorse());
    return {
      transactionId,
      result: transaction.getResult(),
      submit: () => submitAndWait(transaction),
    };
  }

  /** Endorses, submits and waits for the block. Throws LedgerError. */
  async submit(call: ContractCall): Promise<CommittedTransaction> {
    const endorsed = await this.endorse(call);
    return endorsed.submit();
  }

  /** Closes the connection; calls under way fail. */
  close(): void {
    this.#gateway.close();
    this.#client.close();
  }

  #propose(call: ContractCall): Proposal {
    const contract = this.network.getContract(call.chaincode, call.contract);
    return contract.newProposal(call.transaction, {
      arguments: [...(call.args ?? [])],
      ...(call.transient === undefined ? {} : { transientData: { ...call.transient } }),
      ...(call.endorsingOrganisations === undefined
        ? {}
        : { endorsingOrganizations: [...call.endorsingOrganisations] }),
    });
  }
}

/**
 * Connects a user to its organisation's first peer, over TLS. It does not wait for the peer: calls
 * fail with LEDGER_UNAVAILABLE while it cannot be reached. Throws LedgerProfileError.
 */
export async function connectLedger(
  profile: NetworkProfile,
  options: ConnectOptions,
): Promise<Ledger> {
  const organisation = organisationOf(profile, options.mspId);
  const identity = await readIdentity(profile, options.mspId, options.user);
  const [peer] = organisation.peers;
  if (peer === undefined) throw new LedgerProfileError(`${options.mspId} has no peer`);
  const tlsRoot = await readFile(peer.tlsRootCertificate).catch((error: unknown) => {
    throw new LedgerProfileError(`cannot read the TLS root of ${peer.name}`, error);
  });
  const deadlinesMs = { ...defaultDeadlinesMs, ...options.deadlinesMs };
  const now = options.now ?? systemNow;
  const within = (ms: number) => (): CallOptions => ({ deadline: now().getTime() + ms });
  const client = new Client(peer.address, credentials.createSsl(tlsRoot), {
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
  });
  const gateway = connect({
    client,
    identity: { mspId: identity.mspId, credentials: identity.certificate },
    signer: signers.newPrivateKeySigner(identity.privateKey),
    hash: hash.sha256,
    evaluateOptions: within(deadlinesMs.evaluate),
    endorseOptions: within(deadlinesMs.endorse),
    submitOptions: within(deadlinesMs.submit),
    commitStatusOptions: within(deadlinesMs.commit),
  });
  return new Ledger(client, gateway, profile.channel);
}

async function submitAndWait(transaction: Transaction): Promise<CommittedTransaction> {
  const transactionId = transaction.getTransactionId();
  const submitted: SubmittedTransaction = await step('submit', transactionId, () =>
    transaction.submit(),
  );
  const status: Status = await step('commit', transactionId, () => submitted.getStatus());
  if (!status.successful) throw fromValidation(status);
  return { transactionId, blockNumber: status.blockNumber, result: transaction.getResult() };
}

async function step<T>(name: LedgerStep, transactionId: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw fromGateway(error, name, transactionId);
  }
}
