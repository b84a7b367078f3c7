import {
  type ContractFunctions,
  type ContractName,
  contracts,
  type Instant,
  instantOf,
  type KeyId,
  keyAccount,
  parse,
  parseCommandId,
  parseVid,
  PassportError,
} from '@passport/model';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import type { Committed, PassportClient } from '../contracts/passport-client.ts';
import { LedgerError } from '../ledger-error.ts';
import { type ProofPolicy, verifyRequest } from '../request-proof/verify-request.ts';
import { relayedCommands, relayedReads, ruleOf, type WhoReads } from './relayed.ts';

/** Where a relay leads. */
export type RelayPlace = {
  /** The ledger's name (CAIP-2). */
  readonly ledger: string;
  readonly channel: string;
  /** The member that relays. */
  readonly member: string;
  /** The URL that proofs are for, whatever host a request goes to. */
  readonly proofUrl: string;
  /** The server's clock. */
  readonly time: Instant;
};

/** A command that was committed. */
export type RelayedCommand = {
  readonly answer: unknown;
  readonly block: string;
  readonly transactionId: string;
};

/** What a relay is made of. */
export type RelayDeskOptions = {
  readonly client: PassportClient;
  readonly place: Omit<RelayPlace, 'time'>;
  readonly policy: ProofPolicy;
};

/** A read as it came: its proof, and path and query below the URL that proofs are for. */
export type RelayedRead = {
  readonly proof: string | undefined;
  /** `/relay/Consent/readGrants?vid=…` */
  readonly target: string;
  readonly query: Readonly<Record<string, string>>;
};

/**
 * What a member does for people who have no connection to the ledger: it submits what they signed, and reads what is
 * theirs. It adds no right: commands carry their signer's, and reads are for whom the rule names.
 */
export class RelayDesk {
  readonly #options: RelayDeskOptions;

  constructor(options: RelayDeskOptions) {
    this.#options = options;
  }

  /** Where it leads. */
  place(): RelayPlace {
    const { place, policy } = this.#options;
    return { ...place, time: instantOf(policy.now().getTime()) };
  }

  /**
   * Submits signed commands and waits for their block. The command id comes of the commands, so that the same ones
   * execute once, however often they come. Throws PassportError `ROUTE_UNKNOWN` and `REQUEST_MALFORMED`, and LedgerError.
   */
  async submit(contract: string, functionName: string, body: unknown): Promise<RelayedCommand> {
    const parts = ruleOf(relayedCommands, contract, functionName);
    if (parts === undefined) throw notRelayed(contract, functionName);
    const commands: Record<string, unknown> = { ...(typeof body === 'object' ? body : {}) };
    const signed = parts.map((part) => String(commands[part]));
    const commandId = commandIdOf(`${contract}:${functionName}`, signed);
    const request = this.#parse(contract, functionName, { ...commands, commandId });
    const call = this.#call(contract, functionName);
    const { answer, blockNumber, transactionId } = (await call(request)) as Committed<unknown>;
    return { answer, block: blockNumber.toString(), transactionId };
  }

  /**
   * Reads for whoever may. Throws as `verifyRequest`, PassportError `ROUTE_UNKNOWN`, `REQUEST_MALFORMED`, `VEHICLE_UNKNOWN` of a
   * vehicle that is not the caller's, `OWNER_REQUIRED` of anything else that is not, and LedgerError.
   */
  async read(contract: string, functionName: string, read: RelayedRead): Promise<unknown> {
    const rule = ruleOf(relayedReads, contract, functionName);
    if (rule === undefined) throw notRelayed(contract, functionName);
    const { place, policy } = this.#options;
    const url = new URL(read.target, place.proofUrl).href;
    const { keyId } = await verifyRequest(read.proof, { method: 'GET', url }, policy);
    const request = this.#parse(contract, functionName, read.query);
    await this.#requireReader(rule, read.query, keyId);
    return this.#call(contract, functionName)(request);
  }

  async #requireReader(rule: WhoReads, query: RelayedRead['query'], keyId: KeyId): Promise<void> {
    switch (rule.kind) {
      case 'anybody':
        return;
      case 'key':
        return requireOwn(query[rule.part] === keyId);
      case 'account':
        return requireOwn(query[rule.part] === keyAccount(keyId));
      case 'owner-of-vehicle':
        if (await this.#owns(query['vid'] ?? '', keyId)) return;
        // In the words of a vehicle that is not there: whether it is, is its owner's to know.
        throw new PassportError('VEHICLE_UNKNOWN', 'no vehicle of that vid is yours');
    }
  }

  async #owns(vid: string, keyId: KeyId): Promise<boolean> {
    const { passport } = this.#options.client;
    try {
      const { owner } = await passport.readVehicle({ vid: parseVid(vid) });
      return owner?.keyId === keyId;
    } catch (error) {
      if (error instanceof LedgerError && error.chaincode?.code === 'VEHICLE_UNKNOWN') return false;
      throw error;
    }
  }

  #parse(contract: string, functionName: string, request: unknown): unknown {
    const functions: ContractFunctions = contracts[contract as ContractName];
    const definition = functions[functionName];
    if (definition === undefined) throw notRelayed(contract, functionName);
    return parse(definition.request, request);
  }

  #call(contract: string, functionName: string): (request: unknown) => Promise<unknown> {
    const { client } = this.#options;
    const name = contract.charAt(0).toLowerCase() + contract.slice(1);
    // The rule named both, and the client is built from the same table.
    const calls = client as unknown as Record<string, Record<string, (of: unknown) => unknown>>;
    return async (request) => calls[name]?.[functionName]?.(request);
  }
}

function requireOwn(isOwn: boolean): void {
  if (!isOwn) throw new PassportError('OWNER_REQUIRED', 'it is of another key');
}

function notRelayed(contract: string, functionName: string): PassportError {
  return new PassportError('ROUTE_UNKNOWN', `${contract}/${functionName} is not relayed`);
}

/** The same commands have the same id, and no others. */
function commandIdOf(name: string, commands: readonly string[]) {
  const digest = sha256(utf8ToBytes(`${name}|${commands.join('|')}`));
  return parseCommandId(`relay-${bytesToHex(digest).slice(0, 40)}`);
}
