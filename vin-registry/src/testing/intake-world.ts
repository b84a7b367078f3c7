import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  generateSigningKey,
  type LedgerIdentity,
  type SigningKey,
  writeSigningKey,
} from '@passport/ledger-client';
import { OprfEvaluator } from '@passport/privacy/oprf';
import { readyEvent, type RunningProcess, startProcess } from '@passport/runtime';
import {
  issueCertificate,
  strangeAuthority,
  temporaryFolder,
  type TemporaryFolder,
  type TestIdentity,
} from '@passport/testkit';

/** Members of the test's consortium. The evaluator is the insurer's, the registry the maker's. */
export const worldMembers = ['GarageMSP', 'InsurerMSP', 'MakerMSP'] as const;

/** One of {@link worldMembers}. */
export type WorldMember = (typeof worldMembers)[number];

/** The registry's source. */
const REGISTRY = 'MakerMSP/registry';

const STOP_MS = 10_000;

/** Where a service answers. */
export type RunningService = {
  readonly process: RunningProcess<Record<string, unknown>>;
  readonly url: string;
  readonly healthUrl: string;
  /** All that it has logged so far. */
  readonly log: () => string;
  stop(): Promise<void>;
};

/** Certificates of three members, keys of evaluator and registry, in a folder of their own. */
export class IntakeWorld {
  readonly folder: TemporaryFolder;
  readonly profile: string;
  readonly registryKey: SigningKey;
  /** The key of the evaluator, as everybody knows it. */
  readonly evaluatorKey: Uint8Array;
  readonly keyId: string;
  readonly #authorities: ReadonlyMap<WorldMember, TestIdentity>;

  private constructor(
    folder: TemporaryFolder,
    registryKey: SigningKey,
    evaluator: OprfEvaluator,
    authorities: ReadonlyMap<WorldMember, TestIdentity>,
  ) {
    this.folder = folder;
    this.profile = join(folder.path, 'network.json');
    this.registryKey = registryKey;
    this.evaluatorKey = evaluator.publicKey;
    this.keyId = evaluator.keyId;
    this.#authorities = authorities;
  }

  static async make(): Promise<IntakeWorld> {
    const folder = await temporaryFolder('vin-registry');
    const authorities = new Map<WorldMember, TestIdentity>();
    for (const member of worldMembers) {
      const authority = await strangeAuthority(member);
      authorities.set(member, authority);
      const cacerts = join(folder.path, 'crypto', 'peerOrganizations', member, 'msp', 'cacerts');
      await mkdir(cacerts, { recursive: true });
      await writeFile(join(cacerts, 'ca-cert.pem'), authority.certificate);
    }
    const registryKey = await generateSigningKey();
    await writeSigningKey(join(folder.path, 'registry.jwk'), registryKey);
    const evaluatorKey = await generateSigningKey();
    await writeSigningKey(join(folder.path, 'evaluator.jwk'), evaluatorKey);
    const world = new IntakeWorld(folder, registryKey, evaluatorOf(evaluatorKey), authorities);
    await writeFile(world.profile, JSON.stringify(profileOf(folder.path)));
    return world;
  }

  /** A user of a member, or of somebody who only says so. */
  async user(member: WorldMember, unit = 'client'): Promise<LedgerIdentity> {
    const authority = this.#authorities.get(member);
    if (authority === undefined) throw new Error(`there is no ${member}`);
    return issueCertificate(authority, { units: [unit] });
  }

  /** Starts the evaluator; `settings` are flags. */
  startEvaluator(settings: readonly string[] = []): Promise<RunningService> {
    return this.#start('evaluator', ['--key-files', this.path('evaluator.jwk'), ...settings]);
  }

  /** Starts the registry; `settings` are flags, `keys` those that say which keys the evaluator has. */
  startRegistry(
    settings: readonly string[] = [],
    keys: readonly string[] = ['--oprf-keys', this.keyId],
  ): Promise<RunningService> {
    return this.#start('registry', [
      ...['--registry', REGISTRY, '--signing-key-file', this.path('registry.jwk')],
      ...[...keys, '--state-directory', this.path('registry')],
      ...settings,
    ]);
  }

  path(name: string): string {
    return join(this.folder.path, name);
  }

  async #start(
    name: 'evaluator' | 'registry',
    settings: readonly string[],
  ): Promise<RunningService> {
    const lines: string[] = [];
    const running = await startProcess<Record<string, unknown>>({
      command: process.execPath,
      args: [
        fileURLToPath(new URL(`../${name}/main.ts`, import.meta.url)),
        ...['--ledger-profile', this.profile, '--audit-file', this.path(`${name}-audit.jsonl`)],
        ...['--log-level', 'debug', '--stop-on-stdin-end'],
        ...settings,
      ],
      readyLine: readyEvent(`${name}.ready`),
      onLine: (line) => void lines.push(line),
    });
    const at = (port: unknown) => `http://127.0.0.1:${String(port)}`;
    return {
      process: running,
      url: at(running.ready['port']),
      healthUrl: at(running.ready['health']),
      log: () => lines.join('\n'),
      stop: async () => {
        await running.stop(STOP_MS);
      },
    };
  }
}

function evaluatorOf({ privateKey }: SigningKey): OprfEvaluator {
  const { d = '' } = privateKey.export({ format: 'jwk' });
  return new OprfEvaluator(Buffer.from(d, 'base64url'), () => Buffer.alloc(48, 1));
}

function profileOf(folder: string) {
  return {
    channel: 'passport',
    cryptoMaterial: join(folder, 'crypto'),
    organisations: worldMembers.map((mspId) => ({
      mspId,
      domain: mspId,
      peers: [{ name: 'peer0', address: 'localhost:1', tlsRootCertificate: 'ca.pem' }],
      users: [],
    })),
    orderers: [],
    chaincodes: [],
  };
}
