import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

import { BANK_DESK_PORT } from '@passport/model';
import { AppError } from '@passport/runtime';

import { organisations } from './organisations.ts';
import type { Settings } from './settings.ts';

const HOST = '127.0.0.1';

/** One port that the sandbox listens on. */
export type PortUse = { readonly port: number; readonly user: string; readonly flag: string };

/** Every port that the sandbox listens on; the peers' in the order of the organisations. */
export type Ports = {
  readonly peers: readonly PortUse[];
  readonly chaincode: PortUse;
  readonly control: PortUse;
  readonly api: PortUse;
  readonly desk: PortUse;
  readonly web: PortUse;
};

/** Something else listens on a port that the sandbox wants. */
export class PortTaken extends AppError {
  constructor({ port, user, flag }: PortUse) {
    super(
      `port ${port} for ${user} is taken: stop what listens there, or choose another by ${flag} ` +
        '(--ports 0 takes free ports for everything)',
      { code: 'SANDBOX_PORT_TAKEN', retry: 'never' },
    );
  }
}

const CHAINCODE_PORT = 7052;
const CONTROL_PORT = 7099;
const API_PORT = 8080;
const WEB_PORT = 8000;

/** The ports of the settings; free ones, all different, where these say 0. */
export async function choosePorts(settings: Settings): Promise<Ports> {
  const free = await freePorts(organisations.length + 2);
  const take = (wanted: number, user: string, flag: string): PortUse => ({
    port: wanted === 0 ? nextOf(free) : wanted,
    user,
    flag,
  });
  // `--ports 0` is meant for everything, but for a port that has been given as well.
  const everyPortIsFree = settings.ports.every((port) => port === 0);
  const chaincode = settings.chaincodePort ?? (everyPortIsFree ? 0 : CHAINCODE_PORT);
  const control = settings.controlPort ?? (everyPortIsFree ? 0 : CONTROL_PORT);
  const api = settings.apiPort ?? (everyPortIsFree ? 0 : API_PORT);
  const desk = settings.deskPort ?? (everyPortIsFree ? 0 : BANK_DESK_PORT);
  const web = settings.webPort ?? (everyPortIsFree ? 0 : WEB_PORT);
  return {
    peers: organisations.map(({ mspId }, index) =>
      take(settings.ports[index] ?? 0, `the peer of ${mspId}`, '--ports'),
    ),
    chaincode: take(chaincode, 'the chaincode server', '--chaincode-port'),
    control: take(control, 'the developer controls', '--control-port'),
    // These start late and tell which port they have: a free one that was chosen now could be taken by then.
    api: { port: api, user: 'the serving API', flag: '--api-port' },
    desk: { port: desk, user: "the bank's desk", flag: '--desk-port' },
    web: { port: web, user: 'the pages', flag: '--web-port' },
  };
}

/** The first of these ports that is taken now. */
export async function findTaken(ports: Ports): Promise<PortUse | undefined> {
  const { peers, chaincode, control, api, desk, web } = ports;
  for (const use of [...peers, chaincode, control, api, desk, web]) {
    if (!(await isFree(use.port))) return use;
  }
  return undefined;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.listen(port, HOST);
  const free = await listening;
  if (free) await close(server);
  return free;
}

/** Ports that were free a moment ago; held open together, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, HOST));
  const ports: number[] = [];
  for (const server of servers) {
    if (!server.listening) await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a server has no port');
    ports.push(address.port);
  }
  for (const server of servers) await close(server);
  return ports;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

function nextOf(ports: number[]): number {
  const port = ports.pop();
  if (port === undefined) throw new Error('too few free ports were taken');
  return port;
}
