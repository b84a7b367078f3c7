import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { findCommand, runTool } from '@passport/local-servers';
import { type ProcessEnd, type RunningProcess, sleep, startProcess } from '@passport/runtime';

import { root } from '../compose/project-files.ts';
import type { ComposeService } from '../compose/read-compose.ts';
import type { Places } from './places.ts';

const HEALTH_MS_MAX = 10_000;
const POLL_MS = 100;
const ATTEMPTS_MAX = 300;
const ONE_SHOT_MS_MAX = 180_000;

/** Longer than the longest drain of a service, as `stop_grace_period` is. */
const STOP_MS = 30_000;

/** Variables with the port of an API, which is known to others. */
const apiPorts = ['EVALUATOR_PORT', 'REGISTRY_PORT', 'SERVING_PORT'];
/** Of those, which others are told of after it has started: any free one does. */
const latePorts = ['DESK_PORT', 'WEB_PORT'];

/** A service of ours that runs. */
export type OwnService = {
  readonly ready: Readonly<Record<string, unknown>>;
  /** Base of its `/healthz`, `/readyz` and `/metrics`, where it has them. */
  readonly health?: string;
  /** SIGTERM; how the process ended. */
  stop(): Promise<ProcessEnd>;
};

/** Starts what the container runs, and waits until its health check passes. Throws ProcessError. */
export async function startOwnService(
  name: string,
  service: ComposeService,
  directory: string,
  places: Places,
): Promise<OwnService> {
  const child = await run(name, service, directory, places, ['--stop-on-stdin-end'], readyEvent);
  try {
    const { health, control, port } = child.ready;
    for (const variable of latePorts.filter((one) => one in service.environment)) {
      places.set(`${name}:${service.environment[variable]}`, `127.0.0.1:${String(port)}`);
    }
    if (typeof control === 'string') places.set('127.0.0.1:7099', new URL(control).host);
    const host = typeof health === 'number' ? `127.0.0.1:${health}` : undefined;
    if (host !== undefined) places.set(`${name}:9090`, host);
    await untilHealthy(service, (text) =>
      host === undefined ? places.inText(text) : text.replace('127.0.0.1:9090', host),
    );
    return {
      ready: child.ready,
      ...(host === undefined ? {} : { health: `http://${host}` }),
      stop: () => child.stop(STOP_MS),
    };
  } catch (error) {
    await child.stop(0);
    throw error;
  }
}

/** Runs what a container runs that ends by itself; its last lines. Throws when it does not end well. */
export async function runOneShot(
  name: string,
  service: ComposeService,
  directory: string,
  places: Places,
): Promise<string> {
  const child = await run(name, service, directory, places, [], () => ({}));
  const late = new AbortController();
  const end = await Promise.race([
    child.exited,
    sleep(ONE_SHOT_MS_MAX, late.signal).then(() => child.stop(0)),
  ]);
  late.abort();
  if (end.code !== 0) {
    throw new Error(`${name} ended with ${end.signal ?? `code ${end.code}`}:\n${child.tail()}`);
  }
  return child.tail();
}

async function run(
  name: string,
  { command, environment }: ComposeService,
  directory: string,
  places: Places,
  more: readonly string[],
  readyLine: (line: string) => Record<string, unknown> | undefined,
): Promise<RunningProcess<Record<string, unknown>>> {
  const [program, ...args] = await Promise.all(
    command.map(async (word) =>
      word === 'deploy/devnet.json' ? devnetFile(directory, places) : word,
    ),
  );
  if (program !== 'node') throw new Error(`${name} runs ${program}, which is not Node`);
  return startProcess({
    command: process.execPath,
    args: [...args.map((word) => places.inText(word)), ...more],
    cwd: root,
    env: { ...places.inVariables(environment), ...portsOf(name, environment, places) },
    logFile: join(directory, `${name}.log`),
    readyLine,
  });
}

/** Ports are the same in every container, and have to differ here. */
function portsOf(
  name: string,
  environment: ComposeService['environment'],
  places: Places,
): Record<string, string> {
  const ports: Record<string, string> = 'HEALTH_PORT' in environment ? { HEALTH_PORT: '0' } : {};
  for (const variable of latePorts) if (variable in environment) ports[variable] = '0';
  for (const variable of apiPorts) {
    const there = environment[variable];
    if (there === undefined) continue;
    ports[variable] = new URL(`http://${places.inText(`${name}:${there}`)}`).port;
  }
  return ports;
}

/** The devnet's configuration with free ports, and on the loopback interface. */
async function devnetFile(directory: string, places: Places): Promise<string> {
  const text = places.inText(await readFile(join(root, 'deploy/devnet.json'), 'utf8'));
  const file = join(directory, 'devnet.json');
  const free = text.replaceAll(/"port": \d+/g, '"port": 0');
  await writeFile(file, free.replace('"reach": "network"', '"reach": "loopback"'));
  return file;
}

/** A line `{"event":"….ready",…}` of any service. */
function readyEvent(line: string): Record<string, unknown> | undefined {
  return /^\{"event":"[a-z_.]+\.ready"/.test(line)
    ? (JSON.parse(line) as Record<string, unknown>)
    : undefined;
}

/** Runs the container's own health check until it passes. */
async function untilHealthy(
  { healthcheck }: ComposeService,
  here: (text: string) => string,
): Promise<void> {
  const [, , ...args] = healthcheck?.test ?? [];
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runTool({
        command: findCommand('node') ?? process.execPath,
        args: args.map(here),
        cwd: root,
        timeoutMs: HEALTH_MS_MAX,
      });
      return;
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
      await sleep(POLL_MS);
    }
  }
}
