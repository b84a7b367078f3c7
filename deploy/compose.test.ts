import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chaincodeCommand } from '@passport/chaincode';
import { type DevnetConfigInput, parseConfig } from '@passport/devnet';
import { readConfig } from '@passport/runtime';
import { beforeAll, describe, expect, test } from 'vitest';

import { type DockerCompose, dockerCompose, runCompose } from './compose/docker-compose.ts';
import { configOf, hasMain, load, mainOf, root } from './compose/project-files.ts';
import { type Compose, readCompose } from './compose/read-compose.ts';

/** Installing Docker Compose included. */
const INSTALL_MS_MAX = 300_000;
/** Docker Compose 1.29 is Python, and slow to begin where others work: two runs of it. */
const CONFIG_MS_MAX = 120_000;

/** What `.env` has to give. */
const secrets = { S3_ACCESS_KEY: 'access', S3_SECRET_KEY: 'secret' };

const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

const compose = readCompose(await read('docker-compose.yml'), secrets);
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => mainOf(service) !== undefined);
const configured = await Promise.all(
  ours.map(async ([name, service]) => {
    const config = await configOf(mainOf(service) ?? '');
    return [name, { ...service, config }] as const;
  }),
);

describe('docker-compose config', () => {
  let program: DockerCompose;
  beforeAll(async () => {
    program = await dockerCompose();
  }, INSTALL_MS_MAX);

  const config = (words: readonly string[], variables: Readonly<Record<string, string>>) =>
    runCompose(program, words, root, { S3_ACCESS_KEY: '', S3_SECRET_KEY: '', ...variables });

  test(
    'takes the file, and sees the same services as these tests',
    { timeout: CONFIG_MS_MAX },
    async () => {
      const words = ['--profile', 'demo', '--profile', 'verify', 'config', '--services'];
      const seen = (await config(words, secrets)).split('\n').filter((line) => line !== '');
      const names = services.map(([name]) => name);
      expect(seen.filter((line) => names.includes(line)).toSorted()).toEqual(names.toSorted());
      expect(await config(['config', '--quiet'], secrets)).not.toMatch(/error|invalid/i);
    },
  );

  test('asks for the secrets, of which the file has none', { timeout: CONFIG_MS_MAX }, async () => {
    await expect(config(['config', '--quiet'], {})).rejects.toThrow('S3_ACCESS_KEY');
    expect(() => readCompose('services: { a: { image: "${A:?is missing}" } }', {})).toThrow(
      'A is missing',
    );
  });
});

