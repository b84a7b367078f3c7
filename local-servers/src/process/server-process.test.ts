import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { temporaryFolders } from '../testing/folders.ts';
import { isRunning } from '../testing/is-running.ts';
import { onPort } from './free-port.ts';
import { type ServerCommand, startServer } from './server-process.ts';

const folder = temporaryFolders();

async function shell(script: string, more: Partial<ServerCommand> = {}): Promise<ServerCommand> {
  return {
    command: '/bin/sh',
    args: ['-c', script],
    directory: join(await folder(), 'new'),
    answers: async () => true,
    readyMsMax: 5_000,
    stopMsMax: 5_000,
    ...more,
  };
}

describe('startServer', () => {
  test('waits until the server answers, and keeps what it says', async () => {
    let said = '';
    const command = await shell('echo started; exec sleep 60', {
      answers: async () => said.includes('started\n'),
      onLine: (line) => {
        said += `${line}\n`;
      },
    });
    const server = await startServer(command);
    expect(isRunning(server.pid)).toBe(true);
    await server.stop();
    expect(await server.exited).toMatchObject({ signal: 'SIGTERM' });
    expect(await readFile(join(command.directory, 'server.log'), 'utf8')).toContain('started\n');
  });

  test.each([
    ['ends', 'echo no disk; exit 3', 'ended with code 3', 'no disk'],
    ['does not answer', 'echo busy; exec sleep 60', 'did not answer', 'busy'],
  ])('throws with the output of a server that %s', async (_, script, why, output) => {
    let pid = 0;
    const command = await shell(script, {
      readyMsMax: 300,
      answers: async (asked) => {
        pid = asked;
        return false;
      },
    });
    const started = startServer(command);
    await expect(started).rejects.toThrow(why);
    await expect(started).rejects.toThrow(output);
    expect(isRunning(pid)).toBe(false);
  });

  test('a start that is given up leaves nothing running', async () => {
    const abort = new AbortController();
    let pid = 0;
    const command = await shell('exec sleep 60', {
      signal: abort.signal,
      answers: async (asked) => {
        pid = asked;
        abort.abort(new Error('not any more'));
        return false;
      },
    });
    await expect(startServer(command)).rejects.toThrow('not any more');
    expect(isRunning(pid)).toBe(false);
  });
});

describe('onPort', () => {
  test('tries other free ports when one was taken after all, but not other than the given', async () => {
    const tried: number[] = [];
    const start = async (port: number): Promise<number> => {
      tried.push(port);
      if (tried.length < 3) throw new Error('bind: Address already in use');
      return port;
    };
    const port = await onPort(undefined, start);
    expect(tried).toHaveLength(3);
    expect(port).toBe(tried[2]);
    tried.length = 0;
    await expect(onPort(port, start)).rejects.toThrow('in use');
    expect(tried).toEqual([port]);
  });
});
