import { once } from 'node:events';
import { createServer } from 'node:net';

import { readConfig } from '@passport/runtime';
import { describe, expect, test } from 'vitest';

import { choosePorts, findTaken, type Ports } from './ports.ts';
import { options, settings } from './settings.ts';

async function portsOf(...argv: string[]): Promise<Ports> {
  return choosePorts(readConfig(settings, options, argv, {}));
}

function numbers({ peers, chaincode, control }: Ports): number[] {
  return [...peers, chaincode, control].map(({ port }) => port);
}

describe('choosePorts', () => {
  test('takes the usual ports when nothing is said', async () => {
    expect(numbers(await portsOf())).toEqual([
      ...[7051, 8051, 9051, 10_051, 11_051, 12_051, 13_051, 7052, 7099],
    ]);
  });

  test('takes free ports for everything when --ports is 0', async () => {
    const chosen = numbers(await portsOf('--ports', '0'));
    expect(new Set(chosen).size).toBe(9);
    expect(Math.min(...chosen)).toBeGreaterThan(1024);
  });

  test('takes the ports that are given', async () => {
    const args = ['--ports', '1,2,3,4,5,6,7', '--chaincode-port', '8', '--control-port', '9'];
    expect(numbers(await portsOf(...args))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('keeps a port that is given beside --ports 0', async () => {
    expect((await portsOf('--ports', '0', '--control-port', '7099')).control.port).toBe(7099);
  });

  test.each(['1,2', '1,2,3,4,5,6,7,8', 'x', '1,2,3,4,5,6,70000', ''])(
    '%j is refused',
    async (text) => {
      await expect(portsOf('--ports', text)).rejects.toThrow('--ports');
    },
  );
});

describe('findTaken', () => {
  test('names the port that something listens on, and nothing when all are free', async () => {
    const ports = await portsOf('--ports', '0');
    expect(await findTaken(ports)).toBeUndefined();
    const server = createServer().listen(ports.control.port, '127.0.0.1');
    await once(server, 'listening');
    expect(await findTaken(ports)).toEqual(ports.control);
    server.close();
  });
});
