import {
  type Contracts,
  contracts,
  developmentSuites,
  type KeyId,
  parseDay,
  type RequestOf,
  type Role,
  TICKET_TYPE,
  type Vid,
  vidOfBytes,
} from '@passport/model';
import type { Contract } from 'fabric-contract-api';

import { consentHandlers } from '../consent/consent-handlers.ts';
import { membersHandlers } from '../members/members-handlers.ts';
import { parametersHandlers } from '../parameters/parameters-handlers.ts';
import { passportHandlers } from '../passport/passport-handlers.ts';
import { qualityHandlers } from '../quality/quality-handlers.ts';
import { contractClass } from '../transaction/contract-class.ts';
import { type Effects, type Endorsed, TestLedger, type TestUser } from './test-ledger.ts';
import { makeKey, makeUser, signJws, type TestKey } from './test-users.ts';

/** The members of the test consortium, and what they do. */
export const testMembers = {
  MakerMSP: ['maker'],
  InsurerMSP: ['insurer', 'expert'],
  GarageMSP: ['garage'],
  InspectionMSP: ['inspection', 'expert', 'auditor', 'registry'],
  BankMSP: ['custodian', 'operator'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

type MemberName = keyof typeof testMembers;

const START = '2026-11-23T10:00:00.000Z';
const DAY_MS = 24 * 60 * 60 * 1000;

/** A founded consortium on a ledger in this process, with a source of each member. */
export class TestConsortium {
  readonly ledger = new TestLedger(START);
  readonly users: Readonly<Record<MemberName, TestUser & { readonly keyId: KeyId }>>;
  readonly admins: Readonly<Record<MemberName, TestUser>>;
  readonly registry = makeKey();
  readonly #contracts: Readonly<Record<string, Contract>>;
  #commands = 0;
  #vehicles = 0;

  private constructor(users: TestConsortium['users'], admins: TestConsortium['admins']) {
    this.users = users;
    this.admins = admins;
    const { now } = this.ledger;
    const make = (contract: new () => Contract): Contract => new contract();
    this.#contracts = {
      Passport: make(contractClass('Passport', contracts.Passport, passportHandlers, { now })),
      Members: make(contractClass('Members', contracts.Members, membersHandlers, { now })),
      Consent: make(contractClass('Consent', contracts.Consent, consentHandlers, { now })),
      Quality: make(contractClass('Quality', contracts.Quality, qualityHandlers, { now })),
      Parameters: make(
        contractClass('Parameters', contracts.Parameters, parametersHandlers, { now }),
      ),
    };
  }

  /** Founds it: members, `<MSP id>/main` as the source of each, the registry's source. */
  static async found(): Promise<TestConsortium> {
    const names = Object.keys(testMembers) as MemberName[];
    const all = async <T>(make: (name: MemberName) => Promise<T>) =>
      Object.fromEntries(
        await Promise.all(names.map(async (name) => [name, await make(name)] as const)),
      ) as Record<MemberName, T>;
    const users = await all((name) => makeUser(name, 'client'));
    const admins = await all((name) => makeUser(name, 'admin'));
    const consortium = new TestConsortium(users, admins);
    const members = names.map((mspId) => ({ mspId, name: mspId, roles: [...testMembers[mspId]] }));
    await consortium.asAdmin('MakerMSP', 'Members', 'foundConsortium', { members });
    for (const mspId of names) {
      await consortium.asAdmin(mspId, 'Members', 'registerSource', {
        source: `${mspId}/main`,
        kind: 'workshop',
        methods: ['connected-car', 'professional', 'expert'],
        keys: [users[mspId].keyId],
      });
    }
    await consortium.asAdmin('InspectionMSP', 'Members', 'registerSource', {
      source: 'InspectionMSP/registry',
      kind: 'registry',
      methods: [],
      keys: [consortium.registry.keyId],
    });
    await consortium.#allowClearFields();
    return consortium;
  }

  /** An id that no other command has. */
  commandId(): string {
    this.#commands += 1;
    return `command-${this.#commands}`;
  }

  /** Submits as a user, with a command id of its own unless the request has one. */
  submit(
    mspId: MemberName,
    contract: keyof Contracts,
    functionName: string,
    request: object,
    skewMs = 0,
  ): Promise<{ readonly answer: unknown; readonly effects: Effects }> {
    return this.#submitBy(this.users[mspId], contract, functionName, request, skewMs);
  }

  /** As {@link submit}, as an administrator. */
  asAdmin(
    mspId: MemberName,
    contract: keyof Contracts,
    functionName: string,
    request: object,
  ): Promise<{ readonly answer: unknown; readonly effects: Effects }> {
    return this.#submitBy(this.admins[mspId], contract, functionName, request, 0);
  }

  /** Endorses and does not commit. */
  endorse(
    mspId: MemberName,
    contract: keyof Contracts,
    functionName: string,
    request: object,
  ): Promise<Endorsed> {
    const command = { commandId: this.commandId(), ...request };
    return this.ledger.endorse(this.#contract(contract), functionName, this.users[mspId], command);
  }

  /** Evaluates as the maker. */
  async evaluate(
    contract: keyof Contracts,
    functionName: string,
    request: object,
  ): Promise<unknown> {
    return (await this.inspect(contract, functionName, request)).answer;
  }

  /** As {@link evaluate}, with what it read. */
  inspect(contract: keyof Contracts, functionName: string, request: object): Promise<Endorsed> {
    const user = this.users.MakerMSP;
    return this.ledger.endorse(this.#contract(contract), functionName, user, request);
  }

  /** A vid that no other vehicle has. */
  newVid(): Vid {
    this.#vehicles += 1;
    const bytes = Buffer.alloc(16);
    bytes.writeUInt32BE(this.#vehicles, 12);
    return vidOfBytes(bytes);
  }

  /** A registration ticket. */
  ticket(vid: Vid, changes: object = {}, key: TestKey = this.registry): Promise<string> {
    const exp = Math.floor((this.ledger.now().getTime() + DAY_MS) / 1000);
    const claims = { iss: 'InspectionMSP/registry', aud: this.ledger.channel, sub: vid, exp };
    return signJws(key, TICKET_TYPE, { ...claims, jti: `ticket-${vid}`, ...changes });
  }

  /** Registers a vehicle as the maker. */
  async register(
    more: Partial<RequestOf<Contracts['Passport']['registerVehicles']>['vehicles'][number]> = {},
  ): Promise<Vid> {
    const vid = this.newVid();
    const vehicle = { ticket: await this.ticket(vid), day: parseDay('2020-01-15'), ...more };
    await this.submit('MakerMSP', 'Passport', 'registerVehicles', {
      source: 'MakerMSP/main',
      vehicles: [vehicle],
    });
    return vid;
  }

  #contract(name: keyof Contracts): Contract {
    const contract = this.#contracts[name];
    if (contract === undefined) throw new Error(`${name} is not served here`);
    return contract;
  }

  #submitBy(
    user: TestUser,
    contract: keyof Contracts,
    functionName: string,
    request: object,
    skewMs: number,
  ): Promise<{ readonly answer: unknown; readonly effects: Effects }> {
    const command = { commandId: this.commandId(), ...request };
    return this.ledger.submit(this.#contract(contract), functionName, user, command, skewMs);
  }

  /** Tests look into the fields, so they are not sealed. */
  async #allowClearFields(): Promise<void> {
    const effectiveFrom = this.ledger.now().toISOString();
    const request = { name: 'privacy.suites', value: developmentSuites, effectiveFrom };
    const { answer } = await this.asAdmin('MakerMSP', 'Parameters', 'proposeParameter', request);
    const { proposalId } = answer as { proposalId: string };
    await this.asAdmin('BankMSP', 'Parameters', 'approveParameter', { proposalId });
  }
}
