import { connect } from 'node:net';

/**
 * The health check of a container: `node is-ready.ts http://…` ends with 0 when the address answers
 * with success, `tcp://…` when it takes a connection; with 1 otherwise. Needs no package.
 */

const ANSWER_MS_MAX = 4_000;

const address = new URL(process.argv[2] ?? 'none:');
const signal = AbortSignal.timeout(ANSWER_MS_MAX);

async function answers(): Promise<boolean> {
  if (address.protocol === 'tcp:') {
    return new Promise((resolve) => {
      const socket = connect({ host: address.hostname, port: Number(address.port), signal });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  }
  const response = await fetch(address, { signal }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok === true;
}

process.exitCode = (await answers()) ? 0 : 1;
