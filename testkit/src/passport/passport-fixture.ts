import { randomBytes } from 'node:crypto';

import {
  connectLedger,
  generateSigningKey,
  keyIdOfCertificate,
  type Ledger,
  type NetworkProfile,
  passportClient,
  type PassportClient,
  readIdentity,
  signTicket,
  type SigningKey,
} from '@passport/ledger-client';
import {
  type CommandId,
  developmentSuites,
  instantOf,
  type KeyId,
  methods,
  parseCommandId,
  parseDay,
  parseMspId,
  parseSourceId,
  type SourceId,
  type SourceKind,
  type Vid,
  vidOfBytes,
} from '@passport/model';

import { sleep } from '@passport/runtime';

import { memberNames, type PassportMember, roles } from './roles.ts';

const TICKET_MS = 60 * 60 * 1000;
const POLL_MS = 100;
const REGISTRY = parseSourceId('MakerMSP/registry');

/** One member's connections: an ordinary user's, and an administrator's. */
export type MemberConnection = {
  readonly user: PassportClient;
  readonly admin: PassportClient;
  readonly ledger: Ledger;
  readonly adminLedger: Ledger;
  readonly source: SourceId;
};

type Connections = Readonly<Record<PassportMember, MemberConnection>>;

/** A founded consortium on a running network: members, a source of each, and a registry. */
export class PassportFixture {
  readonly channel: string;
  readonly members: Connections;
  readonly #registry: SigningKey;

  private constructor(channel: string, members: Connections, registry: SigningKey) {
    this.channel = channel;
    this.members = members;
    this.#registry = registry;
  }

  /** Founds the consortium on a network whose ledger knows none yet. */
  static async found(profile: NetworkProfile, chaincode = 'passport'): Promise<PassportFixture> {
    const members = Object.fromEntries(
      await Promise.all(
        memberNames.map(async (name) => [name, await connect(profile, name, chaincode)] as const),
      ),
    ) as Connections;
    const registry = await generateSigningKey();
    const fixture = new PassportFixture(profile.channel, members, registry);
    await fixture.#found(profile);
    return fixture;
  }

  /** An id that no other command has. */
  commandId(): CommandId {
    return parseCommandId(`test-${randomBytes(12).toString('hex')}`);
  }

  /** A vid that no other vehicle has. */
  newVid(): Vid {
    return vidOfBytes(randomBytes(16));
  }

  /** Registers so many vehicles as the maker, 100 in one transaction. */
  async registerVehicles(count: number, owner?: KeyId): Promise<Vid[]> {
    const vids = Array.from({ length: count }, () => this.newVid());
    for (let start = 0; start < count; start += 100) {
      const vehicles = await Promise.all(
        vids.slice(start, start + 100).map(async (vid) => ({
          ticket: await this.ticket(vid),
          day: parseDay('2015-01-01'),
          ...(owner === undefined ? {} : { owner }),
        })),
      );
      const { user, source } = this.members.MakerMSP;
      await user.passport.registerVehicles({ commandId: this.commandId(), source, vehicles });
    }
    return vids;
  }

  /** A registration ticket that the registry signed. */
  ticket(vid: Vid): Promise<string> {
    return signTicket(this.#registry, {
      channel: this.channel,
      registry: REGISTRY,
      vid,
      id: randomBytes(12).toString('hex'),
      expiresAt: new Date(Date.now() + TICKET_MS),
    });
  }

  close(): void {
    for (const { ledger, adminLedger } of Object.values(this.members)) {
      ledger.close();
      adminLedger.close();
    }
  }

  async #found(profile: NetworkProfile): Promise<void> {
    const { MakerMSP, InsurerMSP } = this.members;
    await MakerMSP.admin.members.foundConsortium({
      commandId: this.commandId(),
      members: memberNames.map((name) => ({
        mspId: parseMspId(name),
        name,
        roles: [...roles[name]],
      })),
    });
    for (const mspId of memberNames) {
      const { certificate } = await readIdentity(profile, mspId, 'User1');
      await this.#registerSource(mspId, this.members[mspId].source, 'workshop', [
        await keyIdOfCertificate(certificate),
      ]);
    }
    await this.#registerSource('MakerMSP', REGISTRY, 'registry', [this.#registry.keyId]);
    const { answer } = await MakerMSP.admin.parameters.proposeParameter({
      commandId: this.commandId(),
      name: 'privacy.suites',
      value: developmentSuites,
      effectiveFrom: instantOf(Date.now() + 1_000),
    });
    const { proposalId } = answer;
    await InsurerMSP.admin.parameters.approveParameter({ commandId: this.commandId(), proposalId });
    const isEffective = async (): Promise<boolean> => {
      const history = await MakerMSP.user.parameters.readParameter({ name: 'privacy.suites' });
      return history.current.version > 0;
    };
    while (!(await isEffective())) await sleep(POLL_MS);
  }

  async #registerSource(
    mspId: PassportMember,
    source: SourceId,
    kind: SourceKind,
    keys: readonly KeyId[],
  ): Promise<void> {
    const all = kind === 'registry' ? [] : [...methods];
    await this.members[mspId].admin.members.registerSource({
      commandId: this.commandId(),
      source,
      kind,
      methods: all,
      keys: [...keys],
    });
  }
}

async function connect(
  profile: NetworkProfile,
  mspId: PassportMember,
  chaincode: string,
): Promise<MemberConnection> {
  const options = { chaincode, random: Math.random };
  const ledger = await connectLedger(profile, { mspId, user: 'User1' });
  const adminLedger = await connectLedger(profile, { mspId, user: 'Admin' });
  return {
    ledger,
    adminLedger,
    user: passportClient(ledger, options),
    admin: passportClient(adminLedger, options),
    source: parseSourceId(`${mspId}/main`),
  };
}
