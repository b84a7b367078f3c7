import { randomBytes } from 'node:crypto';

import { common } from '@hyperledger/fabric-protos';

import type { TestNetwork } from '../harness/test-network.ts';
import { Member } from './client/member.ts';

/** What the scenarios of one run share: the network, and a user of each organisation. */
export class Fixture {
  readonly network: TestNetwork;
  readonly maker: Member;
  readonly insurer: Member;
  readonly garage: Member;
  /** Runs on one network use different keys. */
  readonly #run = randomBytes(3).toString('hex');
  #keys = 0;

  constructor(network: TestNetwork) {
    this.network = network;
    this.maker = new Member(network.profile, 'MakerMSP');
    this.insurer = new Member(network.profile, 'InsurerMSP');
    this.garage = new Member(network.profile, 'GarageMSP');
  }

  /** A key that no other scenario uses, nor any that begins with it. */
  key(): string {
    this.#keys += 1;
    return `key-${this.#run}-${String(this.#keys).padStart(4, '0')}.`;
  }

  /** Number of blocks that an organisation's peer has. */
  async height(member: Member = this.maker): Promise<number> {
    const bytes = await this.ask(member, 'GetChainInfo');
    return common.BlockchainInfo.deserializeBinary(bytes).getHeight();
  }

  /** A block as an organisation's peer keeps it. */
  async block(number: number, member: Member = this.maker): Promise<common.Block> {
    return common.Block.deserializeBinary(
      await this.ask(member, 'GetBlockByNumber', String(number)),
    );
  }

  /** Asks the system chaincode qscc of an organisation's own peer. */
  async ask(member: Member, name: string, ...args: string[]): Promise<Uint8Array> {
    return member.contract('qscc').evaluate(name, {
      arguments: [member.channel, ...args],
      endorsingOrganizations: [member.mspId],
    });
  }

  close(): void {
    for (const member of [this.maker, this.insurer, this.garage]) member.close();
  }
}

/** Gives the fixture of the running network; to be called inside a test. */
export type CurrentFixture = () => Fixture;
