import { readFile } from 'node:fs/promises';

import { startProcess } from '@passport/runtime';
import { describe, expect, test } from 'vitest';

import { freeAddress } from './free-address.ts';
import { startProbeServer } from './probe-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

const shiftedClock = new URL('shifted-clock.ts', import.meta.url).href;

async function clockOf(env: Record<string, string>): Promise<{ now: number; hours: number }> {
  const shown = await startProcess({
    command: process.execPath,
    args: [
      ...['--import', shiftedClock, '-e'],
      'console.log(JSON.stringify({ now: Date.now(), hours: new Date(0).getHours() }))',
    ],
    env,
    readyLine: (line) =>
      line.startsWith('{') ? (JSON.parse(line) as { now: number; hours: number }) : undefined,
    readyTimeoutMs: 10_000,
  });
  await shown.exited;
  return shown.ready;
}

describe('shifted clock', () => {
  test('runs ahead, in its own time zone; given dates stay', async () => {
    const shown = await clockOf({ CLOCK_SHIFT_MS: '3600000', TZ: 'Pacific/Kiritimati' });
    expect(Math.abs(shown.now - Date.now() - 3_600_000)).toBeLessThan(10_000);
    expect(shown.hours).toBe(13);
  });
});

describe('probe server', () => {
  test('refuses to start at an address that is taken', async () => {
    const address = await freeAddress();
    const first = await startProbeServer({ address, packageId: 'probe' });
    await expect(startProbeServer({ address, packageId: 'probe' })).rejects.toThrow(
      /EADDRINUSE|bind/,
    );
    await first.stop();
  });
});

describe('temporary folder', () => {
  test('is gone when it is removed, with what is in it', async () => {
    const folder = await temporaryFolder('test');
    await folder.remove();
    await expect(readFile(folder.path)).rejects.toThrow(/ENOENT/);
  });
});