describe('what each container runs', () => {
  test('all of it is there', () => {
    for (const [name, service] of ours) expect(hasMain(service), name).toBe(true);
    const mains = new Set(ours.map(([, service]) => mainOf(service)));
    expect(mains).toEqual(
      new Set([
        'batch-layer/src/main.ts',
        'chaincode/src/main.ts',
        'client/src/main.ts',
        'devnet/src/main.ts',
        'ledger-listener/src/main.ts',
        'sandbox/src/codes/main.ts',
        'sandbox/src/desk/main.ts',
        'sandbox/src/feed/main.ts',
        'serving-api/src/main.ts',
        'speed-layer/src/main.ts',
        'vin-registry/src/evaluator/main.ts',
        'vin-registry/src/keys/main.ts',
        'vin-registry/src/registry/main.ts',
        'web/src/main.ts',
      ]),
    );
    expect(ours.filter(([, service]) => mainOf(service)?.startsWith('speed-'))).toHaveLength(2);
  });

  test.each(configured.filter(([, { config }]) => config !== undefined))(
    '%s knows every variable that it gets, and can use it',
    (_name, { config, environment }) => {
      const { settings, options } = config ?? expect.fail('no configuration');
      const known = Object.values(options).map(({ env }) => env);
      expect(Object.keys(environment).filter((variable) => !known.includes(variable))).toEqual([]);
      expect(() => readConfig(settings, options, [], environment)).not.toThrow();
    },
  );

  test('the chaincode server is started as everywhere', () => {
    const { command, environment } = serviceOf('chaincode');
    const { args, env } = chaincodeCommand({ address: '0.0.0.0:7052', packageId: 'passport' });
    expect(environment).toEqual(env);
    const flags = args.filter((word) => word.startsWith('-') && word !== '--stop-on-stdin-end');
    expect(command).toEqual(['node', ...flags, 'chaincode/src/main.ts']);
  });

  test('what has to be the same everywhere is', () => {
    const shared = ['KAFKA_BROKERS', 'LOG_NAME', 'PARTITIONS', 'EPOCH_BLOCKS', 'VIEWS_REDIS_URL'];
    shared.push('LEDGER_PROFILE', 'CHAINCODE', 'READER_KEYS', 'EVALUATOR_PUBLIC_KEYS');
    shared.push('MARKET_MSP', 'JOBS_REDIS_URL', 'SERVING_URL', 'WEB_ENROLMENTS');
    shared.push('EVALUATOR_URL', 'REGISTRY_URL');
    const objects = ['ENDPOINT', 'REGION', 'BUCKET', 'ACCESS_KEY', 'SECRET_KEY'];
    for (const variable of [...shared, ...objects.map((name) => `S3_${name}`)]) {
      const values = services.flatMap(([, { environment }]) => environment[variable] ?? []);
      expect(values.length).toBeGreaterThan(1);
      expect(new Set(values).size).toBe(1);
    }
  });

  test.each([
    ['serving', 'sandbox/src/pipeline/pipeline.ts', /SERVING_\w+|JOBS_REDIS_URL|MARKET_MSP/g],
    ['web', 'sandbox/src/pages/start-pages.ts', /(?<=^ {4})[A-Z]\w+(?=:)/gm],
    ['desk', 'sandbox/src/desk/start-desk.ts', /(?<=^ {6})[A-Z]\w+(?=:)/gm],
  ])('%s gets all that the sandbox gives it', async (name, file, variables) => {
    const given = [...(await read(file)).matchAll(variables)].map(([variable]) => variable);
    expect(given.length).toBeGreaterThan(2);
    expect(Object.keys(serviceOf(name).environment)).toEqual(expect.arrayContaining(given));
  });

  test('what is kept is kept in a volume', () => {
    for (const [name, { environment, command, volumes }] of services) {
      const folders = [...Object.values(environment), ...command].flatMap(
        (text) => /(?<=^|=)\/(?:var\/lib|data)(?:\/[a-z-]+)*/.exec(text) ?? [],
      );
      const mounts = volumes.map((volume) => volume.split(':')[1] ?? '');
      const lost = folders.filter((folder) => !mounts.some((mount) => folder.startsWith(mount)));
      expect(lost, name).toEqual([]);
      for (const volume of volumes)
        expect(compose.volumes).toHaveProperty(volume.split(':')[0] ?? '');
    }
  });
});

