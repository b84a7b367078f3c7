import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { ProcessError } from '@passport/runtime';

import { findCommand } from '../install/find-command.ts';
import { installedFolder, installOnce } from '../install/install-once.ts';
import { runTool } from '../install/run-tool.ts';
import { type LocalServer, startServer } from '../process/server-process.ts';
import type { Credentials } from './credentials.ts';
import { httpAnswers } from './http-answers.ts';

/** An S3 gateway over a folder (Apache-2.0); conditional puts are atomic under race. */
const MODULE = 'github.com/versity/versitygw/cmd/versitygw';
const VERSION = '1.8.0';
const FOLDER = `versitygw-${VERSION}`;

/** Compiling it takes one to two minutes on two cores. */
const INSTALL_MS_MAX = 10 * 60_000;
const READY_MS_MAX = 30_000;
const STOP_MS_MAX = 10_000;

/** Whether {@link versitygwBinary} can do its work: the program is there, or Go to make it. */
export function hasVersitygw(): boolean {
  return existsSync(installedFolder(FOLDER)) || findCommand('go') !== undefined;
}

/** The program's path; Go compiles it once. Throws when that fails. */
export async function versitygwBinary(signal?: AbortSignal): Promise<string> {
  const folder = await installOnce({
    name: FOLDER,
    install: async (target) => {
      await runTool({
        command: findCommand('go') ?? 'go',
        args: ['install', `${MODULE}@v${VERSION}`],
        env: { GOBIN: target },
        timeoutMs: INSTALL_MS_MAX,
        ...(signal === undefined ? {} : { signal }),
      });
    },
    signal,
  });
  return join(folder, 'versitygw');
}

/** What {@link startVersitygw} starts. */
export type VersitygwOptions = {
  readonly binary: string;
  readonly directory: string;
  readonly port: number;
  readonly credentials: Credentials;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Starts the gateway over `objects/` of the directory. What is not a file of an object is kept in
 * extended attributes, or in `metadata/` where the file system has none.
 */
export async function startVersitygw(options: VersitygwOptions): Promise<LocalServer> {
  const metadata = join(options.directory, 'metadata');
  if (existsSync(metadata)) return start(options, ['--sidecar', metadata]);
  try {
    return await start(options, []);
  } catch (error) {
    if (!(error instanceof ProcessError) || !/xattr/i.test(error.message)) throw error;
    await mkdir(metadata);
    return start(options, ['--sidecar', metadata]);
  }
}

async function start(options: VersitygwOptions, where: readonly string[]): Promise<LocalServer> {
  const { binary, directory, port, credentials, signal } = options;
  const objects = join(directory, 'objects');
  await mkdir(objects, { recursive: true });
  // Nobody else answers at this path, should another server have taken the port.
  const health = `/${randomUUID()}`;
  return startServer({
    command: binary,
    args: [
      ...['--port', `127.0.0.1:${port}`, '--health', health, '--quiet', '--keep-alive'],
      ...['posix', ...where, objects],
    ],
    env: {
      ROOT_ACCESS_KEY: credentials.accessKey,
      ROOT_SECRET_KEY: credentials.secretKey,
    },
    directory,
    answers: () => httpAnswers(`http://127.0.0.1:${port}${health}`),
    readyMsMax: READY_MS_MAX,
    stopMsMax: STOP_MS_MAX,
    signal,
  });
}
