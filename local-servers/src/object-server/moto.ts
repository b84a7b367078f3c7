import { findCommand } from '../install/find-command.ts';
import { installOnce } from '../install/install-once.ts';
import { runTool } from '../install/run-tool.ts';
import { ServerMissing } from '../install/server-missing.ts';
import { type LocalServer, startServer } from '../process/server-process.ts';
import { httpAnswers } from './http-answers.ts';

const VERSION = '5.2.5';
const INSTALL_MS_MAX = 5 * 60_000;
const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;

/** What {@link startMoto} starts. */
export type MotoOptions = {
  readonly directory: string;
  readonly port: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Starts moto's stand-in for S3, which is installed once from PyPI. It takes any credentials and
 * keeps everything in memory. Throws {@link ServerMissing} and ProcessError.
 */
export async function startMoto(options: MotoOptions): Promise<LocalServer> {
  const { directory, port, signal } = options;
  const python = findCommand('python3');
  if (python === undefined) {
    throw new ServerMissing('an S3 server is missing: install go, or python3 with pip');
  }
  const folder = await installMoto(python, signal);
  return startServer({
    command: python,
    args: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    env: { PYTHONPATH: folder },
    directory,
    answers: () => httpAnswers(`http://127.0.0.1:${port}/moto-api/`),
    readyMsMax: READY_MS_MAX,
    stopMsMax: STOP_MS_MAX,
    signal,
  });
}

async function installMoto(python: string, signal?: AbortSignal): Promise<string> {
  try {
    return await installOnce({
      name: `moto-${VERSION}`,
      install: async (target) => {
        const packages = [`moto[server,s3]==${VERSION}`];
        await runTool({
          command: python,
          args: ['-m', 'pip', 'install', '--quiet', '--target', target, ...packages],
          timeoutMs: INSTALL_MS_MAX,
          ...(signal === undefined ? {} : { signal }),
        });
      },
      signal,
    });
  } catch (error) {
    signal?.throwIfAborted();
    const advice = 'an S3 server is missing: install go; moto from PyPI could not be installed';
    throw new ServerMissing(advice, error);
  }
}
