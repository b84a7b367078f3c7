import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { freeAddress } from '@passport/testkit';
import type { ProcessEnd } from '@passport/runtime';

import { mainOf, root } from '../compose/project-files.ts';
import { type Compose, type ComposeService, readCompose } from '../compose/read-compose.ts';
import { type OwnService, runOneShot, startOwnService } from './own-service.ts';
import { Places } from './places.ts';
import { standIns, startThirdParty } from './third-party.ts';

/** All that docker-compose.yml runs, as processes of this machine. */
export type NativeStack = {
  /** The services of ours that stay. */
  readonly services: ReadonlyMap<string, OwnService>;
  /** Base of the API, of the bank's desk, of the pages, and of the devnet's controls. */
  readonly api: string;
  readonly bank: string;
  readonly pages: string;
  readonly control: string;
  /** The network's profile. */
  readonly profile: string;
  /** Runs a container that ends by itself, with other variables; answers its last lines. */
  run(name: string, variables?: Readonly<Record<string, string>>): Promise<string>;
  /** Stops who needs others before those, and tells how each service ended. */
  stop(): Promise<ReadonlyMap<string, ProcessEnd>>;
};

/**
 * Starts all services of docker-compose.yml, with the demo's, in the order that `depends_on` asks for,
 * each with the variables that its container gets. Nothing stays behind on failure.
 */
export async function startNativeStack(
  directory: string,
  variables: Readonly<Record<string, string>>,
): Promise<NativeStack> {
  const text = await readFile(join(root, 'docker-compose.yml'), 'utf8');
  const compose = readCompose(text, { ...variables, ...standIns });
  const run = new StackRun(compose, directory, await placesOf(directory));
  try {
    await run.startAll();
    const baseOf = (name: string): string =>
      `http://127.0.0.1:${String(run.services.get(name)?.ready['port'])}`;
    return {
      services: run.services,
      api: baseOf('serving'),
      bank: baseOf('desk'),
      pages: baseOf('web'),
      control: String(run.services.get('devnet')?.ready['control']),
      profile: join(directory, 'devnet', 'network.json'),
      run: (name, changed) => run.oneShot(name, changed),
      stop: () => run.stop(),
    };
  } catch (error) {
    await run.stop();
    throw error;
  }
}

async function placesOf(directory: string): Promise<Places> {
  const places = new Places();
  places.set('/var/lib/passport', directory);
  // The devnet has to know where the chaincode server will be before it is there.
  const chaincode = await freeAddress();
  for (const host of ['chaincode', '0.0.0.0', '127.0.0.1']) places.set(`${host}:7052`, chaincode);
  // Others have to know where these are, some are told it themselves: proofs are for it.
  for (const host of ['evaluator', 'registry', 'serving']) {
    places.set(`${host}:8080`, await freeAddress());
  }
  // The port of the host that leads to it.
  places.set('127.0.0.1:8080', places.inText('serving:8080'));
  places.set('0.0.0.0', '127.0.0.1');
  return places;
}

class StackRun {
  readonly services = new Map<string, OwnService>();
  readonly #compose: Compose;
  readonly #directory: string;
  readonly #places: Places;
  readonly #starting = new Map<string, Promise<void>>();
  /** In the order in which they have started; so each comes after those that it needs. */
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #ends = new Map<string, ProcessEnd>();

  constructor(compose: Compose, directory: string, places: Places) {
    this.#compose = compose;
    this.#directory = directory;
    this.#places = places;
  }

  async startAll(): Promise<void> {
    const names = Object.entries(this.#compose.services)
      .filter(([, { profiles }]) => profiles.every((profile) => profile === 'demo'))
      .map(([name]) => name);
    // All come to an end before it is known what has to be stopped.
    const outcomes = await Promise.allSettled(names.map((name) => this.#start(name)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  oneShot(name: string, changed: Readonly<Record<string, string>> = {}): Promise<string> {
    const service = this.#service(name);
    const environment = { ...service.environment, ...changed };
    return runOneShot(name, { ...service, environment }, this.#directory, this.#places);
  }

  async stop(): Promise<ReadonlyMap<string, ProcessEnd>> {
    for (const stop of this.#stops.toReversed()) await stop();
    return this.#ends;
  }

  #start(name: string): Promise<void> {
    const known = this.#starting.get(name);
    if (known !== undefined) return known;
    const started = this.#startAfterOthers(name);
    this.#starting.set(name, started);
    return started;
  }

  async #startAfterOthers(name: string): Promise<void> {
    const service = this.#service(name);
    await Promise.all(Object.keys(service.depends_on).map((other) => this.#start(other)));
    const how = [name, service, this.#directory, this.#places] as const;
    if (mainOf(service) === undefined) {
      const part = await startThirdParty(...how);
      if (part !== undefined) this.#stops.push(async () => void (await part.stop()));
    } else if (service.healthcheck === undefined) {
      await runOneShot(...how);
    } else {
      const own = await startOwnService(...how);
      this.services.set(name, own);
      this.#stops.push(async () => void this.#ends.set(name, await own.stop()));
    }
  }

  #service(name: string): ComposeService {
    const service = this.#compose.services[name];
    if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
    return service;
  }
}
