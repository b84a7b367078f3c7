import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { describe, expect, test } from 'vitest';

import { freePorts, isListening, pause, together, waitUntil } from './wait.ts';

const never = new AbortController().signal;

describe('waitUntil', () => {
  test('asks until the answer is true', async () => {
    let asked = 0;
    await waitUntil('never', () => ++asked === 3, 5000, never);
    expect(asked).toBe(3);
  });

  test('gives up after its time, and says what did not happen', async () => {
    const waiting = waitUntil(
      () => 'The sun did not rise',
      () => false,
      1,
      never,
    );
    await expect(waiting).rejects.toMatchObject({
      code: 'timed-out',
      message: 'The sun did not rise within 0.001 s.',
    });
  });

  test('the signal ends it', async () => {
    const waiting = waitUntil('nothing', () => false, 60_000, AbortSignal.timeout(20));
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('together', () => {
  test('returns all results in order', async () => {
    expect(await together(never, [async () => 1, async () => 2])).toEqual([1, 2]);
  });

  test('a failure ends the others, and is what is thrown once they have ended', async () => {
    let ended = false;
    const slow = async (signal: AbortSignal): Promise<void> => {
      try {
        await pause(60_000, signal);
      } finally {
        ended = true;
      }
    };
    const failing = async (): Promise<void> => Promise.reject(new Error('first'));
    await expect(together(never, [slow, failing])).rejects.toThrow('first');
    expect(ended).toBe(true);
  });
});

describe('ports', () => {
  test('free ones differ, and nothing listens there', async () => {
    const ports = await freePorts(8);
    expect(new Set(ports).size).toBe(8);
    expect(await isListening('127.0.0.1', ports[0] ?? 0)).toBe(false);
  });

  test('a server is found', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    expect(await isListening('127.0.0.1', (server.address() as AddressInfo).port)).toBe(true);
    server.close();
  });
});
