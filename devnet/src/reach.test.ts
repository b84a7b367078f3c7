import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';

import { startTimer, systemNow } from '@passport/runtime';
import { afterEach, expect, test } from 'vitest';

import { parseConfig } from './config.ts';
import { type Devnet, startDevnet } from './devnet.ts';

/** Linux answers at every address of 127/8 for who listens everywhere, and at one for who does not. */
const elsewhere = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';

let directory: string;
let devnet: Devnet | undefined;

afterEach(async () => {
  await devnet?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Starts a devnet; answers how its one peer is called, and its port. */
async function startPeer(reach: 'loopback' | 'network') {
  directory = await mkdtemp(join(tmpdir(), 'devnet-reach-'));
  const organisations = [{ mspId: 'Org1MSP', domain: 'org1.example' }];
  devnet = await startDevnet(parseConfig({ directory, reach, organisations }), {
    systemNow,
    startTimer,
    log: () => undefined,
    onFatal: (error) => expect.fail(String(error)),
  });
  const peer = devnet.profile.organisations[0]?.peers[0] ?? expect.fail('no peer');
  const [name = '', port] = peer.address.split(':');
  return { name, port: Number(port), ca: await readFile(peer.tlsRootCertificate) };
}

test("network: a peer answers at every address, by its certificate's name", async () => {
  const { name, port, ca } = await startPeer('network');
  expect(name).toBe('peer0.org1.example');
  const socket = connect({ host: elsewhere, port, servername: name, ca });
  await once(socket, 'secureConnect');
  expect(socket.authorized).toBe(true);
  socket.destroy();
});

test.runIf(process.platform === 'linux')('loopback: it answers at one address', async () => {
  const { name, port, ca } = await startPeer('loopback');
  expect(name).toBe('localhost');
  const socket = connect({ host: elsewhere, port, servername: name, ca });
  await expect(once(socket, 'secureConnect')).rejects.toThrow('ECONNREFUSED');
});
