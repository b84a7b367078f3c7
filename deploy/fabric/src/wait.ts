import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { FabricNetworkError, throwIfInterrupted } from './errors.ts';

const pollMs = 50;

/** Waits a little, less when the signal fires. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  throwIfInterrupted(signal);
  // The race is lost by a pause that the signal cut short; throwIfInterrupted tells the caller.
  await delay(ms, undefined, { signal }).catch(() => throwIfInterrupted(signal));
}

/**
 * Asks again and again until the answer is true.
 *
 * @param what what did not happen; the message adds the time
 * @throws FabricNetworkError `timed-out` or `interrupted`, and whatever `ready` throws
 */
export async function waitUntil(
  what: string | (() => string),
  ready: () => Promise<boolean> | boolean,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await ready())) {
    if (Date.now() > deadline) {
      const failure = typeof what === 'string' ? what : what();
      throw new FabricNetworkError('timed-out', `${failure} within ${timeoutMs / 1000} s.`);
    }
    await pause(pollMs, signal);
  }
}

/**
 * Does several things at once. When one fails, the others are told to give up; once all have ended,
 * so that nothing goes on behind the caller's back, the first failure is thrown.
 */
export async function together<T>(
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<T>)[],
): Promise<T[]> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const results = await Promise.allSettled(
    tasks.map(async (task) => {
      try {
        return await task(either);
      } catch (error) {
        failure.abort(error);
        throw error;
      }
    }),
  );
  if (failure.signal.aborted) {
    throw failure.signal.reason;
  }
  return results.map((result) => (result as PromiseFulfilledResult<T>).value);
}

/** Whether something accepts connections there. */
export async function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

/** Port numbers of the loopback that nothing uses at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(async (server) => new Promise((done) => server.close(done))));
  return ports;
}

async function listenAnywhere(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
