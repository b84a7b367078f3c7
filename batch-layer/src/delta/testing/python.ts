import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const INSTALL_TIMEOUT_MS = 300_000;
const SCRIPT_TIMEOUT_MS = 120_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const cache = resolve(fileURLToPath(new URL('../../../../.cache/python', import.meta.url)));

/** Packages from PyPI, and the script that uses them. */
export type PythonRun = {
  /** `name==version`, each of an import of the same name. */
  readonly packages: readonly [string, ...string[]];
  readonly script: URL;
};

/**
 * Runs a Python script with packages at hand, which are installed into `.cache/` at first, and answers the
 * JSON that it prints. `input` is its argument, as JSON.
 */
export async function runPython({ packages, script }: PythonRun, input: unknown): Promise<unknown> {
  const paths = await Promise.all(packages.map(installed));
  const { stdout } = await run(await python(), [fileURLToPath(script), JSON.stringify(input)], {
    env: { ...process.env, PYTHONPATH: paths.join(delimiter), PYTHONDONTWRITEBYTECODE: '1' },
    timeout: SCRIPT_TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  return JSON.parse(stdout);
}

/** As {@link runPython}, of a script beside this file, with the delta-rs package. */
export function runWithDeltalake(script: string, input: unknown): Promise<unknown> {
  const packages = ['deltalake==1.6.6'] as const;
  return runPython({ packages, script: new URL(script, import.meta.url) }, input);
}

async function python(): Promise<string> {
  const isNew = 'import sys; sys.exit(sys.version_info < (3, 9))';
  for (const command of ['python3', 'python']) {
    try {
      await run(command, ['-c', isNew]);
      return command;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  throw new Error(
    'this test compares with packages of Python and needs python3, 3.9 or newer, with pip',
  );
}

async function installed(pinned: string): Promise<string> {
  const target = join(cache, pinned.replace('==', '-'));
  const [name = ''] = pinned.split('==');
  if (existsSync(join(target, name))) return target;
  await mkdir(dirname(target), { recursive: true });
  // Beside, and moved when complete: two tests may need it at once, and pip may be interrupted.
  const made = await mkdtemp(`${target}-`);
  try {
    const pip = ['-m', 'pip', 'install', '--quiet', '--target', made, pinned];
    await run(await python(), pip, { timeout: INSTALL_TIMEOUT_MS });
    await rename(made, target);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    if (existsSync(join(target, name))) return target;
    throw new Error(`pip cannot install ${pinned} into ${cache}`, { cause: error });
  }
  return target;
}
