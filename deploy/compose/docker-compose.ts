import { findCommand, installOnce, runTool } from '@passport/local-servers';

const VERSION = '1.29.2';
const INSTALL_MS_MAX = 5 * 60_000;
const RUN_MS_MAX = 60_000;

/**
 * The version that Debian 12 has, from PyPI, with what it needs. Its own limits on versions are from
 * before Python 3.10 (PyYAML below 6 cannot be built any more), hence each one is named, and
 * setuptools, which stands in for the distutils that Python 3.12 lost.
 */
const PACKAGES = [
  `docker-compose==${VERSION}`,
  ...['docker==5.0.3', 'dockerpty==0.4.1', 'docopt==0.6.2', 'texttable==1.7.0'],
  ...['jsonschema==3.2.0', 'pyrsistent==0.20.0', 'attrs==25.3.0', 'PyYAML==6.0.2'],
  ...['python-dotenv==0.21.1', 'distro==1.9.0', 'websocket-client==0.59.0', 'six==1.17.0'],
  ...['requests==2.31.0', 'urllib3==2.2.3', 'idna==3.10', 'certifi==2025.1.31'],
  ...['charset-normalizer==3.4.1', 'setuptools==75.8.0'],
];

const START = 'import setuptools; from compose.cli.main import main; main()';

/** A way to run Docker Compose; no engine is needed for `config`. */
export type DockerCompose = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

/**
 * Docker Compose as it is on PATH, else the one of PyPI, which is installed once into `.cache/`. Throws
 * when there is neither.
 */
export async function dockerCompose(): Promise<DockerCompose> {
  const docker = findCommand('docker');
  if (docker !== undefined && (await runs(docker, ['compose', 'version']))) {
    return { command: docker, args: ['compose'], env: {} };
  }
  const standalone = findCommand('docker-compose');
  if (standalone !== undefined) return { command: standalone, args: [], env: {} };
  const python = findCommand('python3');
  if (python === undefined) throw new Error('install docker-compose, or python3 with pip');
  const folder = await installOnce({
    name: `docker-compose-${VERSION}`,
    install: async (target) => {
      const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', target];
      await runTool({
        command: python,
        args: [...pip, ...PACKAGES],
        timeoutMs: INSTALL_MS_MAX,
      });
    },
  });
  return { command: python, args: ['-c', START], env: { PYTHONPATH: folder } };
}

/** Runs it in a folder and answers with its output. Throws with the end of it. */
export function runCompose(
  { command, args, env }: DockerCompose,
  words: readonly string[],
  cwd: string,
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  return runTool({
    command,
    args: [...args, ...words],
    cwd,
    env: { ...env, ...variables },
    timeoutMs: RUN_MS_MAX,
  });
}

async function runs(command: string, args: readonly string[]): Promise<boolean> {
  try {
    await runTool({ command, args, timeoutMs: RUN_MS_MAX });
    return true;
  } catch {
    // A docker without the plugin says so with an error.
    return false;
  }
}