describe('secrets and personal data', () => {
  const mountersOf = (volume: string): string[] =>
    services.flatMap(([name, { volumes }]) =>
      volumes.flatMap((mount) => {
        const [from, , mode] = mount.split(':');
        return from === volume ? [mode === undefined ? name : `${name} reads`] : [];
      }),
    );

  test('keys lie where only those are who need them', () => {
    expect(mountersOf('evaluator')).toEqual(['evaluator-key', 'evaluator']);
    expect(mountersOf('registry')).toEqual(['registry-key', 'registry']);
    const ring = ['listener', 'serving', 'feed', 'verify reads'];
    expect(mountersOf('market-keys')).toEqual(ring);
    for (const kept of ['reads', 'certificates', 'debits']) {
      expect(mountersOf(kept)).toEqual(['serving']);
    }
    expect(mountersOf('operator')).toEqual(['serving reads', 'operator-key']);
    expect(mountersOf('enrolments')).toEqual(['professional-codes', 'web']);
    expect(mountersOf('bank')).toEqual(['desk']);
    const writers = mountersOf('public-keys').filter((name) => !name.endsWith(' reads'));
    expect(writers).toEqual(['operator-key', 'evaluator-key', 'registry-key']);
  });

  test('evaluator and registry are of two members, and out of reach of each other', async () => {
    const { EVALUATOR_MEMBER } = await load<{ EVALUATOR_MEMBER: string }>(
      'sandbox/src/registry/vin-registry.ts',
    );
    const source = serviceOf('registry').environment['REGISTRY_SOURCE'] ?? '';
    expect(source.split('/')[0]).not.toBe(EVALUATOR_MEMBER);
    const { REGISTRY } = await load<{ REGISTRY: string }>('sandbox/src/setup/found-consortium.ts');
    expect(source).toBe(REGISTRY);
    expect(serviceOf('evaluator').networks).toEqual(['evaluation']);
    expect(serviceOf('registry').networks).toEqual(['matching', 'ledger', 'erasures']);
  });

  test('one member is the market: it reads, writes reads down, and verifies', async () => {
    const { MARKET } = await load<{ MARKET: string }>('sandbox/src/organisations.ts');
    expect(serviceOf('listener').environment['MARKET_MSP']).toBe(MARKET);
    expect(serviceOf('serving').environment).toMatchObject({
      ...{ LEDGER_MSP: MARKET, MARKET_MSP: MARKET },
    });
    const { READER_KEYS } = serviceOf('listener').environment;
    expect(serviceOf('verify').command).toEqual(
      expect.arrayContaining([`--market-msp=${MARKET}`, `--reader-keys=${READER_KEYS ?? 'none'}`]),
    );
  });
});

describe('the devnet of the stack', () => {
  test("has the sandbox's members, under the names of their certificates", async () => {
    const input = JSON.parse(await read('deploy/devnet.json')) as DevnetConfigInput;
    const { organisations } = parseConfig(input);
    const { organisations: members } = await load<{
      organisations: readonly { readonly mspId: string; readonly domain: string }[];
    }>('sandbox/src/organisations.ts');
    expect(organisations.map(({ mspId, domain }) => ({ mspId, domain }))).toEqual(members);
    expect(input).toMatchObject({ reach: 'network', directory: '/var/lib/passport/devnet' });
    expect(serviceOf('devnet').networks).toMatchObject({
      ledger: { aliases: members.map(({ domain }) => `peer0.${domain}`) },
    });
  });
});

describe('the servers', () => {
  test('Kafka is set as the one of the tests', async () => {
    const { kafkaProperties } = await load<{
      readonly kafkaProperties: (port: number, controllerPort: number, data: string) => string;
    }>('local-servers/src/kafka/kafka-properties.ts');
    const native = kafkaProperties(9092, 9093, '/var/lib/kafka/data').trim().split('\n');
    const place = (line: string): string => line.replaceAll(/127\.0\.0\.1|kafka(?=:)/g, '');
    const { environment } = serviceOf('kafka');
    const set = Object.entries(environment)
      .filter(([name]) => name.startsWith('KAFKA_') && name !== 'KAFKA_HEAP_OPTS')
      .map(([name, value]) => `${name.slice(6).toLowerCase().replaceAll('_', '.')}=${value}`);
    expect(set.map(place).toSorted()).toEqual(native.map(place).toSorted());
  });

  test('one Redis keeps nothing, the other what it acknowledged; neither evicts', () => {
    const settingsOf = (name: string): string => serviceOf(name).command.join(' ');
    expect(settingsOf('redis-views')).toMatch(/--save {2}--appendonly no /);
    expect(settingsOf('redis-views')).toContain('--hash-max-listpack-entries 16');
    expect(settingsOf('redis-durable')).toMatch(/--save {2}--appendonly yes --appendfsync always/);
    for (const name of ['redis-views', 'redis-durable']) {
      expect(settingsOf(name)).toContain('--maxmemory-policy noeviction');
    }
  });

  test.each([
    ['kafka', 'local-servers/src/kafka/kafka-jars.ts'],
    ['s3', 'local-servers/src/object-server/versitygw.ts'],
  ])('%s has the version that is tested', async (name, file) => {
    const version = /:v?([\d.]+)$/.exec(serviceOf(name).image)?.[1] ?? 'none';
    expect(await read(file)).toContain(`VERSION = '${version}'`);
  });
});

