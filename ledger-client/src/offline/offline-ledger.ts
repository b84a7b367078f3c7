import { type CallOptions, Client, credentials } from '@grpc/grpc-js';
import { connect, type Gateway, hash } from '@hyperledger/fabric-gateway';
import { systemNow } from '@passport/runtime';
import { readFile } from 'node:fs/promises';

import { fromGateway, fromValidation } from '../gateway-failure.ts';
import type { LedgerStep } from '../ledger-error.ts';
import { type ContractCall, defaultDeadlinesMs } from '../ledger.ts';
import { LedgerProfileError, type NetworkProfile, organisationOf } from '../network-profile.ts';

/** Who a transaction is prepared for: their key is elsewhere. */
export type AbsentSigner = {
  readonly mspId: string;
  /** In PEM. */
  readonly certificate: Uint8Array;
};

/** Something to sign: the bytes in which the message is, as fabric-gateway has them. */
export type Unsigned = { readonly transactionId: string; readonly bytes: Uint8Array };

/** The bytes of an {@link Unsigned}, and what was signed of them. */
export type Signed = { readonly bytes: Uint8Array; readonly signature: Uint8Array };

/**
 * Transactions for signers who have a key and no connection to the ledger: fabric-gateway's offline signing. Each step
 * answers what is to be signed for the next one. It keeps nothing between them, and can change nothing: what was
 * signed is what is sent. All steps throw LedgerError.
 */
export class OfflineLedger {
  readonly #client: Client;
  readonly #channel: string;
  readonly #gatewayOf: (signer: AbsentSigner) => Gateway;

  /** Made by {@link connectOffline}. */
  constructor(client: Client, channel: string, gatewayOf: (signer: AbsentSigner) => Gateway) {
    this.#client = client;
    this.#channel = channel;
    this.#gatewayOf = gatewayOf;
  }

  /** A proposal. */
  propose(signer: AbsentSigner, call: ContractCall): Unsigned {
    const { chaincode, contract, transaction, args = [] } = call;
    const network = this.#gatewayOf(signer).getNetwork(this.#channel);
    const proposal = network
      .getContract(chaincode, contract)
      .newProposal(transaction, { arguments: [...args] });
    return { transactionId: proposal.getTransactionId(), bytes: proposal.getBytes() };
  }

  /** Has a signed proposal endorsed; the transaction is to be signed then. */
  endorse(
    signer: AbsentSigner,
    { bytes, signature }: Signed,
  ): Promise<Unsigned & { readonly result: Uint8Array }> {
    return step('endorse', async () => {
      const proposal = this.#gatewayOf(signer).newSignedProposal(bytes, signature);
      const transaction = await proposal.endorse();
      return {
        transactionId: transaction.getTransactionId(),
        bytes: transaction.getBytes(),
        result: transaction.getResult(),
      };
    });
  }

  /** Submits a signed transaction; the question for its status is to be signed then. */
  submit(signer: AbsentSigner, { bytes, signature }: Signed): Promise<Unsigned> {
    return step('submit', async () => {
      const transaction = this.#gatewayOf(signer).newSignedTransaction(bytes, signature);
      const submitted = await transaction.submit();
      return { transactionId: submitted.getTransactionId(), bytes: submitted.getBytes() };
    });
  }

  /** Waits for the block of a submitted transaction. */
  committed(signer: AbsentSigner, { bytes, signature }: Signed): Promise<bigint> {
    return step('commit', async () => {
      const commit = this.#gatewayOf(signer).newSignedCommit(bytes, signature);
      const status = await commit.getStatus();
      if (!status.successful) throw fromValidation(status);
      return status.blockNumber;
    });
  }

  /** Closes the connection; calls under way fail. */
  close(): void {
    this.#client.close();
  }
}

/** Connects to the first peer of a member, whoever signs. Throws LedgerProfileError. */
export async function connectOffline(
  profile: NetworkProfile,
  mspId: string,
): Promise<OfflineLedger> {
  const [peer] = organisationOf(profile, mspId).peers;
  if (peer === undefined) throw new LedgerProfileError(`${mspId} has no peer`);
  const tlsRoot = await readFile(peer.tlsRootCertificate).catch((error: unknown) => {
    throw new LedgerProfileError(`cannot read the TLS root of ${peer.name}`, error);
  });
  const client = new Client(peer.address, credentials.createSsl(tlsRoot));
  const within = (ms: number) => (): CallOptions => ({ deadline: systemNow().getTime() + ms });
  return new OfflineLedger(client, profile.channel, ({ mspId: of, certificate }) =>
    connect({
      client,
      identity: { mspId: of, credentials: certificate },
      hash: hash.sha256,
      evaluateOptions: within(defaultDeadlinesMs.evaluate),
      endorseOptions: within(defaultDeadlinesMs.endorse),
      submitOptions: within(defaultDeadlinesMs.submit),
      commitStatusOptions: within(defaultDeadlinesMs.commit),
    }),
  );
}

async function step<T>(name: LedgerStep, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw fromGateway(error, name);
  }
}