describe('every container', () => {
  test.each(services)(
    '%s: pinned, watched, limited, with no more rights than it needs',
    (_name, service) => {
      const { image, mem_limit, pids_limit, cap_drop, security_opt, healthcheck } = service;
      expect(image).toMatch(/^[a-z/-]+:v?\d+\.\d+\.\d+$/);
      expect(mem_limit).toMatch(/^\d+[mg]$/);
      expect(pids_limit).toBeGreaterThan(0);
      expect(cap_drop).toEqual(['ALL']);
      expect(security_opt).toEqual(['no-new-privileges:true']);
      expect(healthcheck !== undefined || isOneShot(_name)).toBe(true);
    },
  );

  test('waits for what is there and can be waited for', () => {
    for (const [name, { depends_on }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const { healthcheck, restart, profiles } = serviceOf(other);
        expect(profiles, `${name} waits for ${other}`).toEqual([]);
        if (condition === 'service_healthy') expect(healthcheck).toBeDefined();
        if (condition === 'service_completed_successfully') {
          expect(isOneShot(other)).toBe(true);
          expect(['no', undefined]).toContain(restart);
        }
      }
    }
  });

  test('has a root that is not written to, and no root user, but for the exceptions', () => {
    const names = (found: typeof services): string[] => found.map(([name]) => name);
    expect(names(services.filter(([, { read_only }]) => !read_only))).toEqual(['kafka']);
    const others = services.filter(([, { build }]) => build === undefined);
    // Kafka's image has a user of its own; the bucket's folder is given to the user of the server.
    expect(names(others.filter(([, { user }]) => user === undefined))).toEqual(['kafka', 'bucket']);
    expect(names(services.filter(([, { cap_add }]) => cap_add.length > 0))).toEqual(['bucket']);
  });

  test('is out of reach from outside, but for API, bank and pages on the loopback interface', () => {
    const ports = services.flatMap(([name, service]) =>
      service.ports.map((port) => `${name} ${port}`),
    );
    expect(ports).toEqual([
      'serving 127.0.0.1:8080:8080',
      'desk 127.0.0.1:8070:8080',
      'web 127.0.0.1:8000:8080',
    ]);
    const open = Object.entries(compose.networks).filter(([, { internal }]) => !internal);
    expect(open.map(([name]) => name)).toEqual(['api']);
    const reached = services.filter(([, { networks }]) => Object.values(networks).includes('api'));
    expect(reached.map(([name]) => name)).toEqual(['serving', 'desk', 'web']);
    // Who pages are open to is one step from them: not from log, Redis and object store.
    expect(Object.values(serviceOf('web').networks)).not.toContain('pipeline');
    expect(Object.values(serviceOf('desk').networks)).not.toContain('pipeline');
  });
});

describe('the image', () => {
  test('is pinned, runs as a user, and has what every command needs', async () => {
    const text = await read('deploy/images/Dockerfile');
    const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(/^node:26\.\d+\.\d+-slim$/);
    expect(text).toMatch(/^USER node$/m);
    const installed = [...text.matchAll(/--workspace=(\S+)/g)].map(([, name]) => name);
    const needed = ours.map(([, service]) => mainOf(service)?.split('/')[0]);
    expect(new Set(installed)).toEqual(new Set(needed));
    const kept = /for folder in ([^;]+);/.exec(text)?.[1]?.split(' ') ?? [];
    const mounted = ours.flatMap(([, { volumes }]) =>
      volumes.flatMap((volume) => /:\/var\/lib\/passport\/([a-z-]+)/.exec(volume)?.[1] ?? []),
    );
    expect(mounted.filter((folder) => !kept.includes(folder))).toEqual([]);
  });
});

function serviceOf(name: string): Compose['services'][string] {
  return compose.services[name] ?? expect.fail(`no service ${name}`);
}

/** Whether a container ends by itself. */
function isOneShot(name: string): boolean {
  const keys = ['operator-key', 'evaluator-key', 'registry-key'];
  return [...keys, 'bucket', 'professional-codes', 'feed', 'verify'].includes(name);
}
